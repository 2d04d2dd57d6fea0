"""Publishing keeps everybody where they are, even where what is written down is shorter than what was drawn."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation.explanations import explain
from segmentation.methods.abc import KNOTS
from segmentation.rosters import assign
from segmentation.schemes import Scheme, TierPolicy
from segmentation.tuning import Base, draw_lines, freeze_lines, prepare
from tests.random_worlds import MemoryBook

LAST = date(2026, 3, 31)
SCHEME = Scheme(
    method="abc",
    method_params={"window_days": None},
    policy=TierPolicy(kind="value", cuts=(0.7, 0.9)),
    minimum_history_days=0,
)


@pytest.fixture(scope="module")
def base() -> Base:
    random = np.random.default_rng(8)
    count = 3 * KNOTS
    ids = [f"c{place:05d}" for place in range(count)]
    orders = pd.DataFrame(
        {"order_id": ids, "customer_id": ids, "ordered_on": LAST, "amount": random.lognormal(8, 1.5, count).round(2)}
    )  # fmt: skip
    return prepare(MemoryBook({"orders": orders}, LAST), SCHEME, LAST)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "policy",
    [
        TierPolicy(kind="value", cuts=(0.7, 0.9)),
        *(TierPolicy(kind="number", cuts=(place, place + 97.0)) for place in range(1500, 5900, 200)),
        TierPolicy(kind="score", cuts=(101.0, 43.21)),
    ],
    ids=lambda policy: f"{policy.kind}-{policy.cuts[0]:g}",
)
def test_publishing_moves_nobody(base: Base, policy: TierPolicy) -> None:
    drawn = draw_lines(base, SCHEME.changed(policy=policy))
    frozen = freeze_lines(base, drawn)
    assert frozen.fitted is not None and len(frozen.fitted["value"]) <= KNOTS < len(base.now.features)
    scores = base.now.method.score(base.now.features, frozen.fitted).scores
    assert not scores.equals(base.now.scored.scores), "the frozen curve must be a shorter one here"
    was = assign(base.now, drawn.cuts, drawn.names)
    for cut, name in zip(frozen.policy.cuts, ("A", "B"), strict=True):
        assert ((scores >= cut) == (was <= name)).all()


def test_points_a_person_chose_stay_where_the_curve_is_not_shortened() -> None:
    orders = pd.DataFrame(
        {"order_id": ["1", "2"], "customer_id": ["a", "b"], "ordered_on": LAST, "amount": [60, 40]}
    )
    base = prepare(MemoryBook({"orders": orders}, LAST), SCHEME, LAST)  # type: ignore[arg-type]
    drawn = draw_lines(base, SCHEME.changed(policy=TierPolicy(kind="score", cuts=(75.0, 20.0))))
    assert freeze_lines(base, drawn).policy.cuts == (75.0, 20.0)


def test_what_would_reach_the_next_tier_is_said_of_a_long_curve(base: Base) -> None:
    drawn = draw_lines(base, SCHEME)
    tiers = assign(base.now, drawn.cuts, drawn.names)
    told = explain(base.now, tiers[tiers == "B"].index[0], drawn.cuts, drawn.names)
    assert [way.feature for way in told.ways] == ["amount"]
