"""The scorecard: points by hand, presets that follow the data, and points of missing inputs shared out in the open."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation.errors import SettingError
from segmentation.i18n import Language
from segmentation.methods.scorecard import Scorecard

THREE = Scorecard(preset="three_factors")


def customers(**columns: list[float]) -> pd.DataFrame:
    index = [f"c{number}" for number in range(len(next(iter(columns.values()))))]
    return pd.DataFrame(columns, index=index, dtype=float)


def test_points_by_hand() -> None:
    method = Scorecard(
        amount_points=0,
        order_count_points=100,
        last_order_points=60,
        contacts_points=40,
        last_contact_points=0,
        open_deals_points=0,
        value_share=0.25,
        order_count_cap=10,
        contacts_cap=4,
        half_life_days=90,
    )
    scored = method.score(customers(order_count=[5, 20], recency_days=[0, 90], touch_count=[1, 8]))
    assert scored.axes is not None
    assert scored.axes["value"].tolist() == [50.0, 100.0]
    assert scored.axes["behaviour"].tolist() == [70.0, 70.0]
    assert scored.scores.tolist() == [65.0, 77.5]
    assert scored.parts.iloc[0].to_dict() == pytest.approx(
        {"order_count": 12.5, "last_order": 45.0, "contacts": 7.5}
    )
    assert scored.maxima == pytest.approx({"order_count": 25.0, "last_order": 45.0, "contacts": 30.0})
    assert scored.verdict is None


def test_three_factors_are_50_30_20() -> None:
    frame = customers(amount=[1, 2, 3, 4, 5], recency_days=[9] * 5, touch_count=[1, 0, 2, 30, 4])
    assert THREE.score(frame).maxima == pytest.approx({"amount": 50, "last_order": 30, "contacts": 20})
    best = customers(amount=[1, 2, 3, 4, 5], recency_days=[0] * 5, touch_count=[50] * 5)
    assert THREE.score(best).scores.iloc[4] == 100


@pytest.mark.parametrize("nothing", [[0, 0, 0], [np.nan, np.nan, np.nan]])
def test_without_contacts_they_are_60_40(nothing: list[float]) -> None:
    frame = customers(amount=[1, 2, 3], recency_days=[1, 2, 3], touch_count=nothing)
    assert THREE.score(frame).maxima == pytest.approx({"amount": 60, "last_order": 40})


def test_leads_are_judged_by_behaviour_only() -> None:
    frame = customers(
        amount=[0, 0], recency_days=[np.nan, np.nan], touch_count=[3, 9], touch_recency_days=[10, 200],
        open_deal_count=[1, 0],
    )  # fmt: skip
    scored = THREE.score(frame)
    assert set(scored.parts.columns) == {"contacts", "last_contact", "open_deals"}
    assert scored.axes is not None and scored.axes["value"].isna().all()
    assert sum(scored.maxima.values()) == pytest.approx(100)
    rich = customers(amount=[5, 9], recency_days=[1, 2], touch_count=[3, 9], touch_recency_days=[10, 200])
    assert "amount" not in Scorecard(preset="leads").score(rich).parts.columns


def test_a_flat_sheet_is_scored_by_the_columns_it_has() -> None:
    """Attributes are bands on the value axis; an unknown one gives its points to the others of that customer."""
    frame = pd.DataFrame(
        {
            "amount": [0.0, 0, 0, 0],
            "recency_days": [np.nan] * 4,
            "touch_count": [0, 0, 0, 0],
            "attribute:age": [20.0, 30, 40, np.nan],
            "attribute:seats": [1.0, 2, 3, 4],
        },
        index=list("abcd"),
    )
    scored = THREE.score(frame)
    assert list(scored.parts.columns) == ["attribute:age", "attribute:seats"]
    assert scored.scores.notna().all()
    assert scored.parts["attribute:age"].isna().tolist() == [False, False, False, True]
    assert scored.most is not None
    assert scored.most["attribute:seats"].tolist() == pytest.approx([50, 50, 50, 100])
    only = Scorecard(preset="three_factors", attributes=("seats",)).score(frame)
    assert list(only.parts.columns) == ["attribute:seats"]
    with pytest.raises(KeyError, match=r"attribute:seat'.*attribute:seats"):
        Scorecard(attributes=("seat",)).score(frame)


def test_missing_points_go_to_the_same_axis_and_are_told() -> None:
    method = Scorecard(
        amount_points=30, margin_points=30, order_count_points=0, last_order_points=0, value_share=0.5
    )
    frame = customers(
        amount=[1, 2, 3, 4], touch_count=[1, 2, 3, 4], margin=[np.nan] * 4, open_deal_count=[1, 0, 0, 1]
    )
    scored = method.score(frame)
    assert scored.maxima["amount"] == pytest.approx(50)
    assert scored.verdict is not None
    code, facts = scored.verdict
    assert (code, facts["n"], facts["total"]) == ("score.missing", 2, 5)
    assert "Gross profit" in Language("en").say(code, **facts)
    assert "毛利" in Language("zh").say(code, **facts)


def test_who_never_ordered_has_no_points_for_the_last_order() -> None:
    frame = customers(amount=[0, 5, 9], recency_days=[np.nan, 3, 400], touch_count=[12, 1, 1])
    scored = THREE.score(frame)
    assert scored.parts["last_order"].iloc[0] == 0
    assert scored.scores.iloc[0] == pytest.approx(20)


def test_frozen_cards_do_not_follow_new_data() -> None:
    frame = customers(amount=[1, 2, 3, 4, 5], recency_days=[9] * 5, touch_count=[1, 0, 2, 30, 4])
    fitted = THREE.score(frame).fitted
    later = customers(amount=[1, 2, 3, 4, 50], recency_days=[9] * 5, touch_count=[0] * 5)
    scored = THREE.score(later, fitted)
    assert scored.maxima == pytest.approx({"amount": 50, "last_order": 30, "contacts": 20})
    assert scored.parts["amount"].tolist() == THREE.score(frame).parts["amount"].tolist()


def test_without_any_data_nobody_is_scored_and_it_says_so() -> None:
    scored = THREE.score(customers(amount=[0, 0], recency_days=[np.nan, np.nan], touch_count=[0, 0]))
    assert scored.scores.isna().all()
    assert scored.is_refused and scored.verdict == ("score.nothing", {})


def test_a_card_without_points_is_refused() -> None:
    none = dict.fromkeys(
        (
            f"{name}_points"
            for name in ("amount", "order_count", "last_order", "contacts", "last_contact", "open_deals")
        ),
        0,
    )
    with pytest.raises(SettingError):
        Scorecard(**none)  # type: ignore[arg-type]


def test_cells_of_the_matrix() -> None:
    frame = customers(
        amount=[1, 2, 3, 4, 5], recency_days=[900, 0, 900, 900, 0], touch_count=[0, 12, 0, 0, 12]
    )
    segments = THREE.score(frame).segments
    assert segments is not None
    assert segments.tolist() == ["low_quiet", "low_active", "high_quiet", "high_quiet", "high_active"]
