"""Modelled against actual orders of a period the model has not seen: one row per number of earlier repeat orders."""

from __future__ import annotations

from math import isnan
from typing import Any

from segmentation.clv.holdout import Holdout, group_labels
from segmentation.figures.lanes import HEADER_SIZE
from segmentation.figures.theme import CLEAR, Figure, Look, base_layout, digits, muted
from segmentation.i18n import ABSENT

PITCH, HEADER, FOOTER, LEFT = 26, 24, 20, 92  # pixels
COLUMN_PIXELS = (52, 116, 190)  # right edges of actual, modelled and customers, from the plot
FEWEST = 10  # below this many customers a mean is drawn hollow, its interval dotted


def draw_holdout(holdout: Holdout, look: Look, basis: str = "modelled") -> Figure:
    """Dot = actual mean with its 95 % interval, tick = modelled; the numbers in columns right of them."""
    rows = len(group_labels())
    layout = base_layout(look, HEADER + FOOTER + PITCH * rows, (LEFT, 0, COLUMN_PIXELS[-1] + 8, FOOTER))
    seen = [*holdout.actual_mean, *holdout.expected_mean, *(h for h in holdout.high if not isnan(h))]
    layout["xaxis"] = {
        "range": [0, 1.05 * max([value for value in seen if not isnan(value)], default=1.0) or 1.0],
        "fixedrange": True, "zeroline": False, "automargin": False, "nticks": 4,
        "gridcolor": look.palette.grid, "tickfont": {"size": 11, "color": look.palette.secondary},
    }  # fmt: skip
    labels = [f"<b>{label}</b>" for label in group_labels()]
    header = _header(look.say(f"fig.holdout.before.{basis}"), look)
    layout["yaxis"] = _rows([header, *labels], look) | {"ticklabelstandoff": 6}
    layout["shapes"] = _intervals(holdout, look)
    figure: Figure = {"data": [_modelled(holdout, look), _actual(holdout, look)], "layout": layout}
    for number, (shift, texts) in enumerate(zip(COLUMN_PIXELS, _columns(holdout, look), strict=True), 2):
        layout[f"yaxis{number}"] = _rows(texts, look) | {
            "overlaying": "y", "side": "left", "anchor": "free", "position": 1, "shift": shift,
        }  # fmt: skip
        figure["data"].append({"type": "scatter", "x": [None], "y": [None], "yaxis": f"y{number}"})
    return figure


def _intervals(holdout: Holdout, look: Look) -> list[dict[str, Any]]:
    return [
        {
            "type": "line", "x0": low, "x1": high, "y0": row, "y1": row,
            "line": {
                "color": look.palette.ink, "width": 1.5 if size < FEWEST else 3,
                "dash": "dot" if size < FEWEST else "solid",
            },
        }
        for row, (low, high, size) in enumerate(
            zip(digits(holdout.low), digits(holdout.high), holdout.customer_count, strict=True)
        )
        if low is not None and high is not None
    ]  # fmt: skip


def _actual(holdout: Holdout, look: Look) -> dict[str, Any]:
    ink = look.palette.ink
    fills = [CLEAR if size < FEWEST else ink for size in holdout.customer_count]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": digits(holdout.actual_mean),
        "y": list(range(len(fills))),
        "marker": {"size": 10, "color": fills, "line": {"color": ink, "width": 1.5}},
        "hoverinfo": "text",
        "hovertext": [_told(holdout, row, look) for row in range(len(fills))],
    }


def _modelled(holdout: Holdout, look: Look) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": digits(holdout.expected_mean),
        "y": list(range(len(holdout.expected_mean))),
        "marker": {
            "symbol": "line-ns",
            "size": 18,
            "line": {"color": look.palette.published, "width": 2.5},
        },
        "hoverinfo": "skip",
    }


def _columns(holdout: Holdout, look: Look) -> list[list[str]]:
    """Actual, modelled, customers: header first, with the mark of its column."""
    number, palette = look.language.number, look.palette
    actual = [_number(value, look) for value in holdout.actual_mean]
    modelled = [_number(value, look) for value in holdout.expected_mean]
    headers = [look.say(f"fig.holdout.{name}") for name in ("actual", "modelled", "customers")]
    columns = [
        [f"<b>{text}</b>" for text in actual], modelled,
        [muted(number(int(size)), palette) for size in holdout.customer_count],
    ]  # fmt: skip
    return [[_header(header, look), *texts] for header, texts in zip(headers, columns, strict=True)]


def _header(text: str, look: Look) -> str:
    return f'<span style="color:{look.palette.secondary};font-size:{HEADER_SIZE}px">{text}</span>'


def _told(holdout: Holdout, row: int, look: Look) -> str:
    size = int(holdout.customer_count[row])
    if not size:
        return ""
    names = ("actual_mean", "low", "high", "expected_mean")
    actual, low, high, modelled = (_number(getattr(holdout, name)[row], look) for name in names)
    return look.say("fig.holdout", n=size, actual=actual, low=low, high=high, modelled=modelled)


def _number(value: float, look: Look) -> str:
    return ABSENT if isnan(value) else f"{value:.2f}"


def _rows(texts: list[str], look: Look) -> dict[str, Any]:
    """A y axis with `texts` on the header's row and on each group's."""
    rows = len(group_labels())
    return {
        "range": [rows - 0.5, -0.5 - HEADER / PITCH],
        "tickvals": [-0.5 - HEADER / 2 / PITCH, *range(rows)],
        "ticktext": texts,
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
        "tickfont": {"size": 12, "color": look.palette.ink},
    }
