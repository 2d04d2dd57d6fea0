"""Dots with ranges over any groups, and the curves of the sales cycle: what stands where, names as letters."""

from __future__ import annotations

import json
from math import nan

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from segmentation.cycles import measure_cycles
from segmentation.figures.cycle import describe_cycle, draw_cycle
from segmentation.figures.estimates import Columns, Row, describe_estimates, draw_estimates
from segmentation.figures.theme import Look
from segmentation.i18n import LANGUAGES, Code, Language

LOOK = Look(Language("en"))
INK = LOOK.palette.ink


def columns(look: Look = LOOK, *, is_share: bool = True) -> Columns:
    return Columns("Rate", "won/closed", look.language.percent if is_share else look.money, is_share)


def row(label: str, rate: float, low: float, high: float, **marks: bool) -> Row:
    return Row(label, INK, rate, low, high, f"{rate:.0%}", "1/2", **marks)


ROWS = (
    row("<b>A</b>", 0.5, 0.4, 0.6),
    row("B", 0.2, 0.05, 0.95, is_thin=True),
    row("C", nan, nan, nan),
    row("Not rated", 0.3, 0.2, 0.4, is_hollow=True),
    row("All", 0.45, 0.42, 0.48, is_apart=True),
)


def test_every_group_with_a_figure_has_a_dot_and_a_range() -> None:
    figure = draw_estimates(ROWS, columns(), LOOK)
    go.Figure(figure)  # plotly's own check
    (dots,) = [trace for trace in figure["data"] if trace.get("mode") == "markers" and "marker" in trace]
    assert dots["x"] == [0.5, 0.2, 0.3, 0.45] and dots["y"] == [0, 1, 3, 4]
    background = LOOK.palette.background
    assert dots["marker"]["color"] == [INK, background, background, INK]
    lines = {trace["y"][0]: trace for trace in figure["data"] if trace.get("mode") == "lines"}
    assert lines[0]["x"] == [0.4, 0.6] and lines[0]["line"]["dash"] == "solid"
    assert lines[1]["line"]["dash"] == "dot" and lines[3]["line"]["dash"] == "solid" and 2 not in lines
    assert lines[1]["x"][1] == 0.6, "a thin range gives way to the firm ones"
    assert dots["hovertext"][0] == LOOK.say("fig.hover.rate", rate="50%", low="40%", high="60%")


def test_a_name_is_letters_and_long_ones_have_room() -> None:
    figure = draw_estimates(ROWS, columns(), LOOK)
    assert "<b>A</b></b>" not in json.dumps(figure) and "&lt;b&gt;A" in json.dumps(figure)
    wide = draw_estimates([row("Important: win back (001)", 0.5, 0.4, 0.6)], columns(), LOOK)
    assert wide["layout"]["margin"]["l"] > figure["layout"]["margin"]["l"] + 60
    assert "…" not in wide["layout"]["yaxis"]["ticktext"][0]


def test_what_lies_below_zero_is_drawn_there() -> None:
    figure = draw_estimates([row("A", -20.0, -45.0, 5.0)], columns(is_share=False), LOOK)
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < -45 and high > 5 and 0 in figure["layout"]["xaxis"]["tickvals"]


def test_nothing_known_still_has_rows() -> None:
    figure = draw_estimates([row("A", nan, nan, nan)], columns(), LOOK)
    go.Figure(figure)
    assert len(figure["layout"]["yaxis"]["ticktext"]) == 1


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_chart_in_words(code: Code) -> None:
    look = Look(Language(code))
    told = describe_estimates(ROWS, "Win rate", look)
    assert told.startswith("Win rate") and "50%" in told and "All" in told


def cycles(counts: tuple[int, ...] = (60, 60, 8)) -> tuple:
    random = np.random.default_rng(2)
    places = np.repeat(np.arange(len(counts)), counts)
    is_won = random.random(places.size) < np.array([0.7, 0.2, 0.5])[places]
    deals = pd.DataFrame(
        {
            "entry_days": -1,
            "exit_days": random.integers(5, 100, places.size),
            "state": np.where(is_won, "won", "lost"),
        }
    )
    return measure_cycles(deals, places, len(counts)).groups


def test_one_line_and_band_per_tier_that_is_not_too_thin() -> None:
    names = ("A", "<i>B</i>", "C")
    figure = draw_cycle(cycles(), names, LOOK)
    go.Figure(figure)
    lines = [trace for trace in figure["data"] if trace["line"].get("shape") == "hv"]
    assert [line["line"]["color"] for line in lines] == [LOOK.palette.tier(0), LOOK.palette.tier(1)]
    assert len(figure["data"]) == 4, "a band for each line"
    for line in lines:
        assert line["x"][0] == 0 and line["y"][0] == 0 and line["y"] == sorted(line["y"])
    assert "<i>B" not in json.dumps(figure)
    told = describe_cycle(cycles(), names, LOOK)
    assert "A:" in told and "C:" not in told


def test_names_at_the_edge_do_not_stand_on_one_another() -> None:
    labels = draw_cycle(cycles((60, 60)), ("A", "B"), LOOK)["layout"]["annotations"]
    close = draw_cycle(cycles((60, 60))[:1] * 2, ("A", "B"), LOOK)["layout"]["annotations"]
    assert len(labels) == 2 and close[1]["y"] - close[0]["y"] > 0.02


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_figures_draw_in_both_shades(shade: str) -> None:
    look = Look(Language("zh"), shade)  # type: ignore[arg-type]
    go.Figure(draw_cycle(cycles(), ("A", "B", "C"), look))
    go.Figure(draw_estimates(ROWS, columns(look), look))
