"""The four panels: small on the wire, the line on every one of them, a price of nothing where nothing is known."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.io
import pytest

from segmentation.figures.sweep import PANELS, TALL, draw_sweep, position_text, ticks
from segmentation.figures.theme import DrawnFigure, Look
from segmentation.i18n import LANGUAGES, Language
from segmentation.sweep import MOST_POINTS, Sweep
from segmentation.tally import Tally

BIGGEST_BYTES = 5 * 1024


def make_sweep(**changes: object) -> Sweep:
    positions = np.linspace(0.013, 0.42, MOST_POINTS)
    rate = 0.62 - positions / 3
    points = pd.DataFrame(
        {
            "position": positions,
            "customers": np.round(positions * 1_234_567),
            "revenue_share": positions**0.3,
            "hours_needed": positions * 54_321.123,
            "n": np.round(positions * 1_000),
            "rate": rate,
            "low": rate - 0.1234567,
            "high": rate + 0.1234567,
        }
    )
    sweep = Sweep(0, "customers", "A", Tally.of(points), dict(points.iloc[20]), 0.1, (0.05, 0.2))
    return replace(sweep, **changes)  # type: ignore[arg-type]


def dots_of(figure: dict[str, Any]) -> list[dict[str, Any]]:
    return [trace for trace in figure["data"] if trace.get("mode") == "markers+text"]


def drawn_shapes(figure: dict[str, Any]) -> list[dict[str, Any]]:
    """What the panels' marks look like: each says only which of the shared ones it is, and on which axis."""
    layout = figure["layout"]
    shared = {shape["name"]: shape for shape in layout["template"]["layout"]["shapes"]}
    return [shared[shape["templateitemname"]] | shape for shape in layout["shapes"]]


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("shade", ["light", "dark"])
def test_the_panels_are_small_and_carry_every_mark(code, shade) -> None:
    figure = draw_sweep(make_sweep(), "repurchase", Look(Language(code), shade), (0.3, "v7"))
    assert len(plotly.io.to_json(DrawnFigure(figure), validate=False).encode()) <= BIGGEST_BYTES
    assert [len(trace["y"]) for trace in figure["data"] if "mode" not in trace] == [MOST_POINTS] * 6
    shapes = drawn_shapes(figure)
    assert [shape["type"] for shape in shapes] == ["rect", "line", "line"] * len(PANELS)
    assert [shape["xref"] for shape in shapes[::3]] == ["x", "x2", "x3", "x4"]
    dots = dots_of(figure)
    assert len(dots) == len(PANELS) and all(dot["text"][0] for dot in dots)
    titles = [note["text"] for note in figure["layout"]["annotations"]]
    assert len(titles) == len(PANELS) + 1 and "v7" in titles


def test_what_lies_outside_the_panel_is_not_drawn() -> None:
    sweep = make_sweep(plateau=(0.6, 0.9))
    figure = draw_sweep(sweep, "repurchase", Look(Language("en")), (0.7, "v7"))
    assert [shape["type"] for shape in drawn_shapes(figure)] == ["line"] * len(PANELS)
    assert "v7" not in [note["text"] for note in figure["layout"]["annotations"]]


def test_unknown_results_leave_their_panel_empty() -> None:
    known = make_sweep()
    points = known.points.frame.assign(rate=np.nan, low=np.nan, high=np.nan)
    figure = draw_sweep(
        replace(known, points=Tally.of(points), now=dict(points.iloc[3]), plateau=None),
        "win_rate",
        Look(Language("zh")),
    )
    text = json.dumps(figure)
    assert "NaN" not in text and text.count("markers+text") == len(PANELS) - 1


def test_a_rate_of_too_few_is_hollow_and_gets_no_figure() -> None:
    known = make_sweep()
    look = Look(Language("en"))
    thin = replace(known, now={**known.now, "n": 9.0})
    for sweep, is_few in ((known, False), (thin, True)):
        dots = dots_of(draw_sweep(sweep, "repurchase", look))
        assert ("too few" in dots[PANELS.index("rate")]["text"][0]) == is_few
        marker = dots[1].get("marker", {})
        assert marker == (
            {"color": look.palette.background, "line": {"color": look.palette.tier(0)}} if is_few else {}
        )
        assert "too few" not in dots[0]["text"][0]


def test_an_empty_curve_is_drawn() -> None:
    known = make_sweep()
    figure = draw_sweep(
        replace(known, points=known.points.select([]), plateau=None), "win_rate", Look(Language("en"))
    )
    assert "NaN" not in json.dumps(figure)


