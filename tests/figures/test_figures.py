"""Figures: rows on one line, colours by rank, doubt drawn, strangers' names as letters, few bytes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import plotly.io
import pytest

from segmentation.allocation.current import budget_by_tier
from segmentation.figures import alternatives
from segmentation.figures.conversion import draw_conversion
from segmentation.figures.distribution import MEASURES, draw_distribution
from segmentation.figures.effort import draw_effort
from segmentation.figures.histogram import HIGHEST, draw_histogram
from segmentation.figures.lanes import Lanes
from segmentation.figures.resources import draw_resources, rule_text
from segmentation.figures.sweep import draw_sweep
from segmentation.figures.theme import CLEAR, PALETTES, DrawnFigure, Look, literal
from segmentation.i18n import LANGUAGES, Language
from segmentation.ladder import Ladder
from segmentation.tally import Tally
from segmentation.tuning import CheckDate
from tests.evaluations import make_evaluation
from tests.figures.test_sweep import make_sweep

EN = Look(Language("en"), "light", "CNY")
SIX = tuple("ABCDEF")
SIX_FACTS: dict[str, Any] = {
    "names": SIX,
    "customers": (30, 70, 40, 50, 60, 70, 80),
    "ks": (30, 40, 6, 5, 6, 7, 8),
    "ns": (60, 70, 14, 15, 16, 17, 18),
}


def three(evaluation: Any, look: Look = EN, against: Any = None) -> list[dict[str, Any]]:
    return [
        draw_distribution(evaluation, look, against),
        draw_conversion(evaluation, look, against),
        draw_effort(evaluation, look, against),
    ]


def ladder(scores: Any) -> Ladder:
    return Ladder.build(pd.Series(scores, dtype=float), {})


def budget(evaluation: Any, *amounts: float) -> pd.DataFrame:
    """As many budget lines as amounts, for the tiers best first."""
    return budget_by_tier(pd.Series(amounts, index=list(evaluation.names)[: len(amounts)]), evaluation.names)


def weigh(figures: list[dict[str, Any]]) -> int:
    """Bytes as Streamlit sends them."""
    return sum(len(plotly.io.to_json(DrawnFigure(figure), validate=False).encode()) for figure in figures)


def axes_of(figure: dict[str, Any], letter: str) -> list[dict[str, Any]]:
    """The axes of one letter with what all of them share."""
    layout = figure["layout"]
    shared = layout["template"]["layout"][f"{letter}axis"]
    return [shared | axis for key, axis in layout.items() if key.startswith(f"{letter}axis")]


@pytest.mark.parametrize("facts, most", [({}, 18_000), (SIX_FACTS, 20_000)])
def test_six_charts_of_one_move_weigh_at_most_18_kb(facts: dict[str, Any], most: int) -> None:
    evaluation = make_evaluation(**facts)
    histogram = draw_histogram(ladder(np.arange(2000) / 20), evaluation.cuts, evaluation.names, EN)
    charts = three(evaluation, against=make_evaluation(**facts))
    resources = draw_resources(evaluation, budget(evaluation, 300, 100), EN)
    sweep = draw_sweep(make_sweep(), "repurchase", EN, (0.3, "v7"))
    assert weigh([*charts, resources, histogram, sweep]) <= most
    assert weigh(charts) <= most * 0.54
    assert weigh([histogram]) <= 1_600


@pytest.mark.parametrize("names", [("A", "B"), ("A", "B", "C"), SIX])
def test_rows_of_the_three_charts_stand_on_one_line(names: tuple[str, ...]) -> None:
    size = len(names) + 1
    evaluation = make_evaluation(names=names, customers=[9] * size, ks=[5] * size, ns=[20] * size)
    layouts = [figure["layout"] for figure in three(evaluation)]
    for told in ("height",):
        assert len({layout[told] for layout in layouts}) == 1
    assert len({(layout["margin"]["t"], layout["margin"]["b"]) for layout in layouts}) == 1
    rows = [axis for figure in three(evaluation) for axis in axes_of(figure, "y")]
    assert len({tuple(axis["range"]) for axis in rows}) == 1
    assert len({tuple(axis["tickvals"]) for axis in rows}) == 1
    assert all(len(axis["ticktext"]) == len(axis["tickvals"]) for axis in rows)
    assert layouts[0]["height"] == round(44 + 32 * (len(names) + 2.25))


def test_columns_of_values_stand_outside_the_plot() -> None:
    # Plotly hides the numbers of the x axis below any label inside: "100%" was gone below a wide header.
    for figure in three(make_evaluation()):
        rows, *found = axes_of(figure, "y")
        assert rows["anchor"] == "x"
        for axis in found:
            assert (axis["overlaying"], axis["anchor"], axis["position"]) == ("y", "free", 1) and axis[
                "shift"
            ] > 0
            assert axis.get("side", "left") == "left" and "ticklabelposition" not in axis


def test_an_axis_of_values_is_drawn_because_a_trace_names_it() -> None:
    evaluation = make_evaluation()
    for figure in (*three(evaluation), draw_resources(evaluation, budget(evaluation), EN)):
        named = {trace.get("yaxis", "y") for trace in figure["data"]}
        assert {key.replace("axis", "") for key in figure["layout"] if key.startswith("yaxis")} == named


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("facts", [{}, SIX_FACTS, {"outcome": "revenue_per_customer", "ks": [np.nan] * 4}])
def test_plotly_accepts_every_figure(code: Any, facts: dict[str, Any]) -> None:
    evaluation = make_evaluation(**facts)
    for figure in three(evaluation, Look(Language(code), "dark", "CNY"), make_evaluation(**facts)):
        assert go.Figure(figure).data
    look = Look(Language(code), "light", "CNY")
    assert go.Figure(draw_resources(evaluation, budget(evaluation, 300), look)).data
    assert go.Figure(draw_histogram(ladder(range(100)), evaluation.cuts, evaluation.names, look)).data
    assert go.Figure(draw_sweep(make_sweep(), evaluation.scheme.outcome, look, (0.3, "v7"))).data


def test_colours_follow_the_rank_whatever_a_tier_is_called() -> None:
    for names in (("A", "B", "C"), ("战略客户", "Key", "D")):
        bars = draw_distribution(make_evaluation(names=names), EN)["data"][0]
        assert bars["marker"]["color"][:3] == list(PALETTES["light"].tiers[:3])


def test_unrated_has_an_outline_and_no_fill() -> None:
    evaluation = make_evaluation(ns=(71, 188, 301, 40))
    bars = draw_distribution(evaluation, EN)["data"][0]
    assert bars["marker"]["color"][3] == CLEAR
    assert bars["marker"]["line"] == {"color": PALETTES["light"].unrated, "width": [0, 0, 0, 1.25] * 4}
    dots = draw_conversion(evaluation, EN)["data"][1]["marker"]
    assert dots["color"][3] == PALETTES["light"].background
    assert dots["color"][0] == PALETTES["light"].tiers[0]


def test_too_few_is_hollow_dotted_and_said_in_place_of_the_rate() -> None:
    figure = draw_conversion(make_evaluation(ks=(3, 61, 58, 1), ns=(9, 188, 301, 6)), EN)
    dots = figure["data"][1]["marker"]
    assert dots["color"][0] == PALETTES["light"].background
    assert dots["line"]["width"][0] > 0 and dots["line"]["color"][0] == PALETTES["light"].tiers[0]
    pens = [shape | shape.get("line", {}) for shape in figure["layout"]["shapes"]]
    dotted = [pen for pen in pens if pen.get("dash") == "dot"]
    assert [pen["y0"] for pen in dotted] == [0.0, 3.0]
    assert [pen["color"] for pen in dotted] == [PALETTES["light"].tiers[0], PALETTES["light"].unrated]
    assert "too few" in figure["layout"]["yaxis2"]["ticktext"][1]
    assert "3/9" in figure["layout"]["yaxis3"]["ticktext"][1]


def test_ten_cases_are_enough_to_be_drawn_full() -> None:
    dots = draw_conversion(make_evaluation(ks=(3, 61, 58, 1), ns=(10, 188, 301, 6)), EN)["data"][1]["marker"]
    assert dots["color"][0] == PALETTES["light"].tiers[0]


def test_no_cases_is_an_empty_row_never_zero_percent() -> None:
    figure = draw_conversion(make_evaluation(ks=(34, 61, 58, 0), ns=(71, 188, 301, 0)), EN)
    assert 3.0 not in figure["data"][1]["y"]
    assert "no deals" in figure["layout"]["yaxis2"]["ticktext"][4]
    assert "0%" not in figure["layout"]["yaxis2"]["ticktext"][4]


def test_unrecorded_hours_have_no_dot_and_a_dash() -> None:
    figure = draw_effort(make_evaluation(hours_now=[np.nan] * 4), EN)
    marked = [trace["marker"] for trace in figure["data"] if "hovertext" in trace]
    assert [marker["symbol"] for marker in marked] == ["line-ns"]
    assert set(figure["layout"]["yaxis2"]["ticktext"][1:]) == {"–"}


def test_red_only_when_the_need_exceeds_what_is_available() -> None:
    red = PALETTES["light"].broken
    assert red not in json.dumps(draw_effort(make_evaluation(available_hours=5_000), EN))
    assert red in json.dumps(draw_effort(make_evaluation(available_hours=10), EN))


def test_a_measure_has_a_baseline_where_it_is_known() -> None:
    evaluation = make_evaluation()
    unknown = Tally.of(evaluation.tiers.frame.assign(margin_share=np.nan))
    counts = [
        sum(shape["x0"] == shape["x1"] for shape in draw_distribution(shown, EN)["layout"]["shapes"])
        for shown in (evaluation, replace(evaluation, tiers=unknown))
    ]
    assert counts == [len(MEASURES), len(MEASURES) - 1]


def test_all_four_measures_share_one_scale() -> None:
    bars = draw_distribution(make_evaluation(), EN)["data"][0]
    shares = make_evaluation().tiers.frame[[f"{measure}_share" for measure in MEASURES]].to_numpy().T.ravel()
    ratios = np.array(bars["x"]) / shares
    assert np.allclose(ratios, ratios[0], rtol=1e-2)


def test_the_published_scheme_is_a_grey_tick_and_a_grey_dot_below() -> None:
    evaluation, other = make_evaluation(), make_evaluation(ks=(20, 61, 58, 1))
    assert (
        len(draw_distribution(evaluation, EN, other)["data"])
        == len(draw_distribution(evaluation, EN)["data"]) + 1
    )
    intervals, dots = draw_conversion(evaluation, EN, other)["data"][1:4:2]
    assert intervals["y"] == dots["y"] == [0.27, 1.27, 2.27, 3.27]
    assert {intervals["marker"]["color"], dots["marker"]["color"]} == {PALETTES["light"].published}


def test_the_axis_reaches_what_the_published_scheme_reaches() -> None:
    higher = make_evaluation(ks=(70, 180, 290, 1))
    end = draw_conversion(make_evaluation(), EN, higher)["layout"]["xaxis"]["range"][1]
    assert end >= higher.rates["high"][:3].max()


def test_other_outcomes_and_other_tier_counts_are_not_compared_in_one_chart() -> None:
    other = make_evaluation(outcome="repurchase")
    assert len(draw_conversion(make_evaluation(), EN, other)["data"][1]["y"]) == 5


@pytest.mark.parametrize("name", ["<b>x</b>", "$x^2$", "a & b", '<a href="http://h">x</a>'])
def test_a_tier_is_drawn_letter_by_letter(name: str) -> None:
    shown = Lanes((name, "B")).labels(EN)[1]
    assert not set("<>$") & set(shown)
    assert literal("<b>$") == "&lt;b&gt;&#36;"


def columns(figure: dict[str, Any]) -> dict[str, list[str]]:
    """Header → texts of each value column, without markup."""
    axes = [
        axis["ticktext"] for key, axis in figure["layout"].items() if key[:5] == "yaxis" and key != "yaxis"
    ]
    bare = [[re.sub("<.*?>", "", text) for text in texts] for texts in axes]
    return {header: texts for header, *texts in bare}


def bars_by_tier(figure: dict[str, Any]) -> dict[str, list[tuple[float, float, int]]]:
    """Colour → low, high, customers of each bin."""
    return {
        bar["marker"]["color"]: [
            (bar["x0"] + (place - 0.5) * bar["dx"], bar["x0"] + (place + 0.5) * bar["dx"], count)
            for place, count in enumerate(bar["y"])
        ]
        for bar in figure["data"]
    }


@pytest.mark.parametrize(
    "cuts", [(80.0, 40.0), (91.666667, 66.666667), (100.0, 0.0), (99.5, 99.0), (70.0, 70.0)]
)
def test_no_bar_belongs_to_two_tiers(cuts: tuple[float, float]) -> None:
    scores = np.repeat([0.0, 39.9, 40.0, 66.666667, 70.0, 80.0, 91.666667, 99.2, 100.0], 3)
    figure = draw_histogram(ladder(scores), cuts, ("A", "B", "C"), EN)
    bounds = [HIGHEST, *cuts, 0.0]
    drawn = bars_by_tier(figure)
    for rank, colour in enumerate(PALETTES["light"].tiers[:3]):
        high, low = bounds[rank], bounds[rank + 1]
        inside = ((scores >= low) & (scores < high)).sum()
        assert sum(count for *_, count in drawn.get(colour, [])) == inside
        assert all(low - 1e-3 <= left < right <= high + 1e-3 for left, right, _ in drawn.get(colour, []))


def test_the_best_score_belongs_to_the_first_tier_in_colour_and_label() -> None:
    figure = draw_histogram(ladder([10.0, 100.0, 100.0]), (100.0, 50.0), ("A", "B", "C"), EN)
    first = bars_by_tier(figure)[PALETTES["light"].tiers[0]]
    assert first == [(100.0, 102.0, 2)]
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["A", "B", "C"]
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == [100.0, 50.0]


def test_labels_of_narrow_tiers_give_way() -> None:
    names = ("Strategic", "Key", "Ordinary")
    figure = draw_histogram(ladder([10.0, 100.0]), (98.0, 90.0), names, EN)
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["Str…ic", "Ord…ry"]


def test_effort_stands_as_shares_with_the_rule_and_the_budget_beside() -> None:
    evaluation = make_evaluation(hours_rule_share=(1 / 2, 1 / 3, 1 / 6, np.nan))
    figure = draw_resources(evaluation, budget(evaluation, 300, 100), EN)
    shown = [
        (trace["marker"]["symbol"], y, x)
        for trace in figure["data"]
        if "symbol" in trace.get("marker", {})
        for y, x in zip(trace["y"], trace["x"], strict=True)
    ]
    # Later marks lie on top of earlier ones.
    assert list(dict.fromkeys(symbol for symbol, *_ in shown)) == ["line-ns", "diamond", "square", "circle"]
    assert ("circle", 0, 0.25) in shown
    assert ("square", 0, round(evaluation.tiers.at("A", "revenue_share"), 4)) in shown
    told = columns(figure)
    assert told["● Hours"] == ["25%", "25%", "25%", "25%", "920 h"]
    assert told["Budget a month"] == ["¥300", "¥100", "¥0", "–", "¥400"]
    assert told["Share"] == ["75%", "25%", "0%", "–", ""]
    assert told["┃ Rule"] == ["50%", "33%", "17%", "–", ""]
    assert rule_text(3) == "½–⅓–⅙"
    assert rule_text(4) == "4:3:2:1"


def test_what_is_not_known_of_effort_has_no_mark_and_a_dash() -> None:
    evaluation = make_evaluation(hours_now=[np.nan] * 4, won_amount=[0.0] * 4)
    figure = draw_resources(evaluation, budget(evaluation), EN)
    symbols = {trace.get("marker", {}).get("symbol") for trace in figure["data"]}
    assert symbols == {None, "square"}
    told = columns(figure)
    assert told["● Hours"] == [*told["◇ Won value"][:4], "–"] == ["–"] * 5
    assert told["Budget a month"] == ["–"] * 5


def test_the_published_hours_stand_below_in_grey() -> None:
    other = make_evaluation(hours_now=[400.0] * 4)
    lines, _, dots, ticks, *_ = draw_effort(make_evaluation(), EN, other)["data"]
    assert lines["y"][12:14] == [0.27, 0.27] and dots["y"] == ticks["y"] == [0.27, 1.27, 2.27, 3.27]
    assert lines["line"]["color"] == dots["marker"]["color"] == ticks["marker"]["line"]["color"]
    assert dots["marker"]["color"] == PALETTES["light"].published
    two = make_evaluation(names=("A", "B"), customers=(1, 1, 1), ks=(1, 1, 1), ns=(9, 9, 9))
    alone = draw_effort(make_evaluation(), EN)
    assert draw_effort(make_evaluation(), EN, two) == alone


@pytest.mark.parametrize("code", LANGUAGES)
def test_alternatives_name_every_tier_with_its_numbers(code: Any) -> None:
    look, evaluation = Look(Language(code)), make_evaluation()
    told = alternatives.describe_conversion(evaluation, look)
    assert "48%" in told and "34" in told and "71" in told
    assert "10%" in alternatives.describe_distribution(evaluation, look)
    assert "1,400" in alternatives.describe_effort(evaluation, look)
    assert "70" in alternatives.describe_histogram(evaluation, look)
    for tier, count in zip("ABC", (116, 349, 699), strict=True):
        assert re.search(rf"{tier}.{{1,4}}{count}", alternatives.describe_distribution(evaluation, look))
    assert "75%" in alternatives.describe_resources(evaluation, budget(evaluation, 300, 100), look)


def test_no_history_draws_no_rate() -> None:
    thin = make_evaluation(ks=[np.nan] * 4, ns=[np.nan] * 4, check=CheckDate(None, 20, 455))
    assert draw_conversion(thin, EN)["data"][1]["x"] == []


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_marks_can_be_seen_on_their_background(shade: Any) -> None:
    """Contrast of marks at least 3, of text at least 4.5 (WCAG 2.1, 1.4.3 and 1.4.11)."""
    palette = PALETTES[shade]
    for colour in (*palette.tiers, palette.unrated, palette.published):
        assert contrast(colour, palette.background) >= 3
    for colour in (palette.ink, palette.secondary, palette.broken):
        assert contrast(colour, palette.background) >= 4.5


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
