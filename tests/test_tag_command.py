"""`tags`: every tag with its use on a date, as the core counts it, and merge columns in the list of `tiers --out`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from segmentation.__main__ import main
from segmentation.conditions import Condition
from segmentation.journal import Journal
from segmentation.store import Store
from segmentation.tag_bearers import bear
from segmentation.tags import make_tag, read_registry, tag_customers
from tests.test_command_line import document, files

__all__ = ["files"]  # fixtures
BY: dict[str, Any] = {"author": "anna", "at": dt.datetime(2026, 1, 5)}


def test_tags_are_listed_with_their_use_on_the_date(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, out = tmp_path / "store", tmp_path / "list.csv"
    document("import", *files, "--yes", store=store)
    empty = document("tags", store=store)
    assert empty["tags"] == [] and empty["core_tags"] == 0 and empty["most_core_tags"] == 20
    on = dt.date.fromisoformat(empty["as_of"])
    document("tiers", "--out", out, store=store)
    plain = pd.read_csv(out, dtype=str)
    journal = Journal(store)
    rule = Condition("recency_days", "within", 3, "months")
    recent = make_tag(journal, "Activity", "Recent", condition=rule, **BY)
    samples = make_tag(journal, "Sales", "Samples", note="fair", **BY)
    chosen = sorted(plain["customer_id"])[:7]
    tag_customers(journal, samples, chosen, is_set=True, on=on, **BY)
    told = document("tags", store=store)
    with Store(store).open() as book:
        bearing = bear(book, read_registry(journal), on)
    assert (told["customers"], told["tagged_customers"]) == (len(plain), bearing.tagged_count)
    first, second = told["tags"]
    assert (first["id"], first["kind"], first["bearers"]) == (
        recent,
        "automatic",
        int(bearing.mask(recent).sum()),
    )
    assert 0 < first["bearers"] < len(plain) and first["rule"] == "last order within the last 3 months"
    assert (second["kind"], second["bearers"], second["note"], second["rule"]) == ("manual", 7, "fair", None)
    earlier = document("tags", "--as-of", on - dt.timedelta(days=1), store=store)
    assert earlier["tags"][1]["bearers"] == 0, "it was not yet set on that date"
    assert main(["tags", "--store", str(store), "--language", "zh"]) == 0
    assert "最近下单在 3 个月内" in capsys.readouterr().out
    document("tiers", "--out", out, store=store)
    listed = pd.read_csv(out, dtype=str)
    pd.testing.assert_frame_equal(listed[list(plain.columns)], plain)
    assert list(listed.columns) == [*plain.columns, "Tags: Activity", "Tags: Sales"]
    assert sorted(listed.loc[listed["Tags: Sales"] == "Samples", "customer_id"]) == chosen
