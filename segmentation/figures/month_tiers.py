"""The tier of one customer at each month's end, and where its score would go: both on one row per tier."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from segmentation.figures.theme import CLEAR, Figure, Look, base_layout, digits, literal
from segmentation.i18n import shorten
from segmentation.schemes import UNRATED

PITCH, TOP, BOTTOM, LEFT, RIGHT = 30, 8, 24, 84, 36  # pixels
VALUE_PIXELS = 52
NAME_CHARACTERS = 10
MOST_LABELS = 6


def draw_month_tiers(
    days: Sequence[str],
    places: Sequence[int | None],
    scores: Sequence[float],
    names: Sequence[str],
    look: Look,
) -> Figure:
    """Steps from day to day; `days` in words, `places` 0 best, len(names) *unrated*, None where nobody knew it.

    `scores` (0–100, not-a-number where *unrated*) stand in the hover.
    """
    rows = [*names, *([UNRATED] if len(names) in places else [])]
    colours = [_colour(place, len(names), look) for place in places]
    fills = [CLEAR if place == len(names) else colour for place, colour in zip(places, colours, strict=True)]
    layout = base_layout(look, TOP + BOTTOM + PITCH * len(rows), (LEFT, TOP, RIGHT, BOTTOM))
    layout["xaxis"] = _day_axis(days, look)
    layout["yaxis"] = _tier_axis(rows, look) | {"showgrid": True, "gridcolor": look.palette.grid}
    hover = [
        "" if place is None else literal(_told(day, rows[place], score, look))
        for day, place, score in zip(days, places, scores, strict=True)
    ]
    steps = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(range(len(days))),
        "y": list(places),
        "line": {"color": look.palette.axis, "width": 2, "shape": "hvh"},
        "marker": {"size": 11, "color": fills, "line": {"color": colours, "width": 1.5}},
        "hoverinfo": "text",
        "hovertext": hover,
    }
    return {"data": [steps], "layout": layout}


def _day_axis(days: Sequence[str], look: Look) -> dict[str, Any]:
    """The last day and every so many before it, so that labels never run into each other."""
    shown = range(len(days) - 1, -1, -max(1, ceil(len(days) / MOST_LABELS)))
    return {
        "range": [-0.5, len(days) - 0.5],
        "tickvals": list(shown),
        "ticktext": [days[place] for place in shown],
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
        "tickfont": {"size": 11, "color": look.palette.secondary},
    }


def draw_likely_tiers(shares: Sequence[float], names: Sequence[str], look: Look) -> Figure:
    """A bar per tier: the share of cases (0–1) in which the score would lie there a month later."""
    rows = list(range(len(names)))
    layout = base_layout(look, TOP + BOTTOM + PITCH * len(rows), (LEFT, TOP, VALUE_PIXELS, BOTTOM))
    layout["xaxis"] = {"visible": False, "fixedrange": True, "range": [0, 1]}
    layout["yaxis"] = _tier_axis(names, look)
    values = [f"<b>{look.language.percent(share)}</b>" for share in shares]
    layout["yaxis2"] = _tier_axis(names, look) | {"overlaying": "y", "side": "right", "ticktext": values}
    bar = {
        "type": "bar",
        "orientation": "h",
        "width": 0.5,
        "y": rows,
        "x": digits(shares),
        "marker": {"color": [look.palette.tier(rank) for rank in rows]},
        "hoverinfo": "skip",
    }
    return {"data": [bar, {"type": "scatter", "x": [None], "y": [None], "yaxis": "y2"}], "layout": layout}


def _colour(place: int | None, count: int, look: Look) -> str:
    return look.palette.unrated if place is None or place == count else look.palette.tier(place)


def _told(day: str, tier: str, score: float, look: Look) -> str:
    facts = {"day": day, "tier": look.language.tier(tier)}
    if tier == UNRATED:
        return look.say("fig.day_tier.unrated", **facts)
    return look.say("fig.day_tier", **facts, score=look.language.number(score, 1))


def _tier_axis(names: Sequence[str], look: Look) -> dict[str, Any]:
    labels = [shorten(look.language.tier(name), NAME_CHARACTERS) for name in names]
    return {
        "range": [len(names) - 0.5, -0.5],
        "tickvals": list(range(len(names))),
        "ticktext": [f"<b>{literal(label)}</b>" for label in labels],
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
        "tickfont": {"size": 12, "color": look.palette.ink},
        "ticklabelstandoff": 6,
    }
