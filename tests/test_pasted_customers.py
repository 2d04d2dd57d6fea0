"""A pasted list: numbers and names, lines and commas, spreadsheet rows, names of several, and names of nobody."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation import pasted_customers
from segmentation.pasted_customers import find_pasted

NAMES = pd.Series(
    {"C01": "Acme, Inc.", "C02": "锐泰机电", "C03": "Beta", "C04": "beta", "c05": "x", "C05": "Gamma", "C06": None,
     "C07": "C03"}
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "customers"),
    [
        ("C01\nC02", ["C01", "C02"]),
        ("C02, C01；C06", ["C02", "C01", "C06"]),
        ("acme, inc.", ["C01"]),
        ("  锐泰机电  \r\n锐泰机电", ["C02"]),
        ("Ｃ０１", ["C01"]),
        ("c01", ["C01"]),
        ("c05", ["c05"]),
        ("C05", ["C05"]),
        ("Zhejiang\tC02\t100", ["C02"]),
        ("beta\tC04", ["C04"]),
        ("C03", ["C03"]),
        ("", []),
    ],
)
def test_who_is_meant(text: str, customers: list[str]) -> None:
    pasted = find_pasted(text, NAMES)
    assert list(pasted.customers) == customers and not pasted.unknown and not pasted.ambiguous


def test_who_is_nobody_or_several_is_listed() -> None:
    pasted = find_pasted("Beta\nC01, C99\nnobody\tat all\nC99", NAMES)
    assert pasted.customers == ("C01",) and pasted.ambiguous == ("Beta",)
    assert pasted.unknown == ("C99", "nobody", "at all")


def test_lists_without_end_are_read_to_their_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pasted_customers, "MOST_TEXTS", 2)
    pasted = find_pasted("C01\nC02\nC03\nC04", NAMES)
    assert pasted.customers == ("C01", "C02") and pasted.left_out == 2
