"""What the customer page draws: every point and every month, in the tier's colour, as letters."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from segmentation.explanations import Explanation, Part
from segmentation.figures.history import draw_history
from segmentation.figures.theme import PALETTES, Look
from segmentation.figures.waterfall import draw_waterfall
from segmentation.i18n import LANGUAGES, Language, Text
from segmentation.reasons import say_why

PARTS = (
    Part("a", Text("Amount", "金额"), 20.0, 50.0, "amount", 12.0),
    Part("b", Text("<b>Odd</b>", "<b>怪</b>"), 12.5, None),
)
NAMES = ("A", "<i>B", "C")
TOLD = Explanation("C1", "Acme", "B", 32.5, PARTS, cut=30.0, lines=(70.0, 30.0), names=NAMES)


def _months(amounts: list[float], touches: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": pd.period_range("2026-01", periods=len(amounts), freq="M").to_timestamp(),
            "orders": [1] * len(amounts),
            "amount": amounts,
            "touches": touches,
        }
    )


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("shade", PALETTES)
def test_the_waterfall_goes_part_by_part_to_the_score(code: str, shade: str) -> None:
    look = Look(Language(code), shade)  # type: ignore[arg-type]
    figure = draw_waterfall(TOLD, 1, look)
    most, points, _ = figure["data"]
    assert (most["base"], most["x"]) == ([0.0, 20.0], [50.0, 12.5])
    assert (points["base"], points["x"]) == ([0.0, 20.0, 0.0], [20.0, 12.5, 32.5])
    assert points["marker"]["color"] == [look.palette.tier(1)] * 3
    written = json.dumps(figure, ensure_ascii=False)
    assert not any(mark in written for mark in ("<b>Odd", "<b>怪", "<i>"))


def test_the_waterfall_is_crossed_by_the_tier_lines() -> None:
    layout = draw_waterfall(TOLD, 1, Look(Language("en")))["layout"]
    assert [shape["x0"] for shape in layout["shapes"]] == [30.0, 70.0]
    assert [shape["line"]["width"] for shape in layout["shapes"]] == [1.5, 1], (
        "the passed line is the strong one"
    )
    assert [note["text"] for note in layout["annotations"]] == ["&lt;i&gt;B from 30", "A from 70"]
    close = replace(TOLD, lines=(float("inf"), 31.0, 30.0), names=(*NAMES, "D"))
    layout = draw_waterfall(close, 1, Look(Language("en")))["layout"]
    told = [(note["x"], note["xanchor"]) for note in layout["annotations"]]
    assert len(layout["shapes"]) == 2 and told == [(30.0, "right"), (31.0, "left")]
    three = replace(TOLD, lines=(32.0, 31.0, 30.0), names=(*NAMES, "D"))
    layout = draw_waterfall(three, 1, Look(Language("en")))["layout"]
    assert len(layout["shapes"]) == 3 and len(layout["annotations"]) == 2, "no two names on one another"


def test_parts_on_log_odds_stand_on_their_own_axis_with_the_lines() -> None:
    """ln(0.8 / 0.2) = 1.386: a score of 80 and a line at 80 stand on one place."""
    parts = (Part("a", Text("Base", "基准"), 2.386294, None), Part("b", Text("Late", "逾期"), -1.0, None))
    told = Explanation(
        "C1", "Acme", "B", 80.0, parts, cut=80.0, lines=(100.0, 80.0), names=NAMES, parts_unit="log_odds"
    )
    look = Look(Language("en"))
    figure = draw_waterfall(told, 1, look)
    bars = figure["data"][1]
    assert bars["x"] == pytest.approx([2.3863, -1.0, 1.3863], abs=1e-4)
    assert bars["base"] == pytest.approx([0.0, 2.3863, 0.0], abs=1e-4)
    assert bars["marker"]["color"][1] == look.palette.published
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == pytest.approx([1.3863], abs=1e-4)
    assert "log-odds" in say_why(told, Language("en"), str) and "对数几率" in say_why(
        told, Language("zh"), str
    )


def test_the_history_keeps_every_month_and_refunds_below_zero() -> None:
    look = Look(Language("en"), "light", "CNY")
    figure = draw_history(_months([0.0, 1500.0, -200.0], [0, 3, 1]), 0, look)
    sales, touches = figure["data"]
    assert sales["y"] == [0.0, 1500.0, -200.0] and touches["y"] == [0, 3, 1]
    assert figure["layout"]["yaxis"]["range"][0] < -200
    assert sales["hovertext"][1] == "Feb 2026: 1 order, ¥1.5K"
    assert sales["marker"]["color"] == look.palette.tier(0)


def test_an_unrated_customer_has_no_fill() -> None:
    look = Look(Language("zh"), "dark")
    marker = draw_history(_months([5.0], [0]), None, look)["data"][0]["marker"]
    assert marker["color"].endswith(",0)") and marker["line"]["color"] == look.palette.unrated


@pytest.mark.parametrize("most", [0.0, 1.0, 3.0, 720_200.0, 1_418_800.0])
def test_amounts_are_marked_at_round_values(most: float) -> None:
    axis = draw_history(_months([most], [0]), 0, Look(Language("en")))["layout"]["yaxis"]
    steps = [b - a for a, b in zip(axis["tickvals"], axis["tickvals"][1:], strict=False)]
    assert axis["tickvals"][0] == 0 and 2 <= len(steps) <= 5
    assert f"{steps[0]:e}"[0] in "125"


def test_labels_of_a_long_history_do_not_run_into_each_other() -> None:
    axis = draw_history(_months([1.0] * 60, [0] * 60), 0, Look(Language("en")))["layout"]["xaxis"]
    assert len(axis["ticktext"]) <= 7 and axis["ticktext"][0] == "Dec 2030"
    for count in range(1, 61):  # "2017年12月" is 66 pixels wide, the axis of a page of 1,280 about 350
        axis = draw_history(_months([1.0] * count, [0] * count), 0, Look(Language("zh")))["layout"]["xaxis"]
        assert 1 <= len(axis["ticktext"]) <= 5 and axis["tickangle"] == 0
