"""How many hours a month can the team give, and are they enough?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from segmentation.features import window_start
from segmentation.identities import left_sellers
from segmentation.schemes import Scheme
from segmentation.store import Book

SELLER_LOOKBACK_DAYS = 91  # defaults.md 5: sellers seen in the last three months
StaffingSource = Literal["reps", "observed", "none"]


@dataclass(frozen=True)
class Staffing:
    """The people of a book on a date. `working_hours` a month of all of them; `assumed_sellers` had no hours of
    their own in the data and count with the scheme's default. `source`: the sellers' table, or who was seen at work."""

    sellers: int
    working_hours: float
    assumed_sellers: int
    source: StaffingSource


@dataclass(frozen=True)
class Capacity:
    """Hours a month needed by the playbook against available = working hours × selling share."""

    needed_hours: float
    available_hours: float | None
    sellers: int
    assumed_sellers: int
    source: StaffingSource

    @property
    def is_feasible(self) -> bool | None:
        """None where nobody is known to be selling."""
        return None if self.available_hours is None else self.needed_hours <= self.available_hours

    @property
    def used_share(self) -> float | None:
        return self.needed_hours / self.available_hours if self.available_hours else None


def count_staff(book: Book, as_of: dt.date, default_hours: float) -> Staffing:
    """Sellers and their working hours a month; a seller without hours counts with `default_hours`, one who left not at
    all."""
    sellers = book.query("sellers", as_of=as_of)
    gone = left_sellers(book.version.aliases)
    if len(sellers):
        has_left = sellers["rep_id"].isin(gone) | sellers["name"].isin(gone)
        hours = sellers.loc[sellers["is_here"].astype(bool) & ~has_left, "hours_per_month"].astype(float)
        missing = int(hours.isna().sum())
        return Staffing(len(hours), float(hours.fillna(default_hours).sum()), missing, "reps")
    seen = book.query("active_sellers", as_of=as_of, from_on=window_start(as_of, SELLER_LOOKBACK_DAYS))
    count = int((~seen["rep"].isin(gone)).sum())
    return Staffing(count, count * default_hours, count, "observed" if count else "none")


def weigh(staffing: Staffing, scheme: Scheme, needed_hours: float) -> Capacity:
    """The playbook's hours against the team's."""
    available = None if staffing.source == "none" else staffing.working_hours * scheme.selling_share
    return Capacity(needed_hours, available, staffing.sellers, staffing.assumed_sellers, staffing.source)
