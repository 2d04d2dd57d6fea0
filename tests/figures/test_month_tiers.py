"""The tier by month and the likely tiers, on one row per tier; and what is said of them."""

from __future__ import annotations

import json
from datetime import date
from math import nan

import pytest

from segmentation.figures.month_tiers import draw_likely_tiers, draw_month_tiers
from segmentation.figures.theme import CLEAR, Look
from segmentation.i18n import LANGUAGES, Language
from segmentation.replays import Likelihood
from segmentation.ui.profile_months import tell_edge, tell_months

NAMES = ("A", "<b>B</b>", "C")
DAYS = ("Apr 2026", "May 2026", "Jun 2026", "12 Jul 2026")


def test_steps_stand_on_the_rows_of_the_tiers() -> None:
    look = Look(Language("en"))
    figure = draw_month_tiers(DAYS, (None, 3, 1, 0), (nan, nan, 50.0, 80.0), NAMES, look)
    line = figure["data"][0]
    assert line["y"] == [None, 3, 1, 0] and len(figure["data"]) == 1
    assert line["marker"]["color"][1:] == [CLEAR, look.palette.tier(1), look.palette.tier(0)]
    assert line["hovertext"][0] == "" and line["hovertext"][3] == "12 Jul 2026: A, 80 points"
    assert line["hovertext"][1] == "May 2026: Not rated"
    assert len(figure["layout"]["yaxis"]["ticktext"]) == 4
    assert "<b>B" not in json.dumps(figure)


def test_no_row_for_unrated_where_it_never_was() -> None:
    figure = draw_month_tiers(DAYS, (2, 2, 1, 0), (1.0, 1.0, 50.0, 80.0), NAMES, Look(Language("en")))
    assert len(figure["layout"]["yaxis"]["ticktext"]) == 3


def test_a_year_has_labels_that_do_not_touch_and_ends_on_the_last() -> None:
    days = [f"day {place}" for place in range(13)]
    axis = draw_month_tiers(days, [0] * 13, [90.0] * 13, NAMES, Look(Language("en")))["layout"]["xaxis"]
    assert len(axis["ticktext"]) <= 6 and axis["ticktext"][0] == "day 12" and axis["tickvals"][0] == 12


def test_likely_tiers_are_shares_with_their_numbers() -> None:
    look = Look(Language("zh"), "dark")
    figure = draw_likely_tiers((0.62, 0.375, 0.005), NAMES, look)
    assert figure["data"][0]["x"] == [0.62, 0.375, 0.005]
    assert figure["data"][0]["marker"]["color"] == [look.palette.tier(rank) for rank in range(3)]
    assert figure["layout"]["yaxis2"]["ticktext"] == ["<b>62%</b>", "<b>38%</b>", "<b>0.5%</b>"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_runs_of_equal_tiers_are_said_once(code: str) -> None:
    dates = (date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 12))
    look = Look(Language(code))  # type: ignore[arg-type]
    told = tell_months([None, 1, 1, 0, 3], dates, ("A", "B", "C"), look)
    wanted = {
        "en": "Tier at each month's end: B Apr 2026 to May 2026; A Jun 2026; Not rated 12 Jul 2026.",
        "zh": "各月末等级：2026年4月至2026年5月 B 类；2026年6月 A 类；2026年7月12日 暂未评级。",
    }
    assert told == wanted[code]


@pytest.mark.parametrize(
    ("shares", "wanted"),
    [
        (
            (0.3, 0.6, 0.1),
            "Close to the line: with normal month-to-month change it would be B in 60% and A in 30%",
        ),
        ((0.05, 0.02, 0.93), "Not close to a line: with normal month-to-month change it would be C in 93%"),
        ((0.5, 0.0, 0.5), "it would be A in 50% and C in 50%"),
    ],
)
def test_the_two_likeliest_tiers_are_said(shares: tuple[float, ...], wanted: str) -> None:
    assert wanted in tell_edge(Likelihood(shares, 200), ("A", "B", "C"), Look(Language("en")))
    assert "{" not in tell_edge(Likelihood(shares, 200), ("A", "B", "C"), Look(Language("zh")))
