"""Hours a month: now (dot), needed by the playbook (tick), and for all customers what the team has (line)."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan

from segmentation.figures.lanes import Lanes, add_column, lane_layout, line_shape
from segmentation.figures.theme import Figure, Look, digits
from segmentation.tally import Tally
from segmentation.tuning import Evaluation

RIGHT = 104
TICK_PIXELS, DOT_PIXELS = 15, 10
THEIR_SHIFT = 0.27  # of a row, below the own mark


def draw_effort(evaluation: Evaluation, look: Look, against: Evaluation | None = None) -> Figure:
    """Tiers on one scale of hours; All on its own scale, red only where the need exceeds what is available.

    The published scheme stands below each row in grey: a dot for now, a tick for needed.
    """
    lanes = Lanes(evaluation.names)
    tiers = evaluation.tiers
    now, needed = tiers.floats("hours_now"), tiers.floats("hours_needed")
    theirs = against.tiers if against is not None and len(against.names) == len(lanes.names) else None
    shown = [*now, *needed]
    if theirs is not None:
        shown += [*theirs.floats("hours_now"), *theirs.floats("hours_needed")]
    most = max(1e-9, *(hours for hours in shown if not isnan(hours)))
    figure: Figure = {
        "data": [],
        "layout": lane_layout(lanes, look, RIGHT, {"range": [-0.06, 1.1], "visible": False}),
    }
    xs, ys = _connectors(lanes, (hours / most for hours in now), (hours / most for hours in needed))
    figure["data"].append(
        {
            "type": "scatter",
            "mode": "lines",
            "x": xs,
            "y": ys,
            "line": {"color": look.palette.published, "width": 1.25},
            "hoverinfo": "skip",
        }
    )
    _add_all(figure, lanes, evaluation, look)
    if theirs is not None:
        figure["data"].append(_their_marks(lanes, theirs, most, look))
    figure["data"].append(_marks(lanes, evaluation, most, look))
    number = look.language.number
    totals = [tiers.total("hours_now"), tiers.total("hours_needed")]
    add_column(figure, lanes, look, 46, (look.say("fig.now"), [number(v, 0) for v in [*now, totals[0]]]))
    bold = [f"<b>{number(v, 0)}</b>" for v in [*needed, totals[1]]]
    add_column(figure, lanes, look, RIGHT - 2, (look.say("fig.needed"), bold))
    return figure


def _connectors(
    lanes: Lanes, now: Iterable[float], needed: Iterable[float]
) -> tuple[list[float | None], list[float | None]]:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for place, start, end in zip(lanes.places, now, needed, strict=True):
        if not isnan(start):
            xs += [*digits([start, end]), None]
            ys += [place, place, None]
    return xs, ys


def _their_marks(lanes: Lanes, theirs: Tally, most: float, look: Look) -> dict[str, object]:
    """The published scheme: a thin line from now to needed, a dot and a tick at its ends."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for place, now, needed in zip(
        lanes.places, theirs.floats("hours_now"), theirs.floats("hours_needed"), strict=True
    ):
        xs += [*digits([now / most, needed / most]), None]
        ys += [place + THEIR_SHIFT, place + THEIR_SHIFT, None]
    grey = look.palette.published
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "cliponaxis": False,
        "x": xs,
        "y": ys,
        "line": {"color": grey, "width": 1.25},
        "marker": {
            "symbol": ["circle", "line-ns", "circle"] * len(lanes.places),
            "size": [5, 7, 5] * len(lanes.places),
            "color": grey,
            "opacity": 1,
            "line": {"color": grey, "width": 1.5},
        },
        "hoverinfo": "skip",
    }


def _all_scale(evaluation: Evaluation) -> tuple[float, float, float | None, float]:
    """Totals now, needed, available, and the largest of them."""
    now = evaluation.tiers.total("hours_now")
    now = 0.0 if isnan(now) else now
    needed = evaluation.capacity.needed_hours
    available = evaluation.capacity.available_hours
    return now, needed, available, max(now, needed, available or 0.0, 1e-9)


def _add_all(figure: Figure, lanes: Lanes, evaluation: Evaluation, look: Look) -> None:
    now, _, available, most = _all_scale(evaluation)
    figure["data"].append(
        {
            "type": "bar",
            "orientation": "h",
            "x": digits([now / most]),
            "y": [lanes.all],
            "width": 0.3,
            "marker": {"color": look.palette.published, "line": {"width": 0}},
            "hoverinfo": "skip",
        }
    )
    if available is None:
        return
    is_broken = evaluation.capacity.is_feasible is False
    colour = look.palette.broken if is_broken else look.palette.secondary
    place = round(available / most, 4)
    line = line_shape(colour, 1.5, (place, place), (lanes.all - 0.42, lanes.all + 0.42))
    figure["layout"]["shapes"].append(line | {"layer": "above"})
    figure["layout"]["annotations"] = [
        {
            "x": place,
            "xanchor": "right" if place > 0.5 else "left",
            "xshift": 12 if place > 0.5 else -12,
            "y": lanes.all + 0.5,
            "yanchor": "top",
            "yshift": 3,
            "text": look.say("fig.available", hours=look.language.number(available, 0)),
            "font": {"size": 11, "color": colour},
            "showarrow": False,
        }
    ]


def _marks(lanes: Lanes, evaluation: Evaluation, most: float, look: Look) -> dict[str, object]:
    """Ticks and dots in one trace, ticks first so that a dot lies on top."""
    palette, number = look.palette, look.language.number
    tiers = evaluation.tiers
    _, needed_all, _, all_most = _all_scale(evaluation)
    ticks = [
        (needed / most, place, number(needed, 0))
        for place, needed in zip(lanes.places, tiers.floats("hours_needed"), strict=True)
    ] + [(needed_all / all_most, lanes.all, number(needed_all, 0))]
    dots = [
        (now / most, place, number(now, 0))
        for place, now in zip(lanes.places, tiers.floats("hours_now"), strict=True)
        if not isnan(now)
    ]
    colours = [lanes.colour(look, int(place)) for _, place, _ in dots]
    fills = [
        palette.background if place == lanes.unrated else colour
        for colour, (_, place, _) in zip(colours, dots, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "cliponaxis": False,
        "x": digits([x for x, _, _ in (*ticks, *dots)]),
        "y": [y for _, y, _ in (*ticks, *dots)],
        "marker": {
            "symbol": ["line-ns"] * len(ticks) + ["circle"] * len(dots),
            "size": [TICK_PIXELS] * len(ticks) + [DOT_PIXELS] * len(dots),
            "color": [palette.ink] * len(ticks) + fills,
            "opacity": 1,
            "line": {
                "color": [palette.ink] * len(ticks) + colours,
                "width": [2.5] * len(ticks) + [2 if fill == palette.background else 0 for fill in fills],
            },
        },
        "hoverinfo": "text",
        "hovertext": [look.say("fig.hover.needed", hours=text) for _, _, text in ticks]
        + [look.say("fig.hover.now", hours=text) for _, _, text in dots],
    }
