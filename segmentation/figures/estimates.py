"""One measure over any groups: a dot with its likely range per row, the value and its count in columns beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from segmentation.figures.lanes import FOOTER, HEADER, HEADER_SIZE, PITCH
from segmentation.figures.theme import BOLD, Figure, Look, base_layout, digits, literal, muted, regular
from segmentation.i18n import shorten

LEAST_LEFT, MOST_LEFT = 64, 180  # pixels of row labels
LABEL_CHARACTERS = 25
LETTER_PIXELS, HAN_PIXELS = 6.7, 12.0
FIRST_HAN = "\u2e80"
VALUE_PIXELS, DIGIT_PIXELS = 62, 6.6
MOST_TICKS = 3
Write = Callable[[float], str]


@dataclass(frozen=True)
class Row:
    """A group: its label, colour, figures (null = nothing to count), what stands in the two columns. `is_thin`: too
    few, hollow and dotted; `is_hollow`: no group of its own; `is_apart` under a thin rule: all together."""

    label: str
    colour: str
    rate: float
    low: float
    high: float
    value_text: str
    count_text: str
    is_thin: bool = False
    is_hollow: bool = False
    is_apart: bool = False


@dataclass(frozen=True)
class Columns:
    """Headers of the two columns, how a number of the axis is written, and whether it is a share 0–1."""

    value: str
    count: str
    write: Write
    is_share: bool


def draw_estimates(rows: Sequence[Row], columns: Columns, look: Look) -> Figure:
    """`rows` from the top; an axis that takes in every firm range and zero."""
    names = [shorten(row.label, LABEL_CHARACTERS) for row in rows]
    left = round(min(max([LEAST_LEFT, *(14 + _width(name) for name in names)]), MOST_LEFT))
    counts = [row.count_text for row in rows]
    right = round(VALUE_PIXELS + 12 + DIGIT_PIXELS * max(9, len(columns.count), *map(len, counts)))
    layout = base_layout(look, HEADER + FOOTER + PITCH * len(rows), (left, 0, right, FOOTER))
    layout["margin"]["autoexpand"] = False
    low, high = _ends(rows)
    layout["xaxis"] = _axis(low, high, columns, look)
    bottom = len(rows) - 0.5
    layout["shapes"] = [_down(tick, bottom, look) for tick in layout["xaxis"]["tickvals"]]
    layout["shapes"] += [_rule(place, look) for place, row in enumerate(rows) if row.is_apart and place]
    labels = [f"<b>{literal(name)}</b>" for name in names]
    header = -0.5 - HEADER / 2 / PITCH
    places = list(range(len(rows)))
    layout["yaxis"] = _lanes(len(rows), places, labels, look) | {"ticklabelstandoff": 6}
    figure: Figure = {"data": _marks(rows, (low, high), look, columns), "layout": layout}
    values = [_value(row, look) for row in rows]
    for shift, title, texts in ((VALUE_PIXELS, columns.value, values), (right - 2, columns.count, counts)):
        told = texts if texts is values else [muted(text, look.palette) for text in texts]
        _add_column(figure, shift, _lanes(len(rows), [header, *places], [_header(title, look), *told], look))
    return figure


def describe_estimates(rows: Sequence[Row], name: str, look: Look) -> str:
    """The chart in words, for those who do not see it."""
    told = look.say("alt.separator").join(
        look.say("alt.estimates.row", name=row.label, value=row.value_text, count=row.count_text)
        for row in rows
    )
    return look.say("alt.estimates", name=name, rows=told)


def _width(text: str) -> float:
    """About how many pixels a label takes."""
    return sum(HAN_PIXELS if letter >= FIRST_HAN else LETTER_PIXELS for letter in text)


def _value(row: Row, look: Look) -> str:
    text = literal(row.value_text)
    if row.is_thin:
        return regular(muted(text, look.palette))
    return f'<span style="font-weight:{BOLD}">{text}</span>'


def _ends(rows: Sequence[Row]) -> tuple[float, float]:
    """Zero, every dot and the firm ranges; a thin range may be clipped, never a dot."""
    known = [row for row in rows if not math.isnan(row.rate)]
    firm = [row for row in known if not row.is_thin]
    ends = [end for row in firm for end in (row.low, row.high) if not math.isnan(end)]
    values = [0.0, *ends, *(row.rate for row in known)]
    low, high = min(values), max(values)
    return (low, high) if high > low else (low, low + 1.0)


def _axis(low: float, high: float, columns: Columns, look: Look) -> dict[str, Any]:
    span = high - low
    scale = 10.0 ** math.floor(math.log10(span))
    step = next(scale * part for part in (0.2, 0.5, 1, 2, 5, 10) if span / (scale * part) <= MOST_TICKS)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    ticks = [place * step for place in range(first, last + 1)]
    end = min(high + 0.06 * span, 1.03) if columns.is_share else high + 0.06 * span
    return {
        "range": [low - 0.04 * span, end],
        "tickvals": digits(ticks, 6),
        "ticktext": [columns.write(tick) for tick in ticks],
        "tickfont": {"size": 11, "color": look.palette.secondary},
        "tickangle": 0, "showgrid": False, "zeroline": False, "fixedrange": True, "automargin": False, "ticks": "",
    }  # fmt: skip


def _down(x: float, bottom: float, look: Look) -> dict[str, Any]:
    pen = {"color": look.palette.grid, "width": 1}
    return {"type": "line", "layer": "below", "x0": x, "x1": x, "y0": -0.5, "y1": bottom, "line": pen}


def _rule(place: int, look: Look) -> dict[str, Any]:
    """A thin line over the row of all together, across labels and columns."""
    pen = {"color": look.palette.grid, "width": 1}
    return {
        "type": "line", "xref": "paper", "x0": -5, "x1": 5, "y0": place - 0.5, "y1": place - 0.5, "line": pen,
        "layer": "below",
    }  # fmt: skip


def _marks(
    rows: Sequence[Row], ends: tuple[float, float], look: Look, columns: Columns
) -> list[dict[str, Any]]:
    """Ranges below, dots on top of them."""
    known = [(place, row) for place, row in enumerate(rows) if not math.isnan(row.rate)]
    traces = []
    for is_thin, width, dash in ((False, 3, "solid"), (True, 1.5, "dot")):
        for place, row in known:
            if row.is_thin == is_thin and not math.isnan(row.low):
                inside = [min(max(end, ends[0]), ends[1]) for end in (row.low, row.high)]
                pen = {"color": row.colour, "width": width, "dash": dash}
                traces.append(_line(inside, place, pen))
    colours = [row.colour for _, row in known]
    fills = [look.palette.background if row.is_thin or row.is_hollow else row.colour for _, row in known]
    dots = {
        "type": "scatter", "mode": "markers", "cliponaxis": False,
        "x": digits((row.rate for _, row in known), 6), "y": [place for place, _ in known],
        "marker": {"size": 10, "color": fills, "opacity": 1, "line": {"color": colours, "width": 2}},
        "hoverinfo": "text", "hovertext": [literal(_hover(row, columns.write, look)) for _, row in known],
    }  # fmt: skip
    return [*traces, dots]


def _line(ends: Sequence[float], place: int, pen: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "x": digits(ends, 6), "y": [place, place], "line": pen,
        "hoverinfo": "skip",
    }  # fmt: skip


def _hover(row: Row, write: Write, look: Look) -> str:
    if math.isnan(row.low):
        return write(row.rate)
    return look.say("fig.hover.rate", rate=write(row.rate), low=write(row.low), high=write(row.high))


def _header(text: str, look: Look) -> str:
    return f'<span style="color:{look.palette.secondary};font-size:{HEADER_SIZE}px">{text}</span>'


def _lanes(count: int, places: Sequence[float], texts: Sequence[str], look: Look) -> dict[str, Any]:
    return {
        "range": [count - 0.5, -0.5 - HEADER / PITCH], "tickvals": list(places), "ticktext": list(texts),
        "tickfont": {"size": 12, "color": look.palette.ink}, "ticks": "", "showgrid": False, "zeroline": False,
        "fixedrange": True, "automargin": False,
    }  # fmt: skip


def _add_column(figure: Figure, shift: int, lanes: dict[str, Any]) -> None:
    """Values right of the plot as tick labels of an axis of its own, the right edge `shift` pixels from it."""
    number = 1 + sum(key.startswith("yaxis") for key in figure["layout"])
    figure["layout"][f"yaxis{number}"] = {
        **lanes, "overlaying": "y", "side": "left", "anchor": "free", "position": 1, "shift": shift,
    }  # fmt: skip
    figure["data"].append({"type": "scatter", "x": [None], "y": [None], "yaxis": f"y{number}"})
