"""The scores of all rated customers in bins of about two points, coloured by tier, over the sliders of the lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from segmentation.figures.theme import BOLD, Figure, Look, base_layout, digits, literal
from segmentation.i18n import shorten
from segmentation.ladder import Ladder

HEIGHT = 84
BIN_POINTS = 2.0
HIGHEST = 100.0 + BIN_POINTS  # a bin begins at its score: that of 100 stands right of 100
THINNEST_POINTS = 0.8  # narrower tiers are drawn this wide, or they could not be seen
GAP = 0.12
SIDE_PIXELS, SLIDER_PIXELS = 5, 222  # the sliders' own margin and length in a sidebar of 288 pixels
REACH = round(max(100.0 * (1 + SIDE_PIXELS / SLIDER_PIXELS), HIGHEST), 2)  # where the sliders' column ends
NAME_CHARACTERS = 6
POINTS_PER_CHARACTER, POINTS_BETWEEN = 4.5, 1.5  # of the score axis


def draw_histogram(ladder: Ladder, cuts: Sequence[float], names: Sequence[str], look: Look) -> Figure:
    """`cuts` are score lines, falling. x is the range of the sliders; no bar belongs to two tiers."""
    lines = [min(max(cut, 0.0), 100.0) for cut in cuts]
    bounds = [HIGHEST, *lines, 0.0]
    layout = base_layout(look, HEIGHT, (SIDE_PIXELS, 18, 0, 0))
    layout |= {"barmode": "overlay", "hovermode": False, "template": _template(look)}
    bars = [
        _bars(ladder, (low, high), look.palette.tier(rank))
        for rank, (high, low) in enumerate(pairwise(bounds))
        if high > low
    ]
    tallest = max([1, *(count for bar in bars for count in bar["y"])])
    layout["xaxis"] = {"range": [0, REACH]}
    layout["yaxis"] = {"range": [0, round(tallest * 1.02, 1)]}
    layout["shapes"] = [{"x0": line, "x1": line} for line in digits(lines)]
    layout["annotations"] = [
        {"x": round(middle, 2), "text": literal(text)} for text, middle in place_names(names, bounds)
    ]
    return {"data": bars, "layout": layout}


def _template(look: Look) -> dict[str, Any]:
    """Axes without a mark of their own, lines from top to bottom, names over the bars."""
    axis = {"visible": False, "fixedrange": True}
    high = {"yref": "paper", "y0": 0, "y1": 1}
    name = {
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 11, "weight": BOLD},
    }
    return {
        "layout": {
            "xaxis": axis,
            "yaxis": axis,
            "shapedefaults": high | {"type": "line", "line": {"color": look.palette.ink, "width": 1.5}},
            "annotationdefaults": name,
        }
    }


def _bars(ladder: Ladder, span: tuple[float, float], colour: str) -> dict[str, Any]:
    """The bins of one tier, equally wide: its lines are their edges, so no bin reaches across."""
    low, high = span
    edges = np.linspace(low, high, max(1, round((high - low) / BIN_POINTS)) + 1)
    width = float(edges[1] - edges[0])
    start, step, drawn = digits([low + width / 2, width, max(width * (1 - GAP), THINNEST_POINTS)])
    return {
        "type": "bar",
        "x0": start,
        "dx": step,
        "width": drawn,
        "y": ladder.histogram(edges.tolist()).tolist(),
        "marker": {"color": colour},
    }


def place_names(names: Sequence[str], bounds: Sequence[float]) -> list[tuple[str, float]]:
    """Each tier's label over its bars, best first; one that would touch the label before it is left out."""
    placed = []
    free = HIGHEST
    for name, (high, low) in zip(names, pairwise(bounds), strict=True):
        text = shorten(name, NAME_CHARACTERS)
        half = POINTS_PER_CHARACTER * len(text) / 2
        middle = max(min((high + low) / 2, HIGHEST - half), half)
        if middle + half <= free:
            placed.append((text, middle))
            free = middle - half - POINTS_BETWEEN
    return placed
