"""Lists per seller: everybody once, under the tier that holds, with the nearest line and sums that close."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.lists import list_customers
from segmentation.overrides import Held
from segmentation.schemes import UNRATED, Scheme, TierPolicy
from segmentation.seller_lists import COLUMNS, NO_OWNER, list_by_seller, say_nearest_line, sum_by_seller
from segmentation.standing import Standing
from segmentation.tuning import Evaluation, draw_lines, prepare
from tests.worlds import make_book, owned_customers

ON = date(2026, 6, 30)
OWNERS = ("王磊", "=cmd", " Ann ", "Ann", None)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Standing, Evaluation]:
    """40 customers of four sellers, one name written with blanks, and of nobody; C39 has no order."""
    world = owned_customers(OWNERS, ON, 40, 50.25)
    world["orders"] = world["orders"][world["orders"]["customer_id"] != "C39"]
    scheme = Scheme(policy=TierPolicy(cuts=(0.2, 0.5)))
    book = make_book(tmp_path_factory.mktemp("sellers"), **world)
    base = prepare(book, scheme, ON)
    return base.now, draw_lines(base, scheme)


@pytest.mark.parametrize("code", LANGUAGES)
def test_everybody_is_in_one_list_as_in_the_customer_list(
    found: tuple[Standing, Evaluation], code: Code
) -> None:
    standing, evaluation = found
    held = Held(np.array([2]), ("A",))
    lists = list_by_seller(standing, evaluation, Language(code), held)
    assert list(lists) == ["=cmd", "Ann", "王磊", NO_OWNER], "blanks around a name are no other seller"
    assert {owner: len(frame) for owner, frame in lists.items()} == {
        "=cmd": 8,
        "Ann": 16,
        "王磊": 8,
        NO_OWNER: 8,
    }
    everybody = list_customers(standing, evaluation, Language(code), held).set_index("customer_id")
    together = pd.concat(lists.values()).set_index("customer_id")
    assert tuple(together.reset_index()[list(COLUMNS)]) == COLUMNS
    assert sorted(together.index) == sorted(everybody.index) and together.index.is_unique
    for column in ("tier", "computed_tier", "score", "why"):
        pd.testing.assert_series_equal(together[column], everybody.loc[together.index, column])
    assert together.at["C02", "tier"] == "A" != together.at["C02", "computed_tier"]
    for frame in lists.values():
        order = ["A", "B", "C", UNRATED]
        ranks = frame["tier"].map(order.index)
        assert ranks.is_monotonic_increasing
        assert (frame.groupby(ranks)["score"].diff().fillna(0) <= 0).all()
    features = standing.features
    pd.testing.assert_series_equal(
        together["last_order_on"].sort_index(), features["last_order_on"], check_index_type=False
    )


def test_sums_close(found: tuple[Standing, Evaluation]) -> None:
    standing, evaluation = found
    lists = list_by_seller(standing, evaluation, Language("en"))
    sums = sum_by_seller(lists, evaluation.names)
    tiers = [*evaluation.names, UNRATED]
    assert (sums[tiers].sum(axis=1) == sums["customers"]).all() and sums["customers"].sum() == 40
    assert sums[tiers].sum().astype(int).to_dict() == evaluation.tiers.frame["customers"].to_dict()
    assert sums["revenue_12m"].sum() == pytest.approx(standing.features["revenue_12m"].sum())


@pytest.mark.parametrize(
    ("score", "cuts", "said"),
    [
        (68.6, (70.0, 40.0), "short of A by 1.4"),
        (41.5, (70.0, 40.0), "above the line to C by 1.5"),
        (70.0, (70.0, 40.0), "just on the line to B"),
        (69.99, (70.0, 40.0), "short of A by 0.1"),
        (10.0, (70.0, 40.0), "short of B by 30"),
        (55.0, (70.0, 40.0), "short of A by 15"),
        (39.0, (40.0, 40.0), "short of A by 1"),
        (41.0, (40.0, 40.0), "above the line to C by 1"),
        (39.0, (float("inf"), 40.0), "short of B by 1"),
        (float("nan"), (70.0, 40.0), ""),
    ],
)
def test_the_nearest_line(
    found: tuple[Standing, Evaluation], score: float, cuts: tuple[float, ...], said: str
) -> None:
    _, evaluation = found
    assert say_nearest_line(score, replace(evaluation, cuts=cuts), Language("en")) == said
    assert bool(say_nearest_line(score, replace(evaluation, cuts=cuts), Language("zh"))) == bool(said)
