"""Lifecycle, four dimensions, potential × loyalty, fit × engagement: by hand, and on the sample company."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.errors import SettingError
from segmentation.methods import fit_engagement, four_dimensions
from segmentation.methods.fit_engagement import CELLS, FitEngagement
from segmentation.methods.four_dimensions import COMBINATIONS, FourDimensions
from segmentation.methods.lifecycle import Lifecycle
from segmentation.methods.potential_loyalty import PotentialLoyalty
from segmentation.methods.registry import make, methods
from segmentation.schemes import Scheme
from segmentation.stages import STAGES
from segmentation.standing import Rated, rate
from tests.evaluations import make_evaluation
from tests.sample_books import DATA_THROUGH_ON, sample_book

BOOK: Any = sample_book()
NAN = np.nan


def on_sample(method: str, **params: Any) -> Rated:
    return rate(BOOK, Scheme(method=method, method_params=params), DATA_THROUGH_ON, None)


def stand_in(days: list[tuple[float, float, float, float]]) -> pd.DataFrame:
    """Customers by days since the first order, the last order, the last contact; and the last gap."""
    frame = pd.DataFrame(days, columns=["age", "recency_days", "touch_recency_days", "last_gap_days"])
    as_of = pd.Timestamp("2026-10-31")
    for name, column in (("first_order_on", "age"), ("last_order_on", "recency_days")):
        frame[name] = (as_of - pd.to_timedelta(frame[column], unit="D")).astype("datetime64[s]")
    frame["tenure_days"] = frame[["age", "touch_recency_days"]].max(axis=1)
    return frame.drop(columns="age").set_axis([f"c{n}" for n in range(len(frame))])


# --- lifecycle -----------------------------------------------------------------------------------------------------


def test_stages_are_scored_in_the_order_a_person_gives() -> None:
    frame = stand_in(
        [(900, 5, 5, 30), (40, 40, NAN, NAN), (NAN, NAN, 9, NAN), (900, 800, NAN, 3), (NAN,) * 4]
    )
    scored = Lifecycle().score(frame)
    assert scored.segments is not None
    assert scored.segments.tolist() == ["mature", "new", "lead", "lost", None]
    np.testing.assert_allclose(scored.scores, [100, 400 / 7, 300 / 7, 0, NAN])
    assert scored.verdict == ("lifecycle.unknown", {"n": 1})
    turned = Lifecycle(order=tuple(reversed(STAGES)), names=(("mature", "老客户"),)).score(frame)
    np.testing.assert_allclose(turned.scores, 100 - scored.scores)
    assert turned.segments is not None and turned.segments.equals(scored.segments)
    assert turned.labels["mature"].zh == turned.labels["mature"].en == "老客户"


def test_equipment_takes_twice_as_long_and_own_days_are_ones_own() -> None:
    frame = stand_in([(900, 200, NAN, 30), (900, 400, NAN, 30), (900, 740, NAN, 30)])
    named = {
        pace: Lifecycle(pace=pace, silent_days=800, lost_days=800, active_days=300).score(frame).segments  # type: ignore[arg-type]
        for pace in ("usual", "equipment", "own")
    }
    assert {pace: list(told) for pace, told in named.items() if told is not None} == {
        "usual": ["silent", "lost", "lost"],
        "equipment": ["at_risk", "silent", "lost"],
        "own": ["mature", "at_risk", "at_risk"],
    }


@pytest.mark.parametrize(
    "params",
    [
        {"order": ("mature",)},
        {"order": 3},
        {"names": (("x", "y"),)},
        {"names": (("mature", " "),)},
        {"pace": "x"},
    ],
)
def test_an_order_that_is_none_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(SettingError):
        Lifecycle(**params)


def test_stages_of_the_sample_are_those_of_its_rows() -> None:
    found = on_sample("lifecycle", activity="orders")
    segments, recency = found.scored.segments, found.features["recency_days"]
    assert segments is not None and segments.notna().all()
    recency = recency[segments.index]
    assert (segments == "lost").sum() == (recency > 365).sum() + ((segments == "lost") & recency.isna()).sum()
    assert ((segments == "silent") & recency.notna()).sum() == recency.between(181, 365).sum()
    assert set(segments) == set(STAGES)


# --- four dimensions -------------------------------------------------------------------------------------------------


def test_combinations_by_hand() -> None:
    frame = stand_in(
        [(900, 5, 5, 30), (900, 150, 150, 30), (300, 20, 20, 30), (300, 89, NAN, 30), (900, 300, NAN, 30),
         (900, 30, 30, 30), (900, 30, 30, 30), (NAN,) * 4]
    )  # fmt: skip
    frame["amount"] = [9.0, 9, 1, 1, 1, 5, 5, 0]
    frame["touch_count"] = [12, 2, 12, 0, 0, 12, 12, 0]
    frame["need"] = pd.Series([None] * 6 + ["weld", None], frame.index, dtype="str")
    frame["intent"] = pd.Series([None] * 8, frame.index, dtype="str")
    frame["need"] = frame["need"].where(frame["need"].notna())
    scored = FourDimensions().score(frame)
    assert scored.segments is not None and scored.axes is not None
    assert scored.segments.tolist()[:3] == ["core", "rescue", "growing"]
    assert scored.segments.tolist()[4:7] == ["fading", "ordinary", "growing"]
    assert scored.axes.loc["c0", "value"] == 100
    # Value alone is known of the last one: all weight is there, and nothing recorded is not taken for little.
    assert scored.parts.loc["c7"].notna().tolist() == [True, False, False, False]
    assert scored.most is not None and scored.most.loc["c7", "value"] == 100


def test_four_dimensions_name_every_combination_of_the_sample() -> None:
    found = on_sample("four_dimensions")
    assert found.scored.segments is not None
    assert set(found.scored.segments) == set(COMBINATIONS)
    amount = found.features.loc[found.scored.scores.index, "amount"].groupby(found.scored.segments).mean()
    assert amount["core"] > amount["rescue"] > amount["ordinary"] > amount["fading"]
    assert found.scored.verdict is not None and found.scored.verdict[1]["names"].zh == "需求"
    with pytest.raises(SettingError):
        FourDimensions(value_weight=0, need_weight=0, behaviour_weight=0, lifecycle_weight=0)


# --- potential × loyalty ---------------------------------------------------------------------------------------------


def people(**columns: Any) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    texts = dict.fromkeys(("intent", "growth", "decision_level", "industry", "region", "channel"))
    numbers = dict.fromkeys(
        (
            "budget",
            "nps",
            "complaints",
            "repeat_order_share",
            "own_size",
            "touch_recency_days",
            "recency_days",
        ),
        NAN,
    )
    counts = dict.fromkeys(("touch_count", "visit_count", "meeting_count", "open_deal_count"), 0)
    index = [f"c{n}" for n in range(count)]
    frame = pd.DataFrame({**texts, **numbers, **counts, **columns}, index=index)
    return frame.astype(dict.fromkeys(texts, "str"))


def test_potential_and_loyalty_by_hand() -> None:
    frame = people(
        intent=["高", "low", None, None],
        nps=[100.0, -100, NAN, NAN],
        complaints=[0, 5, NAN, NAN],
        repeat_order_share=[0.9, 0.0, NAN, NAN],
        touch_count=[4, 4, 0, 4],
        visit_count=[3, 0, 0, 1],
        meeting_count=[1, 0, 0, 1],
    )
    scored = PotentialLoyalty().score(frame)
    assert scored.axes is not None and scored.segments is not None
    np.testing.assert_allclose(scored.axes["potential"], [100, 0, NAN, 50])
    np.testing.assert_allclose(scored.axes["loyalty"], [100 * (30 + 20 + 36) / 90, 0, NAN, NAN])
    assert scored.segments.tolist() == ["high_loyal", "low_loose", None, None]
    # Nothing recorded is unknown, not low; half of it recorded is judged by that half.
    assert scored.scores.isna().tolist() == [False, False, True, False]
    assert scored.scores.iloc[3] == 50


def test_without_any_sales_contact_or_need_four_dimensions_refuse() -> None:
    nothing = on_sample("four_dimensions").features[list(FourDimensions().columns)].head(3).copy()
    nothing["amount"] = 0.0
    for name in set(nothing) - {"amount"}:
        nothing[name] = 0 if name.endswith("count") else nothing[name].where(nothing[name].isna())
    scored = FourDimensions().score(nothing)
    assert scored.is_refused and scored.scores.isna().all() and scored.verdict == ("score.nothing", {})
    alone = FourDimensions().score(nothing.assign(need="spare parts"))
    assert not alone.is_refused and alone.verdict is not None
    assert "Value" in str(alone.verdict[1]["names"]), "all brought the same: value tells nobody apart"
    refused = Lifecycle().score(nothing)
    assert refused.is_refused and refused.verdict == ("lifecycle.unknown", {"n": 3})


def test_referrals_come_from_a_named_column() -> None:
    frame = people(nps=[NAN, NAN]).assign(**{"attribute:转介绍": [3.0, 0.0]})
    method = PotentialLoyalty(referral_attribute="转介绍")
    assert method.attributes == ("转介绍",) and "attribute:转介绍" in method.columns
    assert method.score(frame).scores.tolist() == [100, 0]
    with pytest.raises(KeyError, match="转介绍"):
        method.score(people(nps=[NAN]))


def test_where_nothing_is_recorded_it_refuses() -> None:
    scored = PotentialLoyalty().score(people(nps=[NAN, NAN]))
    assert scored.is_refused and scored.verdict == ("score.nothing", {})


# --- fit × engagement ------------------------------------------------------------------------------------------------


def test_nine_cells() -> None:
    frame = people(
        industry=["Moulds"] * 3 + [None] * 3 + ["x"] * 3,
        decision_level=["总经理"] * 3 + ["经理"] * 3 + ["前台"] * 3,
        touch_count=[12, 6, 0] * 3,
        touch_recency_days=[0, 90, NAN] * 3,
        recency_days=[0, 90, NAN] * 3,
        open_deal_count=[3, 1, 0] * 3,
    )
    scored = FitEngagement(industries=(" moulds ",)).score(frame)
    assert scored.segments is not None and scored.axes is not None
    assert scored.segments.tolist() == list(CELLS)
    assert scored.axes["value"].tolist() == [100] * 3 + [50] * 3 + [0] * 3
    assert scored.scores.iloc[0] == 100 and scored.scores.iloc[8] == 0


def test_an_unknown_fit_is_no_bad_fit() -> None:
    frame = people(industry=["Moulds", "x", None], touch_count=[12, 12, 12])
    scored = FitEngagement(industries=("Moulds",)).score(frame)
    assert scored.scores.isna().tolist() == [False, False, True]
    refused = FitEngagement().score(frame)
    assert refused.is_refused and refused.verdict == ("fit.nothing", {})
    unrecorded = FitEngagement(industries=("Moulds",)).score(frame.assign(industry=None))
    assert unrecorded.is_refused and unrecorded.verdict == ("fit.unrecorded", {}), "no list would help"


@pytest.mark.parametrize("listed", ["Moulds", (3,), ("",), ("x" * 201,), ("x",) * 201])
def test_lists_that_are_none_are_refused(listed: Any) -> None:
    with pytest.raises(SettingError):
        FitEngagement(industries=listed)


def test_all_nine_cells_of_the_sample_hold_somebody() -> None:
    found = on_sample("fit_engagement", industries=("Moulds", "Packaging"))
    assert found.scored.segments is not None and set(found.scored.segments) == set(CELLS)


# --- what has no date ------------------------------------------------------------------------------------------------


def test_schemes_that_read_what_has_no_date_say_so() -> None:
    undated = {name for name in methods() if getattr(make(name), "reads_undated", False)}
    assert {"fit_engagement", "potential_loyalty", "four_dimensions"} <= undated
    assert not {"rules", "lifecycle", "rfm", "abc"} & undated
    told = make_evaluation()
    for name in ("rfm", "lifecycle", "fit_engagement"):
        scheme = told.scheme.changed(method=name, method_params={})
        evaluation = type(told)(**{**told.__dict__, "scheme": scheme})
        assert evaluation.reads_undated == evaluation.is_as_recorded == (name in undated)


def test_a_customer_exactly_on_a_line_of_fit_stands_above_it() -> None:
    third = 100 / 3
    axes = pd.DataFrame(
        {"value": [2 * third, 66.6, third, 33.3], "behaviour": [100.0, 2 * third, third, 0.0]}
    )
    assert list(fit_engagement._cells(axes)) == ["A1", "B1", "B2", "C3"]
    hair = axes - 1e-12  # what dividing by the most points leaves of a line
    assert list(fit_engagement._cells(hair)) == ["A1", "B1", "B2", "C3"]


def test_a_large_active_customer_who_is_fading_is_to_be_rescued_not_core() -> None:
    shares = {name: np.full(2, 0.9) for name in ("value", "need", "behaviour", "lifecycle")}
    stages_of = np.array([list(STAGES).index("mature"), list(STAGES).index("at_risk")])
    assert list(four_dimensions._combine(shares, stages_of)) == ["core", "rescue"]
