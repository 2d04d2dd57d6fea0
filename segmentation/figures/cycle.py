"""Share of deals won by the time since opening: one stepped line per tier with its band, its name where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from segmentation.cycles import Cycle
from segmentation.figures.theme import Figure, Look, base_layout, digits, literal
from segmentation.i18n import shorten

HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 250, 44, 72, 8, 40  # pixels
NAME_CHARACTERS, LABEL_PIXELS = 8, 15
TINTS = {"light": 0.16, "dark": 0.26}
STEPS = (30, 60, 90, 180, 365, 730)


def draw_cycle(groups: Sequence[Cycle], names: Sequence[str], look: Look) -> Figure:
    """Groups whose curve is known; `names` by their place."""
    drawn = [group for group in groups if group.curve is not None]
    last = max((float(group.curve.days[-1]) for group in drawn if group.curve), default=1.0)
    top = max(
        (float(np.nanmax(group.curve.high, initial=0.0)) for group in drawn if group.curve), default=1.0
    )
    top = min(1.0, max(0.1, top * 1.05))
    layout = base_layout(look, HEIGHT, (LEFT, TOP, RIGHT, BOTTOM))
    layout["xaxis"] = _days(last, look)
    layout["yaxis"] = _shares(top, look)
    layout["annotations"] = _labels(drawn, names, top, last, look)
    traces = [_band(group, look) for group in drawn] + [_line(group, names, look) for group in drawn]
    return {"data": traces, "layout": layout}


def describe_cycle(groups: Sequence[Cycle], names: Sequence[str], look: Look) -> str:
    """Where each curve ends, for those who do not see it."""
    rows = [
        look.say(
            "alt.cycle.row",
            name=names[group.place],
            share=look.language.percent(float(group.curve.share[-1])),
            days=int(group.curve.days[-1]),
        )
        for group in groups
        if group.curve is not None
    ]
    return look.say("alt.cycle", rows=look.say("alt.separator").join(rows))


def _days(last: float, look: Look) -> dict[str, Any]:
    step = next((step for step in STEPS if last / step <= 5), STEPS[-1])
    ticks = list(range(0, int(last) + 1, step))
    return _axis(look) | {
        "range": [0, last * 1.01], "tickvals": ticks, "ticktext": [look.language.number(tick) for tick in ticks],
        "title": {
            "text": look.say("fig.cycle.days"), "standoff": 6, "font": {"size": 11, "color": look.palette.secondary},
        },
    }  # fmt: skip


def _shares(top: float, look: Look) -> dict[str, Any]:
    step = next(step for step in (0.05, 0.1, 0.2, 0.25, 0.5) if top / step <= 4)
    ticks = [step * place for place in range(int(top / step + 1e-9) + 1)]
    return _axis(look) | {
        "range": [-0.04 * top, top], "tickvals": digits(ticks, 3),
        "ticktext": [look.language.percent(tick) for tick in ticks], "showgrid": True, "gridcolor": look.palette.grid,
    }  # fmt: skip


def _axis(look: Look) -> dict[str, Any]:
    return {
        "tickfont": {"size": 11, "color": look.palette.secondary}, "showgrid": False, "zeroline": False,
        "fixedrange": True, "automargin": False, "ticks": "",
    }  # fmt: skip


def _stepped(group: Cycle) -> tuple[list[float], list[float], list[float], list[float]]:
    """Days and shares from the opening on; the range begins where the first deal was won."""
    curve = group.curve
    assert curve is not None
    low, high = (np.where(np.isnan(ends), curve.share, ends) for ends in (curve.low, curve.high))
    return [0.0, *curve.days], [0.0, *curve.share], [0.0, *low], [0.0, *high]


def _band(group: Cycle, look: Look) -> dict[str, Any]:
    days, _, low, high = _stepped(group)
    xs = [*np.repeat(days, 2)[1:], days[-1]]
    upper, lower = np.repeat(high, 2), np.repeat(low, 2)
    colour = look.palette.tier(group.place).lstrip("#")
    red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return {
        "type": "scatter", "mode": "lines", "x": digits([*xs, *xs[::-1]], 1),
        "y": digits([*upper, *lower[::-1]], 4), "fill": "toself", "line": {"width": 0}, "hoverinfo": "skip",
        "fillcolor": f"rgba({red},{green},{blue},{TINTS[look.shade]})",
    }  # fmt: skip


def _line(group: Cycle, names: Sequence[str], look: Look) -> dict[str, Any]:
    days, share, low, high = _stepped(group)
    write = look.language.percent
    tier = look.language.tier(names[group.place])
    told = [
        look.say("fig.cycle", tier=tier, n=int(day), share=write(now), low=write(a), high=write(b))
        for day, now, a, b in zip(days, share, low, high, strict=True)
    ]
    return {
        "type": "scatter", "mode": "lines", "x": digits(days, 1), "y": digits(share, 4),
        "line": {"color": look.palette.tier(group.place), "width": 2, "shape": "hv"},
        "hoverinfo": "text", "hovertext": [literal(text) for text in told],
    }  # fmt: skip


def _labels(
    groups: Sequence[Cycle], names: Sequence[str], top: float, last: float, look: Look
) -> list[dict[str, Any]]:
    """Names at the right edge, in the order of the lines, never on top of one another."""
    apart = top * LABEL_PIXELS / (HEIGHT - TOP - BOTTOM)
    ranked = sorted(groups, key=lambda group: float(group.curve.share[-1]) if group.curve else 0.0)
    found, floor = [], -1.0
    for group in ranked:
        assert group.curve is not None
        at = max(float(group.curve.share[-1]), floor + apart)
        floor = at
        share = look.language.percent(float(group.curve.share[-1]))
        text = f"<b>{literal(shorten(names[group.place], NAME_CHARACTERS))}</b> {share}"
        found.append(
            {
                "x": last, "y": round(at, 4), "xanchor": "left", "yanchor": "middle", "xshift": 8, "text": text,
                "showarrow": False, "font": {"size": 12, "color": look.palette.ink},
            }
        )  # fmt: skip
    return found
