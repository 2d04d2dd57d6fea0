"""Score breakdown of one customer: part after part up to the score, the tier lines drawn across."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from segmentation.explanations import Explanation
from segmentation.figures.theme import Figure, Look, base_layout, digits, literal, muted
from segmentation.i18n import shorten

PITCH, TOP, BOTTOM, LEFT, RIGHT = 32, 22, 8, 132, 92  # pixels
LABEL_CHARACTERS, LINE_CHARACTERS = 22, 6
# Of the axis in its narrowest column: where two lines are closer than a label is long, the second has none.
CHARACTER = 0.021
FULL_SCORE = 100.0
MARGIN = 0.06


def draw_waterfall(explanation: Explanation, rank: int, look: Look) -> Figure:
    """One bar per part, each beginning where the one before ended, then the sum, in the tier's colour (`rank` 0 best).

    A tint goes on to the most the part can give; what takes points away is grey. Parts on log-odds stand on an axis of
    log-odds, and so do the lines: ln(s / (100 − s)) of a score s.
    """
    parts = explanation.parts
    points = [part.points for part in parts]
    ends = list(accumulate(points))
    starts = [end - step for end, step in zip(ends, points, strict=True)]
    most = [start + (part.most or part.points) for start, part in zip(starts, parts, strict=True)]
    lines = [(line, place_line(line, explanation)) for line in explanation.lines]
    span = _span([0.0, *ends, *most, *(x for _, x in lines if x is not None)], explanation)
    total = ends[-1] if ends else 0.0
    rows = list(range(len(parts) + 1))
    colour = look.palette.tier(rank)
    layout = base_layout(look, TOP + BOTTOM + PITCH * len(rows), (LEFT, TOP, RIGHT, BOTTOM))
    layout["barmode"] = "overlay"
    layout["xaxis"] = {"visible": False, "fixedrange": True, "range": span}
    labels = [*(part.label.in_(look.language.code) for part in parts), look.say("profile.score")]
    texts = [f"<b>{literal(shorten(label, LABEL_CHARACTERS))}</b>" for label in labels]
    values = [_value(part.points, part.most, look) for part in parts]
    layout["yaxis"] = _axis(rows, texts, look)
    layout["yaxis2"] = _axis(rows, [*values, _value(explanation.score or 0.0, None, look)], look) | {
        "overlaying": "y",
        "side": "right",
    }
    layout["shapes"], layout["annotations"] = _lines(explanation, lines, span, look)
    bars = {"type": "bar", "orientation": "h", "width": 0.5, "hoverinfo": "skip"}
    tint = {"color": colour, "opacity": 0.24}
    colours = [look.palette.published if step < 0 else colour for step in points]
    tinted = [high - start for high, start in zip(most, starts, strict=True)]
    return {
        "data": [
            bars | {"y": rows[:-1], "base": digits(starts), "x": digits(tinted), "marker": tint},
            bars
            | {
                "y": rows,
                "base": digits([*starts, 0.0]),
                "x": digits([*points, total]),
                "marker": {"color": [*colours, colour]},
            },
            {"type": "scatter", "x": [None], "y": [None], "yaxis": "y2"},
        ],
        "layout": layout,
    }


def place_line(line: float, explanation: Explanation) -> float | None:
    """Where a score line stands on the axis of the parts; None where it is no finite place there."""
    if explanation.parts_unit == "points":
        return line if math.isfinite(line) else None
    return math.log(line / (FULL_SCORE - line)) if 0 < line < FULL_SCORE else None


def _span(places: Sequence[float], explanation: Explanation) -> list[float]:
    low, high = min(places), max(places)
    if explanation.parts_unit == "points":
        return [round(low, 4), round(max(high, FULL_SCORE), 4)]
    margin = MARGIN * max(high - low, 1.0)
    return [round(low - margin, 4), round(high + margin, 4)]


def _lines(
    explanation: Explanation, lines: Sequence[tuple[float, float | None]], span: list[float], look: Look
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A line across all rows per tier line, the passed one strongest; its score beside it where there is room."""
    shapes, notes = [], []
    free = span[1]
    placed = sorted((pair for pair in lines if pair[1] is not None), key=lambda pair: pair[1] or 0.0)
    for line, x in reversed(placed):
        place = round(float(x or 0.0), 4)
        is_own = line == explanation.cut
        pen = {"color": look.palette.ink if is_own else look.palette.published, "width": 1.5 if is_own else 1}
        shapes.append(
            {"type": "line", "x0": place, "x1": place, "y0": 0, "y1": 1, "yref": "paper", "line": pen}
        )
        name = shorten(look.language.tier(explanation.names[explanation.lines.index(line)]), LINE_CHARACTERS)
        text = look.say("fig.line_from", tier=name, cut=look.language.number(line, 1))
        taken = CHARACTER * (_width(text) + 2) * (span[1] - span[0])
        is_right = place + taken <= free  # of its line, else left of it
        if not is_right and (place > free or place - taken < span[0]):
            continue
        free = place if is_right else place - taken
        notes.append(
            {
                "x": place,
                "y": 1,
                "yref": "paper",
                "xanchor": "left" if is_right else "right",
                "yanchor": "bottom",
                "text": literal(text),
                "font": {"size": 11, "color": look.palette.ink if is_own else look.palette.secondary},
                "showarrow": False,
            }
        )
    return shapes[::-1], notes[::-1]


def _width(text: str) -> int:
    """Length in Latin characters; a Chinese one is twice as wide."""
    return sum(1 if character.isascii() else 2 for character in text)


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
        "ticklabelstandoff": 6,
    }
