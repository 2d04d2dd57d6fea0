"""Score breakdown of one customer: the points of each part against the most it can give."""

from __future__ import annotations

from segmentation.explanations import Explanation
from segmentation.figures.theme import Figure, Look, base_layout, digits, literal, muted
from segmentation.i18n import shorten

PITCH, TOP, BOTTOM, LEFT, RIGHT = 32, 8, 8, 132, 84  # pixels
LABEL_CHARACTERS = 22


def draw_breakdown(explanation: Explanation, rank: int, look: Look) -> Figure:
    """One bar per part in the tier's colour (`rank` 0 best), on a tint as long as the part can get."""
    parts = explanation.parts
    most = [part.points if part.most is None else part.most for part in parts]
    rows = list(range(len(parts)))
    colour = look.palette.tier(rank)
    layout = base_layout(look, TOP + BOTTOM + PITCH * max(len(parts), 1), (LEFT, TOP, RIGHT, BOTTOM))
    layout["barmode"] = "overlay"
    layout["xaxis"] = {
        "visible": False,
        "fixedrange": True,
        "range": [min([0.0, *(p.points for p in parts)]), max([1.0, *most])],
    }
    labels = [
        f"<b>{literal(shorten(part.label.in_(look.language.code), LABEL_CHARACTERS))}</b>" for part in parts
    ]
    layout["yaxis"] = _axis(rows, labels, look)
    layout["yaxis2"] = _axis(rows, [_value(part.points, part.most, look) for part in parts], look) | {
        "overlaying": "y",
        "side": "right",
    }
    bars = {"type": "bar", "orientation": "h", "width": 0.5, "y": rows, "hoverinfo": "skip"}
    return {
        "data": [
            bars | {"x": digits(most), "marker": {"color": colour, "opacity": 0.24}},
            bars | {"x": digits(part.points for part in parts), "marker": {"color": colour}},
            {"type": "scatter", "x": [None], "y": [None], "yaxis": "y2"},
        ],
        "layout": layout,
    }


def _value(points: float, most: float | None, look: Look) -> str:
    shown = f"<b>{look.language.number(points, 1)}</b>"
    if most is None:
        return shown
    return f"{shown} {muted(look.say('fig.of_most', most=look.language.number(most, 1)), look.palette)}"


def _axis(rows: list[int], texts: list[str], look: Look) -> dict[str, object]:
    return {
        "range": [len(rows) - 0.5, -0.5],
        "tickvals": rows,
        "ticktext": texts,
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
        "tickfont": {"size": 12, "color": look.palette.ink},
    }
