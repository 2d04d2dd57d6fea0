"""The rows three charts share: tiers best first, *unrated*, a thin rule, All; one height, one pitch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentation.figures.theme import BOLD, Figure, Look, base_layout, digits, literal
from segmentation.i18n import shorten

PITCH, HEADER, FOOTER, LABELS = 32, 24, 20, 64  # pixels
HEADER_SIZE = 11.5
ALL_GAP = 0.25  # of a row, for the rule between the lanes and All
LABEL_CHARACTERS = 8


@dataclass(frozen=True)
class Lanes:
    """Where each row stands, in rows from the top; tier `rank` is row `rank`, *unrated* follows, then All."""

    names: tuple[str, ...]

    @property
    def unrated(self) -> int:
        return len(self.names)

    @property
    def all(self) -> float:
        return len(self.names) + 1 + ALL_GAP

    @property
    def header(self) -> float:
        return -0.5 - HEADER / 2 / PITCH

    @property
    def places(self) -> tuple[float, ...]:
        """Rows of the tiers and of *unrated*."""
        return tuple(range(len(self.names) + 1))

    @property
    def range(self) -> list[float]:
        """The y axis, top row first, header included."""
        return [self.all + 0.5, -0.5 - HEADER / PITCH]

    @property
    def height(self) -> int:
        """44 + 32 × (tiers + 2.25) pixels."""
        return round(HEADER + FOOTER + PITCH * (len(self.names) + 2 + ALL_GAP))

    def colour(self, look: Look, row: int) -> str:
        """A tier's own colour; the outline grey for *unrated*."""
        palette = look.palette
        return palette.unrated if row == self.unrated else palette.tier(row)

    def labels(self, look: Look) -> list[str]:
        """Row labels below an empty header: the tier's short label, *unrated* and All in the reader's language."""
        short = [literal(shorten(name, LABEL_CHARACTERS)) for name in self.names]
        return ["", *short, look.say("fig.unrated"), look.say("fig.all")]


def lane_layout(lanes: Lanes, look: Look, right: int, xaxis: dict[str, Any]) -> dict[str, Any]:
    """Layout of a lane chart with `right` pixels for its value columns."""
    layout = base_layout(look, lanes.height, (LABELS, 0, right, FOOTER))
    layout["margin"]["autoexpand"] = False
    layout["template"] = _template(lanes, look)
    layout["xaxis"] = xaxis
    layout["yaxis"] = {
        "anchor": "x",
        "ticktext": lanes.labels(look),
        "tickfont": _font(look.palette.ink, is_bold=True),
        "ticklabelstandoff": 6,
    }
    y = lanes.unrated + 0.5 + ALL_GAP / 2
    layout["shapes"] = [{"xref": "paper", "x0": -5, "x1": 5, "y0": y, "y1": y}]  # between the lanes and All
    return layout


def _template(lanes: Lanes, look: Look) -> dict[str, Any]:
    """Marks without a hover, axes of rows right of the plot, thin lines down the lanes."""
    yaxis = {
        "range": lanes.range,
        "tickvals": [lanes.header, *lanes.places, lanes.all],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "overlaying": "y",
        "anchor": "free",
        "position": 1,
    }
    pen = {"color": look.palette.grid, "width": 1}
    line = {"type": "line", "layer": "below", "y0": -0.5, "y1": lanes.unrated + 0.5, "line": pen}
    return {
        "data": {
            "bar": [{"orientation": "h", "hoverinfo": "skip"}],
            "scatter": [{"mode": "markers", "cliponaxis": False, "hoverinfo": "skip"}],
        },
        "layout": {"xaxis": {"fixedrange": True}, "yaxis": yaxis, "shapedefaults": line},
    }


def down_line(x: float, **changes: Any) -> dict[str, Any]:
    """A thin line down the lanes at `x`."""
    place = digits([x])[0]
    return {"x0": place, "x1": place, **changes}


def add_column(
    figure: Figure,
    look: Look,
    shift: int,
    shown: tuple[str, Sequence[str]],
    *,
    is_bold: bool = False,
    is_muted: bool = False,
) -> None:
    """A column of values right of the plot, its right edge `shift` pixels from it; shown: header, then row by row.

    Drawn as the tick labels of an axis of its own: text sits at a fixed pixel whatever the width of the chart. The axis
    exists because a trace names it.
    """
    header, texts = shown
    layout, palette = figure["layout"], look.palette
    number = 1 + sum(key.startswith("yaxis") for key in layout)
    style = "" if is_muted else f"color:{palette.secondary};"
    style += "font-weight:400;" if is_bold else ""
    ticks = [f'<span style="{style}font-size:{HEADER_SIZE}px">{header}</span>', *texts]
    font = _font(palette.secondary if is_muted else palette.ink, is_bold=is_bold)
    layout[f"yaxis{number}"] = {"shift": shift, "ticktext": ticks, "tickfont": font}
    figure["data"].append({"yaxis": f"y{number}"})


def _font(colour: str, *, is_bold: bool) -> dict[str, Any]:
    return {"size": 12, "color": colour} | ({"weight": BOLD} if is_bold else {})


def markers(
    look: Look, size: float, colours: Sequence[str], is_hollow: Sequence[bool], rim: float
) -> dict[str, Any]:
    """Marks filled with their colours; hollow ones are outlines `rim` pixels wide."""
    pairs = list(zip(colours, is_hollow, strict=True))
    outlines = {colour for colour, hollow in pairs if hollow}
    marker = {
        "size": size,
        "color": [look.palette.background if hollow else colour for colour, hollow in pairs],
    }
    if not outlines:
        return marker
    line = {
        "color": colours if len(outlines) > 1 else outlines.pop(),
        "width": [rim if h else 0 for h in is_hollow],
    }
    return marker | {"line": line}
