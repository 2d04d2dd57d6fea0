"""A group of companies: its members with tier, revenue and hours, and their sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.rosters import Places, Roster
from segmentation.schemes import UNRATED
from segmentation.standing import TEN_THOUSAND, Standing


@dataclass(frozen=True)
class Members:
    """A parent and the row numbers of its customers, itself included where it is one."""

    parent: str
    rows: NDArray[np.int64]


@dataclass(frozen=True)
class Group:
    """The customers of one parent, and their sums.

    members: by customer_id, largest revenue first · name, tier, score (0–100, null where *unrated*), revenue (currency
    over the method's window), hours (a month now, null where none is recorded) · revenue, hours: summed (hours null
    where nobody's are recorded, `recorded_count` members have any).
    """

    parent: str
    members: pd.DataFrame
    revenue: float
    hours: float
    recorded_count: int


def find_members(standing: Standing, customer_id: str) -> Members | None:
    """The group a customer belongs to, else the one it leads; None where it stands alone.

    A parent is told by its customer_id, or by its name where nobody has it as an id.
    """
    features = standing.features
    parents, index = features["parent_id"], features.index
    own, name = parents.at[customer_id], features.at[customer_id, "name"]
    led = [customer_id] if name in index else [customer_id, name]
    for parent in [own, *led]:
        if pd.isna(parent) or parent == "":
            continue
        is_member = (parents == parent).fillna(False).to_numpy(dtype=bool, copy=True)
        if not is_member.any():
            continue
        if parent in index:
            is_member[index.get_loc(parent)] = True
        else:
            is_member |= (features["name"] == parent).fillna(False).to_numpy(dtype=bool)
        if is_member.sum() > 1:
            return Members(str(parent), np.flatnonzero(is_member))
    return None


def sum_group(
    standing: Standing, members: Members, roster: Roster, places: Places, names: Sequence[str]
) -> Group:
    """The members in their tiers: `places` of every customer (0 best, len(names) *unrated*)."""
    rows = members.rows
    features, hours = standing.features.iloc[rows], roster.hours[rows]
    words = np.array([*names, UNRATED], dtype=object)
    frame = pd.DataFrame(
        {
            "name": features["name"],
            "tier": words[places[rows]],
            "score": roster.points[rows],
            "revenue": features["amount"],
            "hours": hours,
        },
        index=features.index,
    )
    is_recorded = ~np.isnan(hours)
    return Group(
        parent=members.parent,
        members=frame.sort_values("revenue", ascending=False, kind="stable"),
        revenue=int(features["amount_e4"].to_numpy(dtype=np.int64).sum()) / TEN_THOUSAND,
        hours=float(hours[is_recorded].sum()) if is_recorded.any() else float("nan"),
        recorded_count=int(is_recorded.sum()),
    )
