"""What the customer page draws: every point and every month, in the tier's colour, as letters."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from segmentation.explanations import Explanation, Part
from segmentation.figures.breakdown import draw_breakdown
from segmentation.figures.history import draw_history
from segmentation.figures.theme import PALETTES, Look
from segmentation.i18n import LANGUAGES, Language, Text

PARTS = (
    Part("a", Text("Amount", "金额"), 20.0, 50.0, "amount", 12.0),
    Part("b", Text("<b>Odd</b>", "<b>怪</b>"), 12.5, None),
)
TOLD = Explanation("C1", "Acme", "B", 32.5, PARTS)


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
def test_the_breakdown_draws_points_on_what_could_be_got(code: str, shade: str) -> None:
    look = Look(Language(code), shade)  # type: ignore[arg-type]
    figure = draw_breakdown(TOLD, 1, look)
    most, points, _ = figure["data"]
    assert (most["x"], points["x"]) == ([50.0, 12.5], [20.0, 12.5])
    assert points["marker"]["color"] == look.palette.tier(1)
    assert "<b>Odd" not in json.dumps(figure) and "<b>怪" not in json.dumps(figure, ensure_ascii=False)


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
