"""Tiers set by hand hold between two list dates, beside the computed tier, in lists and comparisons."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.errors import SettingError
from segmentation.i18n import Language
from segmentation.journal import Journal
from segmentation.lists import list_customers
from segmentation.overrides import NOBODY, Held, HeldCount, lift_override, overrides_on, set_override
from segmentation.schemes import Scheme
from segmentation.tuning import draw_lines, prepare
from tests.worlds import make_book

AT, LATER = datetime(2026, 11, 22, 9), datetime(2026, 12, 3, 9)
LIST_DATE, LAST_DAY = date(2026, 10, 31), date(2027, 1, 29)


def _set(journal: Journal, customer_id: str, tier: str, **changes: Any) -> None:
    facts: dict[str, Any] = {"since_on": LIST_DATE, "expires_on": LAST_DAY, "author": "ann", "at": AT}
    set_override(journal, customer_id, tier, changes.pop("reason", "strategic"), **facts | changes)


def test_it_holds_from_its_list_date_to_its_last_day(tmp_path: Path) -> None:
    """The list date lies before the day somebody decides: the last date in the data is what a list stands on."""
    journal = Journal(tmp_path)
    _set(journal, "c1", "A", note="  new plant ")
    assert overrides_on(journal, date(2026, 10, 30)) == {}
    found = overrides_on(journal, LIST_DATE)["c1"]
    assert (found.tier, found.reason, found.note, found.author) == ("A", "strategic", "new plant", "ann")
    assert set(overrides_on(journal, LAST_DAY)) == {"c1"}
    assert overrides_on(journal, date(2027, 1, 30)) == {}


def test_the_last_word_counts_and_the_past_stays_as_it_was(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    _set(journal, "c1", "A")
    _set(journal, "c1", "B", reason="payment")
    assert overrides_on(journal, LIST_DATE)["c1"].tier == "B"
    assert overrides_on(journal, LIST_DATE, up_to=1)["c1"].tier == "A"
    lift_override(journal, "c1", since_on=date(2026, 11, 30), author="bo", at=LATER)
    assert overrides_on(journal, date(2026, 11, 30)) == {}
    assert overrides_on(journal, LIST_DATE)["c1"].tier == "B", "last month's list stays what it was"


@pytest.mark.parametrize(
    "changes",
    [{"reason": "because"}, {"reason": "other", "note": "  "}, {"expires_on": date(2026, 10, 30)}],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(SettingError):
        _set(journal, "c1", "A", **changes)
    assert journal.number() == 0


def _held(tmp_path: Path, **tiers: str) -> Held:
    journal = Journal(tmp_path)
    for customer_id, tier in tiers.items():
        _set(journal, customer_id, tier)
    return Held.of(overrides_on(journal, LIST_DATE), pd.Index(["c1", "c2", "c3", "c4"], name="customer_id"))


def test_what_is_set_takes_the_place_of_what_is_computed(tmp_path: Path) -> None:
    held = _held(tmp_path, c4="A", c2="B", gone="A", c3="Gold")
    computed = np.array([0, 1, 2, 3], dtype=np.int8)
    assert held.place(computed, ("A", "B", "C")).tolist() == [0, 1, 2, 0]
    assert computed.tolist() == [0, 1, 2, 3], "the computed places stay"
    assert held.count(computed[held.rows], ("A", "B", "C")) == HeldCount(2, 1, 1)
    assert NOBODY.place(computed, ("A",)) is computed and NOBODY.count(
        computed[NOBODY.rows], ("A",)
    ) == HeldCount(0, 0, 0)


def test_the_list_carries_both_tiers(tmp_path: Path) -> None:
    orders = pd.DataFrame(
        [
            (f"O{k}-{n}", f"c{k}", f"2026-{5 + n:02d}-01", 100 * k)
            for k in range(1, 9)
            for n in range(k % 4 + 2)
        ],
        columns=["order_id", "customer_id", "ordered_on", "amount"],
    )
    book = make_book(tmp_path, orders=orders)
    base = prepare(book, Scheme(), LIST_DATE)
    evaluation = draw_lines(base, Scheme())
    plain = list_customers(base.now, evaluation, Language("en")).set_index("customer_id")
    assert (plain["tier"] == plain["computed_tier"]).all()
    lowest = plain.index[plain["computed_tier"] == "C"][0]
    journal = Journal(tmp_path / "decisions")
    _set(journal, lowest, "A")
    held = Held.of(overrides_on(journal, LIST_DATE), base.now.features.index)
    listed = list_customers(base.now, evaluation, Language("en"), held).set_index("customer_id")
    assert (listed.at[lowest, "tier"], listed.at[lowest, "computed_tier"]) == ("A", "C")
    others = listed.drop(lowest)
    assert (others["tier"] == others["computed_tier"]).all()
    pd.testing.assert_series_equal(listed["computed_tier"], plain["computed_tier"])
