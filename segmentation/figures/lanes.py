"""The rows three charts share: tiers best first, *unrated*, a thin rule, All; one height, one pitch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentation.figures.theme import Figure, Look, base_layout, literal, muted
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
        return tuple(float(row) for row in range(len(self.names) + 1))

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
        """Row labels: the tier's short label, *unrated* and All in the reader's language."""
        short = [literal(shorten(name, LABEL_CHARACTERS)) for name in self.names]
        return [f"<b>{text}</b>" for text in (*short, look.say("fig.unrated"), look.say("fig.all"))]


def lane_layout(lanes: Lanes, look: Look, right: int, xaxis: dict[str, Any]) -> dict[str, Any]:
    """Layout of a lane chart with `right` pixels for its value columns."""
    layout = base_layout(look, lanes.height, (LABELS, 0, right, FOOTER))
    layout["xaxis"] = {"fixedrange": True, "zeroline": False, "automargin": False, **xaxis}
    layout["yaxis"] = {
        **_rows(lanes, [*lanes.places, lanes.all], lanes.labels(look)),
        "tickfont": {"size": 12, "color": look.palette.ink},
        "ticklabelstandoff": 6,
    }
    layout["shapes"] = [rule(lanes, look)]
    return layout


def rule(lanes: Lanes, look: Look) -> dict[str, Any]:
    """The thin line between the lanes and All."""
    y = lanes.all - 0.5 - ALL_GAP / 2
    return line_shape(look.palette.grid, 1, (-5, 5), (y, y)) | {"xref": "paper"}


def line_shape(
    colour: str, width: float, xs: tuple[float, float], ys: tuple[float, float], dash: str = "solid"
) -> dict[str, Any]:
    line = {"color": colour, "width": width} | ({} if dash == "solid" else {"dash": dash})
    return {
        "type": "line",
        "layer": "below",
        "x0": xs[0],
        "x1": xs[1],
        "y0": ys[0],
        "y1": ys[1],
        "line": line,
    }


def add_column(
    figure: Figure, lanes: Lanes, look: Look, shift: int, shown: tuple[str, Sequence[str]]
) -> None:
    """A column of values right of the plot, its right edge `shift` pixels from it; shown: header, then row by row.

    Drawn as the tick labels of an axis of its own: text sits at a fixed pixel whatever the width of the chart.
    """
    header, texts = shown
    number = 2 + sum(key.startswith("yaxis") for key in figure["layout"]) - 1
    rows = [lanes.header, *lanes.places, lanes.all]
    figure["layout"][f"yaxis{number}"] = {
        **_rows(lanes, rows, [muted(header, look.palette, HEADER_SIZE), *texts]),
        "overlaying": "y",
        "side": "left",  # not the right side's inside: Plotly hides numbers of the x axis under labels inside
        "anchor": "free",
        "position": 1,
        "shift": shift,
        "tickfont": {"size": 12, "color": look.palette.ink},
    }
    figure["data"].append({"type": "scatter", "x": [None], "y": [None], "yaxis": f"y{number}"})


def _rows(lanes: Lanes, rows: list[float], texts: list[str]) -> dict[str, Any]:
    return {
        "range": lanes.range,
        "tickvals": rows,
        "ticktext": texts,
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
    }
