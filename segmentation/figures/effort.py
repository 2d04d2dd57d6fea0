"""Hours a month: now (dot), needed by the playbook (tick), and for all customers what the team has (line)."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Any, NamedTuple

from segmentation.figures.lanes import Lanes, add_column, down_line, lane_layout, markers
from segmentation.figures.theme import Figure, Look, digits
from segmentation.tally import Tally
from segmentation.tuning import Evaluation

RIGHT = 104
TICK_PIXELS, DOT_PIXELS = 15, 10
THEIR_SHIFT = 0.27  # of a row, below the own mark
Pair = tuple[float, float, float]  # now and needed as shares of the longest, the row


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
    layout = lane_layout(lanes, look, RIGHT, {"range": [-0.06, 1.1], "visible": False})
    scale = _all_scale(evaluation)
    _add_available(layout, lanes, evaluation, scale, look)
    number = look.language.number
    now_texts, needed_texts = ([number(hours, 0) for hours in column] for column in (now, needed))
    pairs = _pairs(tiers, most, 0)
    their_pairs = [] if theirs is None else _pairs(theirs, most, THEIR_SHIFT)
    known = [place for place, hours in enumerate(now) if not isnan(hours)]
    ticks = [*((end, y) for _, end, y in pairs), (scale.needed / scale.most, lanes.all)]
    dots = [(pairs[place][0], pairs[place][2]) for place in known]
    data = [_connectors([*pairs, *their_pairs], look), _all_bar(lanes, scale, look)]
    data += _their_marks(their_pairs, look)
    # Ticks first, so that a dot lies on top.
    data.append(_told("needed", ticks, _tick(look), [*needed_texts, number(scale.needed, 0)], look))
    if dots:
        data.append(_told("now", dots, _dot(lanes, known, look), [now_texts[place] for place in known], look))
    figure: Figure = {"data": data, "layout": layout}
    now_texts.append(number(tiers.total("hours_now"), 0))
    needed_texts.append(number(tiers.total("hours_needed"), 0))
    add_column(figure, look, 46, (look.say("fig.now"), now_texts))
    add_column(figure, look, RIGHT - 2, (look.say("fig.needed"), needed_texts), is_bold=True)
    return figure


def _pairs(tiers: Tally, most: float, shift: float) -> list[Pair]:
    hours = zip(tiers.floats("hours_now"), tiers.floats("hours_needed"), strict=True)
    return [(now / most, needed / most, row + shift) for row, (now, needed) in enumerate(hours)]


def _connectors(pairs: Sequence[Pair], look: Look) -> dict[str, object]:
    """A thin line from now to needed, ours and the published scheme's."""
    known = [pair for pair in pairs if not isnan(pair[0])]
    return {
        "mode": "lines",
        "x": [x for now, needed, _ in known for x in (*digits([now, needed]), None)],
        "y": [end for *_, y in known for end in (y, y, None)],
        "line": {"color": look.palette.published, "width": 1.25},
    }


def _their_marks(pairs: Sequence[Pair], look: Look) -> list[dict[str, object]]:
    """The published scheme: a small dot for now, a small tick for needed."""
    grey = look.palette.published
    tick = {"symbol": "line-ns", "size": 7, "line": {"color": grey, "width": 1.5}}
    marks = ((0, {"size": 6.5, "color": grey}), (1, tick))
    return [
        {"x": digits(pair[end] for pair in pairs), "y": [y for *_, y in pairs], "marker": marker}
        for end, marker in marks
        if pairs
    ]


class _Scale(NamedTuple):
    """Totals now, needed, available, and the largest of them."""

    now: float
    needed: float
    available: float | None
    most: float


def _all_scale(evaluation: Evaluation) -> _Scale:
    now = evaluation.tiers.total("hours_now")
    now = 0.0 if isnan(now) else now
    needed = evaluation.capacity.needed_hours
    available = evaluation.capacity.available_hours
    return _Scale(now, needed, available, max(now, needed, available or 0.0, 1e-9))


def _all_bar(lanes: Lanes, scale: _Scale, look: Look) -> dict[str, object]:
    length, colour = digits([scale.now / scale.most]), look.palette.published
    return {"type": "bar", "x": length, "y": [lanes.all], "width": 0.3, "marker": {"color": colour}}


def _add_available(
    layout: dict[str, Any], lanes: Lanes, evaluation: Evaluation, scale: _Scale, look: Look
) -> None:
    if scale.available is None:
        return
    is_broken = evaluation.capacity.is_feasible is False
    colour = look.palette.broken if is_broken else look.palette.secondary
    place = round(scale.available / scale.most, 4)
    pen = {"color": colour, "width": 1.5}
    layout["shapes"].append(
        down_line(place, y0=lanes.all - 0.42, y1=lanes.all + 0.42, layer="above", line=pen)
    )
    is_right = place > 0.5
    layout["annotations"] = [
        {
            "x": place,
            "xanchor": "right" if is_right else "left",
            "xshift": 12 if is_right else -12,
            "y": lanes.all + 0.5,
            "yanchor": "top",
            "yshift": 3,
            "text": look.say("fig.available", hours=look.language.number(scale.available, 0)),
            "font": {"size": 11, "color": colour},
            "showarrow": False,
        }
    ]


def _tick(look: Look) -> dict[str, Any]:
    return {"symbol": "line-ns", "size": TICK_PIXELS, "line": {"color": look.palette.ink, "width": 2.5}}


def _dot(lanes: Lanes, rows: Sequence[int], look: Look) -> dict[str, Any]:
    colours = [lanes.colour(look, row) for row in rows]
    return markers(look, DOT_PIXELS, colours, [row == lanes.unrated for row in rows], 2)


def _told(
    name: str,
    places: Sequence[tuple[float, float]],
    marker: dict[str, Any],
    texts: Sequence[str],
    look: Look,
) -> dict[str, object]:
    """Marks that say their hours where someone points at them."""
    return {
        "x": digits(x for x, _ in places),
        "y": [y for _, y in places],
        "marker": marker,
        "hoverinfo": "text",
        "hovertext": [look.say(f"fig.hover.{name}", hours=text) for text in texts],
    }
