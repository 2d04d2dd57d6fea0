"""All promises, row by row, and the rows the shared page lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tests.promises import (
    contacts,
    corrected,
    customers,
    dates,
    decoding,
    dialect,
    headers,
    hostile,
    identities,
    joint,
    known,
    layouts,
    limits,
    money,
    order_numbers,
    rhythm,
    workbooks,
)
from tests.promises.promise import Promise

PROMISES: tuple[Promise, ...] = (
    *contacts.PROMISES,
    *corrected.PROMISES,
    *customers.PROMISES,
    *decoding.PROMISES,
    *dialect.PROMISES,
    *workbooks.PROMISES,
    *limits.PROMISES,
    *hostile.PROMISES,
    *headers.PROMISES,
    *layouts.PROMISES,
    *joint.PROMISES,
    *money.PROMISES,
    *order_numbers.PROMISES,
    *dates.PROMISES,
    *rhythm.PROMISES,
    *identities.PROMISES,
    *known.PROMISES,
)
# Rows no single upload shows, and the tests that show them.
_SCENARIOS = "tests/promises/test_scenarios.py::test_"
SCENARIOS: Mapping[str, tuple[str, ...]] = {
    "W4": (f"{_SCENARIOS}w4_",),
    "W7": (f"{_SCENARIOS}w7_",),
    "W9": (f"{_SCENARIOS}w9_",),
    "W10": (
        f"{_SCENARIOS}w10_",
        "tests/test_store_crashes.py::test_killed_at_a_named_step",
        "tests/test_store_decisions.py::test_a_locked_journal_gets_what_was_decided_at_the_next_opening",
    ),
    "W11": ("tests/test_store_faults.py::test_w11_",),
    "W12": (f"{_SCENARIOS}w12_", "tests/test_store_crashes.py::test_four_publishers_one_wins"),
    "W13": (f"{_SCENARIOS}w13_",),
    "W14": (
        "tests/test_store.py::test_a_newer_format_is_refused",
        "tests/test_store_layouts.py::test_w14_",
        "tests/test_store_faults.py::test_a_manifest_of_an_earlier_program_without_a_checksum_still_opens",
    ),
    "W15": (f"{_SCENARIOS}w15_",),
    "W16": ("tests/test_correction.py::test_a_corrected_cell_changes_every_figure",),
    "S15": (f"{_SCENARIOS}s15_",),
}
SHARED = Path(__file__).parents[3] / "shared"
_ROW = re.compile(r"^\| ([EDNTISXWL]\d+) \|", re.MULTILINE)


def listed_rows() -> list[str]:
    """Row ids of `bad-inputs.md` and `workbooks.md`; [] where the shared pages are not at hand."""
    pages = [SHARED / name for name in ("bad-inputs.md", "workbooks.md")]
    return [row for page in pages if page.is_file() for row in _ROW.findall(page.read_text("utf-8"))]
