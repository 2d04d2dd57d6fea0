"""The queries themselves: one meaning of an order in all of them, and answers that do not hang on the order of rows."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import segmentation
from segmentation.store_books import named_query
from tests.random_worlds import DAYS, START, MemoryBook, make_frames

FILES = sorted((Path(segmentation.__file__).parent / "sql").glob("*.sql"))
OURS = (
    "attributes",
    "contacts",
    "customer_attributes",
    "customer_texts",
    "customer_profile",
    "deal_spells",
    "effort",
    "features",
    "months",
    "order_counts",
    "order_days",
    "order_lines",
    "outcomes",
    "profile",
    "results",
    "summary",
)
AS_OF = START + timedelta(DAYS // 2)


def params(path: Path) -> dict[str, Any]:
    """A value for every `$name` of a query: a date unless the name says otherwise."""
    body = re.sub(r"--.*", "", path.read_text("utf-8"))
    names = set(re.findall(r"\$([a-z_]+)", body))
    texts = {"pointer": "/x", "visit_limit_minutes": 480.0}
    earlier = {"window_start", "year_start", "recent_start", "from_on", "active_after"}
    return {
        name: texts.get(
            name, AS_OF - timedelta(365) if name in earlier else AS_OF + timedelta(90 * (name == "ends_on"))
        )
        for name in names
    }


def test_what_an_order_is_stands_in_one_place() -> None:
    """Whoever reads orders does so through `purchases`, or a book of won deals would lose its orders there."""
    readers = {path.stem for path in FILES if "import_orders AS" in path.read_text("utf-8")}
    includers = {path.stem for path in FILES if "-- include: purchases\n" in path.read_text("utf-8")}
    raw = {
        "customer_orders",
        "history_span",
        "monthly_totals",
        "summary",
        "unmatched",
        "usual_amount",
    }  # rows as they stand, or dates of all tables
    assert readers - includers <= raw
    assert all("deal_id" in named_query(name) and "-- include" not in named_query(name) for name in includers)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_head_says_grain_tables_parameters_and_units(path) -> None:
    text = path.read_text("utf-8")
    head = text[: text.index("WITH\n")]
    for word in ("-- Grain:", "Tables:", "-- Parameters:", "-- Units:"):
        assert word in head, word
    body = re.sub(r"--.*", "", text)
    told = set(re.findall(r"\$([a-z_]+)", head))
    assert set(re.findall(r"\$([a-z_]+)", body)) <= told


@pytest.mark.parametrize("path", [path for path in FILES if path.stem in OURS], ids=lambda path: path.stem)
def test_a_query_runs_on_an_empty_book_and_hangs_on_no_order_of_rows(path) -> None:
    empty = MemoryBook({}).query(path.stem, **params(path))
    assert len(empty) == (path.stem in ("summary", "profile"))
    frames = make_frames(3)
    frames["customers"]["attributes"] = [f'{{"x": "{n}"}}' for n in range(len(frames["customers"]))]
    mixed = {name: frame.sample(frac=1, random_state=7) for name, frame in frames.items()}
    straight, shuffled = (MemoryBook(world).query(path.stem, **params(path)) for world in (frames, mixed))
    assert len(straight)
    pd.testing.assert_frame_equal(straight, shuffled)
