"""The sales cycle: how long deals take from opening to a decision, and how many are won by then, group by group.

A deal is followed through the outcome window: who opened before it enters with the age it has, and a deal still open
at its end counts as running, not as missing. Winning and losing end a deal in two ways, so the share won is an
incidence (`survival.incidence`); the median is that of the decision, whichever it is. Deals of one customer are taken
for separate cases.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation.features import Readable
from segmentation.outcomes import window_end
from segmentation.rosters import Places
from segmentation.survival import RUNNING, Curve, Median, Spells, incidence, median, share_at, survival
from segmentation.verdicts import FEWEST

WON, LOST = 1, 2
CAUSES = {"won": WON, "lost": LOST}
UNKNOWN = float("nan")
WHOLE = -1  # the place of all groups together
WITHIN_DAYS = 90


@dataclass(frozen=True)
class Cycle:
    """The deals of the group numbered `place`.

    deals = won + lost + still open in the window · decided: days from opening to won or lost · won: share 0–1 won
    within `within_days` of opening, with its range · curve: share won by age, as far as at least `FEWEST` deals are
    running (`is_thin`: nowhere; then curve and figures are null).
    """

    place: int
    deals: int
    won_count: int
    lost_count: int
    decided: Median
    won: tuple[float, float, float]
    curve: Curve | None

    @property
    def open_count(self) -> int:
        return self.deals - self.won_count - self.lost_count

    @property
    def is_thin(self) -> bool:
        return self.curve is None


@dataclass(frozen=True)
class Cycles:
    """Every group with a deal, in order, and `whole`, all of them; undated_count: deals without an opening date, which
    have no age and are left out."""

    groups: tuple[Cycle, ...]
    whole: Cycle
    within_days: int
    undated_count: int


def find_spells(book: Readable, replayed_on: dt.date, outcome_days: int) -> pd.DataFrame:
    """The deals open in the outcome window; columns as `sql/deal_spells.sql`."""
    return book.query("deal_spells", replayed_on=replayed_on, ends_on=window_end(replayed_on, outcome_days))


def measure_cycles(deals: pd.DataFrame, places: Places, count: int, within_days: int = WITHIN_DAYS) -> Cycles:
    """`places`: which of `count` groups each row of `deals` is in; any other number counts in `whole` alone."""
    has_age = deals["exit_days"].notna().to_numpy()
    aged = deals[has_age]
    causes = aged["state"].map(CAUSES).fillna(RUNNING)
    entry, end, cause = (
        np.asarray(column, np.int64) for column in (aged["entry_days"], aged["exit_days"], causes)
    )
    spells = Spells(entry, end, cause)
    at = np.asarray(places)[has_age]
    groups = tuple(
        _measure(place, spells.only(at == place), within_days)
        for place in range(count)
        if (at == place).any()
    )
    return Cycles(groups, _measure(WHOLE, spells, within_days), within_days, int((~has_age).sum()))


def _measure(place: int, spells: Spells, within_days: int) -> Cycle:
    kept, won = survival(spells), incidence(spells, WON)
    is_thick = np.minimum.accumulate(kept.at_risk) >= FEWEST
    count = int(is_thick.sum())
    counts = spells.exit_days.size, spells.count(WON), spells.count(LOST)
    if kept.ended.sum() < FEWEST or not count:
        return Cycle(place, *counts, Median(UNKNOWN, UNKNOWN, UNKNOWN), (UNKNOWN, UNKNOWN, UNKNOWN), None)
    curve = _first(won, count)
    is_followed = _is_followed(spells, within_days)
    share = share_at(curve, within_days, 0.0) if is_followed else (UNKNOWN, UNKNOWN, UNKNOWN)
    return Cycle(place, *counts, median(_first(kept, count)), share, curve)


def _first(curve: Curve, count: int) -> Curve:
    """The first days of a curve."""
    return Curve(
        curve.days[:count], curve.at_risk[:count], curve.ended[:count], curve.share[:count], curve.errors[:count],
        curve.low[:count], curve.high[:count],
    )  # fmt: skip


def _is_followed(spells: Spells, day: int) -> bool:
    """Whether enough deals were seen at that age for a share to be said of it."""
    running = (spells.entry_days < day) & (spells.exit_days >= day)
    return int(running.sum()) >= FEWEST
