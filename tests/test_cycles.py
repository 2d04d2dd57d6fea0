"""Deals followed through the outcome window: their state at its end, late entry, and groups too thin to tell."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from segmentation.cycles import find_spells, measure_cycles
from tests.random_worlds import DAYS, START, MemoryBook, make_frames
from tests.test_features import rows

D, H = date(2025, 6, 30), 90
END = D + timedelta(H)


def spells_of(*deals: tuple[date | None, date | None, str]) -> list[tuple[object, ...]]:
    frame = pd.DataFrame(deals, columns=["opened_on", "closed_on", "state"]).astype(object)
    frame = frame.assign(customer_id="c", deal_id=[f"d{place:02d}" for place in range(len(deals))])
    found = find_spells(MemoryBook({"deals": frame}), D, H)
    return [
        (*(None if pd.isna(cell) else int(cell) for cell in row[1:3]), row[3])
        for row in found.itertuples(index=False)
    ]


@pytest.mark.parametrize(
    ("deal", "wanted"),
    [
        ((D - timedelta(40), D + timedelta(1), "won"), (40, 41, "won")),
        ((D - timedelta(40), D, "won"), None),  # closed on the check date: over before the window
        ((D + timedelta(1), D + timedelta(1), "lost"), (-1, 0, "lost")),
        ((D, END, "lost"), (0, H, "lost")),
        (
            (D - timedelta(5), END + timedelta(1), "won"),
            (5, H + 5, "open"),
        ),  # won later: not known at the end
        ((D - timedelta(5), None, "won"), (5, H + 5, "open")),
        ((END + timedelta(1), None, "open"), None),
        ((None, D + timedelta(9), "won"), (None, None, "won")),
        ((D + timedelta(9), D + timedelta(8), "won"), None),  # closed before it was opened
    ],
)
def test_a_deal_is_what_it_was_at_the_end_of_the_window(deal, wanted) -> None:
    assert spells_of(deal) == ([] if wanted is None else [wanted])


def test_spells_of_random_books_are_those_worked_out_deal_by_deal() -> None:
    frames, then = make_frames(2), START + timedelta(DAYS // 2)
    end = then + timedelta(H)
    found = find_spells(MemoryBook(frames), then, H)
    wanted = 0
    for deal in rows(frames["deals"]):
        opened, closed = deal["opened_on"], deal["closed_on"]
        is_open = closed is None or closed > then
        exists = opened <= end if opened else closed is not None and closed <= end
        wanted += bool(
            deal["customer_id"] and is_open and exists and not (opened and closed and closed < opened)
        )
    assert len(found) == wanted > 20


def deals_of(count: int, seed: int = 4) -> pd.DataFrame:
    """Half of the deals won after about 30 days, half lost after about 60."""
    random = np.random.default_rng(seed)
    is_won = random.random(count) < 0.5
    took = np.where(is_won, random.integers(20, 40, count), random.integers(50, 70, count))
    state = np.where(is_won, "won", "lost")
    return pd.DataFrame({"entry_days": -1, "exit_days": took, "state": state})


def test_lost_deals_are_no_open_ones() -> None:
    """Half are won. Taken for still running, the lost would make it more and more of them."""
    found = measure_cycles(deals_of(400), np.zeros(400, int), 1, within_days=45)
    (group,) = found.groups
    share, low, high = group.won
    assert share == pytest.approx(group.won_count / 400) and low < share < high
    assert group.curve is not None and group.curve.share[-1] == pytest.approx(group.won_count / 400)
    assert 38 <= group.decided.days <= 55 and group.decided.low <= group.decided.days <= group.decided.high


def test_open_deals_make_the_cycle_longer() -> None:
    deals = deals_of(60).assign(state=["won"] * 20 + ["open"] * 40, exit_days=list(range(1, 21)) + [80] * 40)
    found = measure_cycles(deals, np.zeros(60, int), 1)
    assert np.isnan(found.whole.decided.days), "a third are decided: half of them have not been"
    assert np.median(deals["exit_days"][:20]) < 15, "the decided alone would say a fortnight"
    assert found.whole.open_count == 40


def test_thin_groups_and_deals_without_a_date_are_counted_and_said_nothing_of() -> None:
    deals = pd.concat([deals_of(40), deals_of(9)], ignore_index=True)
    deals.loc[40, ["entry_days", "exit_days"]] = np.nan
    found = measure_cycles(deals, np.r_[np.zeros(40, int), np.full(9, 2)], 3)
    assert [group.place for group in found.groups] == [0, 2] and found.undated_count == 1
    assert found.groups[1].is_thin and found.groups[1].deals == 8 and np.isnan(found.groups[1].decided.days)
    assert not found.groups[0].is_thin and found.whole.deals == 48
    nobody = measure_cycles(deals[:0], np.zeros(0, int), 3)
    assert nobody.whole.is_thin and nobody.groups == ()


def test_a_curve_ends_where_hardly_anybody_is_left() -> None:
    found = measure_cycles(deals_of(100), np.zeros(100, int), 1)
    assert found.whole.curve is not None and found.whole.curve.at_risk.min() >= 10
    assert np.isnan(found.whole.won[0]), "nobody was seen at 90 days"
