"""Ways of scoring side by side: a dot and its likely range per way, the simple sort and drawing lots as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentation.figures.lanes import HEADER_SIZE
from segmentation.figures.theme import Figure, Look, base_layout, digits, literal, muted
from segmentation.i18n import shorten
from segmentation.validation.discrimination import Estimate
from segmentation.validation.telling import percent, points

PITCH, HEADER, FOOTER, LABELS, RIGHT = 32, 24, 22, 240, 196  # pixels
NAME_CHARACTERS = 36
AUC_PIXELS, SKILL_PIXELS = 52, RIGHT - 2
LUCK = 0.5
STEP = 0.1


@dataclass(frozen=True)
class Row:
    """One way: its name, AUC and difference to the simple sort with ranges; hollow where there are too few cases."""

    name: str
    auc: Estimate
    skill: Estimate
    is_hollow: bool = False
    is_baseline: bool = False


def draw_scoreboard(rows: Sequence[Row], look: Look) -> Figure:
    """`rows` from the top; those whose AUC is unknown are left out by the caller."""
    height = HEADER + FOOTER + PITCH * len(rows)
    layout = base_layout(look, height, (LABELS, 0, RIGHT, FOOTER))
    low, high = _ends(rows)
    bottom = len(rows) - 0.5
    layout["xaxis"] = _axis(low, high, look)
    layout["shapes"] = [_down(look.palette.grid, 1, tick, bottom) for tick in layout["xaxis"]["tickvals"]]
    if low <= LUCK <= high:
        layout["shapes"].append(_down(look.palette.axis, 1, LUCK, bottom, "dot"))
    base = next((row.auc.value for row in rows if row.is_baseline), None)
    if base is not None:
        layout["shapes"].append(_down(look.palette.published, 1.25, base, bottom))
    labels = [f"<b>{literal(shorten(row.name, NAME_CHARACTERS))}</b>" for row in rows]
    figure: Figure = {"data": [_ranges(rows, look), _dots(rows, look)], "layout": layout}
    places = list(range(len(rows)))
    header = -0.5 - HEADER / 2 / PITCH
    layout["yaxis"] = _rows(len(rows), places, labels, look) | {"ticklabelstandoff": 8}
    aucs = [f"<b>{percent(row.auc.value, look.language)}</b>" for row in rows]
    skills = [tell_skill(row, look) for row in rows]
    for shift, title, texts in (
        (AUC_PIXELS, look.say("fig.board.auc"), aucs),
        (SKILL_PIXELS, look.say("fig.board.skill"), skills),
    ):
        _add_column(figure, shift, [header, *places], [_header(title, look), *texts], look)
    return figure


def _down(colour: str, width: float, x: float, bottom: float, dash: str = "solid") -> dict[str, Any]:
    """A line across all rows at `x`, behind the marks."""
    pen = {"color": colour, "width": width, "dash": dash}
    return {"type": "line", "layer": "below", "x0": x, "x1": x, "y0": -0.5, "y1": bottom, "line": pen}


def _header(text: str, look: Look) -> str:
    return f'<span style="color:{look.palette.secondary};font-size:{HEADER_SIZE}px">{text}</span>'


def tell_skill(row: Row, look: Look) -> str:
    """Points better or worse than the simple sort, with the range; a word for the sort itself."""
    if row.is_baseline:
        return muted(look.say("fig.board.base"), look.palette)
    if row.is_hollow:
        return muted(look.say("fig.few"), look.palette)
    if not row.skill.is_known:
        return muted("–", look.palette)
    told = points(row.skill.value, look.language)
    sign = "+" if row.skill.value > 0 and told not in ("0", "–") else ""
    ends = look.say(
        "board.range", lo=points(row.skill.low, look.language), hi=points(row.skill.high, look.language)
    )
    return f"<b>{sign}{told}</b> {muted(f'({ends})', look.palette)}"


def _ends(rows: Sequence[Row]) -> tuple[float, float]:
    """The axis takes in drawing lots and every firm range."""
    firm = [row for row in rows if not row.is_hollow] or list(rows)
    lows = [row.auc.low for row in firm if row.auc.low == row.auc.low]
    highs = [row.auc.high for row in firm if row.auc.high == row.auc.high]
    low = min([LUCK, *lows, *(row.auc.value for row in rows)])
    high = max([LUCK + STEP, *highs, *(row.auc.value for row in rows)])
    return max(0.0, low - 0.02), min(1.0, high + 0.02)


def _axis(low: float, high: float, look: Look) -> dict[str, Any]:
    step = STEP if high - low <= 5 * STEP else 2 * STEP
    first = -(-low // step)
    ticks = [round(step * (first + place), 3) for place in range(12) if step * (first + place) <= high + 1e-9]
    return {
        "range": [low, high],
        "tickvals": digits(ticks, 3),
        "ticktext": [look.language.percent(tick) for tick in ticks],
        "tickfont": {"size": 11, "color": look.palette.secondary},
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
        "ticks": "",
    }


def _ranges(rows: Sequence[Row], look: Look) -> dict[str, Any]:
    """Interval lines; thin for those with too few cases."""
    known = [(place, row) for place, row in enumerate(rows) if row.auc.low == row.auc.low]
    return {
        "type": "bar",
        "orientation": "h",
        "y": [place for place, _ in known],
        "base": digits((row.auc.low for _, row in known), 4),
        "x": digits((row.auc.high - row.auc.low for _, row in known), 4),
        "width": [(1.25 if row.is_hollow else 3) / PITCH for _, row in known],
        "marker": {"color": [_colour(row, look) for _, row in known], "line": {"width": 0}},
        "hoverinfo": "skip",
    }


def _dots(rows: Sequence[Row], look: Look) -> dict[str, Any]:
    colours = [_colour(row, look) for row in rows]
    fills = [
        look.palette.background if row.is_hollow else colour
        for row, colour in zip(rows, colours, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "cliponaxis": False,
        "x": digits((row.auc.value for row in rows), 4),
        "y": list(range(len(rows))),
        "marker": {"size": 10, "color": fills, "opacity": 1, "line": {"color": colours, "width": 2}},
        "hoverinfo": "text",
        "hovertext": [literal(_hover(row, look)) for row in rows],
    }


def _colour(row: Row, look: Look) -> str:
    """Colour means tier: ways are ink, the simple sort is grey."""
    return look.palette.published if row.is_baseline or row.is_hollow else look.palette.ink


def _hover(row: Row, look: Look) -> str:
    value, low, high = (percent(end, look.language) for end in (row.auc.value, row.auc.low, row.auc.high))
    return look.say("fig.hover.rate", rate=value, low=low, high=high)


def _add_column(figure: Figure, shift: int, rows: Sequence[float], texts: Sequence[str], look: Look) -> None:
    """Values right of the plot as tick labels of an axis of its own, the right edge `shift` pixels from it."""
    number = 1 + sum(key.startswith("yaxis") for key in figure["layout"])
    count = round(rows[-1]) + 1
    figure["layout"][f"yaxis{number}"] = {
        **_rows(count, rows, texts, look),
        "overlaying": "y",
        "side": "left",
        "anchor": "free",
        "position": 1,
        "shift": shift,
    }
    figure["data"].append({"type": "scatter", "x": [None], "y": [None], "yaxis": f"y{number}"})


def _rows(count: int, places: Sequence[float], texts: Sequence[str], look: Look) -> dict[str, Any]:
    return {
        "range": [count - 0.5, -0.5 - HEADER / PITCH],
        "tickvals": list(places),
        "ticktext": list(texts),
        "tickfont": {"size": 12, "color": look.palette.ink},
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
    }


def describe_scoreboard(rows: Sequence[Row], look: Look) -> str:
    """The chart in words, for those who do not see it."""
    lanes = [
        look.say(
            "alt.board.row",
            name=row.name,
            auc=percent(row.auc.value, look.language),
            low=percent(row.auc.low, look.language),
            high=percent(row.auc.high, look.language),
        )
        for row in rows
    ]
    return look.say("alt.board", rows=look.say("alt.separator").join(lanes))
