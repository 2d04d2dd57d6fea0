"""What to think twice about in a way of grouping customers, said where the choice is made (product.md 4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from segmentation.methods.base import Method, Scored
from segmentation.schemes import Scheme
from segmentation.standing import Standing

MOST_DIMENSIONS = 3
REVIEW_DAYS = 92  # tiers are reviewed each quarter (defaults.md 3)
SMALLEST_CUSTOMERS, SMALLEST_SHARE = 5, 0.02

Code = Literal["one", "many", "small", "stale", "playbook"]


@dataclass(frozen=True)
class Guard:
    """One remark; `facts` fill the message `guard.<code>`. `segments`: keys of the method's labels it is about;
    `tiers`: names of tiers."""

    code: Code
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    segments: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()


def find_guards(standing: Standing, scheme: Scheme, reviewed_on: dt.date | None) -> tuple[Guard, ...]:
    """All remarks on a scheme at the list date; `reviewed_on`: when its tiers were last published, None = never."""
    found = [
        _dimensions(standing.method, standing.scored),
        _smallest(standing.scored),
        _review(standing.as_of, reviewed_on),
        _playbook(scheme),
    ]
    return tuple(guard for guard in found if guard is not None)


def count_dimensions(method: Method, scored: Scored) -> int | None:
    """How many questions a score asks: its axes where it weighs by axes (one where the other has no weight), else its
    parts that can earn points. None where a model weighs them itself, or nobody could be scored."""
    if hasattr(method, "dimension_count"):
        told: int | None = method.dimension_count
        return told
    if scored.is_refused or scored.parts_unit != "points":
        return None
    parts = sum(most > 0 for most in scored.maxima.values())
    if scored.axes is None:
        return parts
    is_one = any(np.allclose(scored.axes[axis], scored.scores, equal_nan=True) for axis in scored.axes)
    return min(parts, 1 if is_one else scored.axes.shape[1])


def _dimensions(method: Method, scored: Scored) -> Guard | None:
    count = count_dimensions(method, scored)
    if count == 1:
        return Guard("one")
    if count is not None and count > MOST_DIMENSIONS:
        return Guard("many", {"n": count, "most": MOST_DIMENSIONS})
    return None


def _smallest(scored: Scored) -> Guard | None:
    if scored.segments is None:
        return None
    counts = scored.segments.value_counts()
    least = max(SMALLEST_CUSTOMERS, SMALLEST_SHARE * int(counts.sum()))
    small = counts[counts < least]
    if small.empty:
        return None
    facts = {"n": len(small), "least": SMALLEST_CUSTOMERS, "share": SMALLEST_SHARE}
    return Guard("small", facts, segments=tuple(str(name) for name in small.index))


def _review(as_of: dt.date, reviewed_on: dt.date | None) -> Guard | None:
    if reviewed_on is None or (days := (as_of - reviewed_on).days) <= REVIEW_DAYS:
        return None
    return Guard("stale", {"date": reviewed_on, "n": days})


def _playbook(scheme: Scheme) -> Guard | None:
    """Tiers below the last written standard share it: nothing says what is done differently for them."""
    names = scheme.policy.names[len(scheme.standards) :]
    return Guard("playbook", {"n": len(names)}, tiers=names) if names else None