@pytest.mark.parametrize(
    "low, high", [(0.0, 1.0), (3.0, 97.0), (0, 1_204), (-5e6, 2e7), (0.001, 0.0014), (7.0, 7.0)]
)
def test_two_to_five_round_ticks_inside_the_range(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 1 <= len(found) <= 5 and all(low - 1e-9 <= tick <= high + 1e-9 for tick in found)
    assert low == high or len(found) >= 2


def test_counts_have_whole_ticks_and_shares_whole_percents() -> None:
    assert ticks(0, 9.5, is_whole=True) == [0, 2, 4, 6, 8] and ticks(0, 3, is_whole=True) == [0, 1, 2, 3]
    for high in np.linspace(0.1, 1, 37):
        assert all(round(100 * tick, 6) == round(100 * tick) for tick in ticks(0.0, float(high)))


def test_positions_are_written_as_their_sliders_write_them() -> None:
    look = Look(Language("en"))
    assert position_text("customers", 0.1, look) == "10%"
    assert position_text("score", 66.6667, look) == "66.7"
    assert position_text("number", 1234.0, look) == "1,234"


def test_a_share_that_is_nearly_whole_stands_on_the_whole_scale() -> None:
    layout = draw_sweep(make_sweep(), "repurchase", Look(Language("en")))["layout"]
    share, rate = (layout[f"yaxis{PANELS.index(name) + 1}"] for name in ("revenue_share", "rate"))
    assert layout["template"]["layout"]["yaxis"]["range"] == [0, TALL]
    assert (share["tickvals"], share["ticktext"]) == ([0, 500, 1000], ["0%", "50%", "100%"])
    assert rate["ticktext"][-1] == "60%" and rate["tickvals"][-1] > 0.6 / 0.8 * TALL


def test_a_curve_stands_as_high_as_its_value_on_the_scale_beside_it() -> None:
    sweep = make_sweep()
    figure = draw_sweep(sweep, "repurchase", Look(Language("en")))
    points, scale = sweep.points["rate"], figure["layout"]["yaxis2"]["tickvals"]
    low, high, rate = (
        trace["y"] for trace in figure["data"] if trace.get("yaxis") == "y2" and "mode" not in trace
    )
    unit = scale[-1] / 0.6
    assert np.allclose(rate, points * unit, atol=1)
    assert np.allclose(low, sweep.points["low"] * unit, atol=1)
    assert np.allclose(high, sweep.points["high"] * unit, atol=1)
    assert dots_of(figure)[1]["y"] == [rate[20]]


@pytest.mark.parametrize("unknown", [{}, {"rate": np.nan, "low": np.nan, "high": np.nan}])
def test_within_a_flat_stretch_of_all_curves_only_its_ends_are_sent(unknown: dict[str, float]) -> None:
    known = make_sweep().points.frame.assign(**unknown)
    steps = (
        known.iloc[np.repeat([0, 20, 40, 63], 16)].reset_index(drop=True).assign(position=known["position"])
    )
    figure = draw_sweep(make_sweep(points=Tally.of(steps)), "repurchase", Look(Language("en")))
    ends = [0, 15, 16, 31, 32, 47, 48, 63]
    assert np.allclose(
        figure["layout"]["template"]["data"]["scatter"][0]["x"], known["position"][ends], rtol=1e-4
    )
    curves = [trace["y"] for trace in figure["data"] if "mode" not in trace]
    assert [len(curve) for curve in curves] == [len(ends)] * 6
    assert all(curve[::2] == curve[1::2] for curve in curves)


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_every_number_is_in_an_ink_for_text(shade) -> None:
    look = Look(Language("en"), shade)
    layout = draw_sweep(make_sweep(), "repurchase", look, (0.3, "v7"))["layout"]
    axes = [axis for name, axis in layout.items() if name[1:5] == "axis"]
    shared = layout["template"]["layout"]["annotationdefaults"]["font"]
    inks = [axis["tickfont"]["color"] for axis in axes]
    inks += [(shared | note.get("font", {}))["color"] for note in layout["annotations"]]
    assert len(axes) == 2 * len(PANELS) and set(inks) == {look.palette.secondary}


@pytest.mark.parametrize(
    ("published", "side"), [(0.02, "left"), (0.12, "right"), (0.3, "left"), (0.41, "right")]
)
def test_the_name_of_the_published_line_stays_in_its_panel(published: float, side: str) -> None:
    """The draft's line stands at 0.142 of 0.013 … 0.42; "left" is where the name begins at its line."""
    figure = draw_sweep(make_sweep(), "repurchase", Look(Language("zh")), (published, "第 4 版"))
    (name,) = [told for told in figure["layout"]["annotations"] if told["text"] == "第 4 版"]
    assert name["xanchor"] == side
