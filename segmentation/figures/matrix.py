"""Two axes: nine cells in tints of the ink, each with its name, its size and how it converts."""

from __future__ import annotations

from itertools import pairwise
from math import isnan
from typing import Any

from segmentation.figures.conversion import VALUE_OUTCOMES, is_thin
from segmentation.figures.theme import Figure, Look, base_layout, digits
from segmentation.matrix import BANDS, LINES, Matrix
from segmentation.planes import CELLS
from segmentation.schemes import Outcome

CELL_PIXELS, TOP, BOTTOM, LEFT = 84, 4, 34, 78
PALEST, DARKEST = 0.03, 0.26  # share of ink in an empty and in the largest cell: text on it keeps 4.5
GAP_PIXELS = 4
FIRM, HOLLOW = "●", "○"


def draw_matrix(matrix: Matrix, outcome: Outcome, look: Look, chosen: str | None = None) -> Figure:
    """The first axis upwards, the second to the right, the cell `chosen` outlined; bars, for they can be clicked."""
    ink = look.palette.ink
    places = [_place(cell) for cell in CELLS]
    bars = {
        "type": "bar",
        "x": [x for x, _ in places],
        "base": [y for _, y in places],
        "y": [1] * len(CELLS),
        "width": 1,
        "marker": _tints(matrix, look),
        "text": [cell_text(matrix, cell, outcome, look) for cell in CELLS],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "textfont": {"size": 12, "color": ink},
        "hoverinfo": "none",  # not "skip": that would take the click away too
        # A colour for unselected text as well would lose the click (plotly.js 4).
        "unselected": {"marker": {"opacity": 1}},
    }
    layout = base_layout(look, BANDS * CELL_PIXELS + TOP + BOTTOM, (LEFT, TOP, 0, BOTTOM))
    *below, right = _ranges(look)
    up, across = (text.in_(look.language.code) for text in matrix.plane.texts)
    layout["xaxis"] = _axis(look, [*below, f"{right}<br>{look.say('matrix.right', axis=across)}"], -0.5)
    layout["yaxis"] = _axis(look, [*below, f"{look.say('matrix.up', axis=up)}<br>{right}"], 0)
    if chosen is not None:
        layout["shapes"] = [_outline(chosen, ink)]
    return {"data": [bars], "layout": layout}


def cell_text(matrix: Matrix, cell: str, outcome: Outcome, look: Look) -> str:
    """Name, customers and their share, and the outcome in two lines; nothing of an outcome that was not checked."""
    customers, share = matrix.cells.row(cell, "customers", "customers_share")
    lines = [
        f"<b>{matrix.plane.cell(cell).in_(look.language.code)}</b>",
        f"{look.language.number(int(customers))} · {look.language.percent(share)}",
        *outcome_texts(matrix, cell, outcome, look),
    ]
    return "<br>".join(lines)


def outcome_texts(matrix: Matrix, cell: str, outcome: Outcome, look: Look) -> list[str]:
    """`● 48% (37–59%)` and `34/71`; hollow and "too few" below 10; what there is none of; [] where unchecked."""
    k, n, rate, low, high = matrix.cells.row(cell, "k", "n", "rate", "low", "high")
    if isnan(n):
        return []
    counts = "/".join(look.language.number(int(value)) for value in (k, n) if not isnan(value))
    if n == 0:
        return [look.say(f"fig.none.{outcome}")]
    if is_thin(n):
        return [f"{HOLLOW} {look.say('fig.few')}", counts]
    shown = [_write(value, outcome, look) for value in (rate, low, high)]
    return [f"{FIRM} <b>{shown[0]}</b> ({shown[1]}–{shown[2]})", counts]


def describe_matrix(matrix: Matrix, outcome: Outcome, look: Look) -> str:
    """The cells in words, largest first."""
    rows = []
    for cell in sorted(CELLS, key=lambda cell: -matrix.cells.at(cell, "customers")):
        customers, share, n = matrix.cells.row(cell, "customers", "customers_share", "n")
        k, rate = matrix.cells.row(cell, "k", "rate")
        facts = {
            "name": matrix.plane.cell(cell).in_(look.language.code),
            "n": int(customers),
            "share": look.language.percent(share),
        }
        if not n > 0:
            rows.append(look.say("matrix.alt.size", **facts))
            continue
        told = look.say("fig.few") if is_thin(n) else _write(rate, outcome, look)
        counts = "/".join(look.language.number(int(value)) for value in (k, n) if not isnan(value))
        rows.append(look.say("matrix.alt.row", **facts, rate=told, counts=counts))
    up, across = (text.in_(look.language.code) for text in matrix.plane.texts)
    facts = {"up": up, "across": across, "outcome": look.say(f"fig.outcome.{outcome}")}
    return look.say("matrix.alt", rows=look.say("alt.separator").join(rows), **facts)


def _write(value: float, outcome: Outcome, look: Look) -> str:
    return look.money(value) if outcome in VALUE_OUTCOMES else look.language.percent(value)


def _place(cell: str) -> tuple[int, int]:
    """x, y of a cell: best of the first axis on top, best of the second on the right."""
    up, across = divmod(CELLS.index(cell), BANDS)
    return BANDS - 1 - across, BANDS - 1 - up


def _tints(matrix: Matrix, look: Look) -> dict[str, Any]:
    """From nearly paper where nobody is to the darkest at the largest cell."""
    red, green, blue = (int(look.palette.ink[start : start + 2], 16) for start in (1, 3, 5))
    customers = matrix.cells["customers"]
    ink = f"rgba({red},{green},{blue},"
    return {
        "color": digits(customers / max(int(customers.max()), 1), 2),
        "cmin": 0,
        "cmax": 1,
        "colorscale": [[0, f"{ink}{PALEST})"], [1, f"{ink}{DARKEST})"]],
        "line": {"color": look.palette.background, "width": GAP_PIXELS},
    }


def _ranges(look: Look) -> list[str]:
    """The thirds of a score as ranges of points, lowest first."""
    points = [0, *(round(line) for line in reversed(LINES)), 100]
    return [f"{look.language.number(low)}–{look.language.number(high)}" for low, high in pairwise(points)]


def _axis(look: Look, texts: list[str], start: float) -> dict[str, Any]:
    first = start + 0.5
    return {
        "range": [start, start + BANDS],
        "tickvals": [first + place for place in range(BANDS)],
        "ticktext": texts,
        "tickfont": {"size": 11, "color": look.palette.secondary},
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
    }


def _outline(cell: str, ink: str) -> dict[str, Any]:
    x, y = _place(cell)
    line = {"color": ink, "width": 2}
    return {"type": "rect", "x0": x - 0.5, "x1": x + 0.5, "y0": y, "y1": y + 1, "line": line}
