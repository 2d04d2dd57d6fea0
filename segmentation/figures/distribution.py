"""Tier distribution: customers, sales, gross profit and hours of each tier side by side, as shares of one total."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from segmentation.figures.lanes import HEADER_SIZE, Lanes, down_line, lane_layout
from segmentation.figures.theme import CLEAR, Figure, Look, digits
from segmentation.i18n import ABSENT
from segmentation.tuning import Evaluation

MEASURES = ("customers", "revenue", "margin", "hours_now")
Shares = dict[str, list[float]]
BASELINE, LONGEST = 0.42, 0.52  # of a measure's column: where its bars begin, how long the longest is


def draw_distribution(evaluation: Evaluation, look: Look, against: Evaluation | None = None) -> Figure:
    """Bars of the four shares on one common scale; a grey tick where the published scheme stands."""
    lanes = Lanes(evaluation.names)
    shares = share_table(evaluation)
    theirs = {} if against is None else share_table(against)
    columns = (*shares.values(), *theirs.values())
    longest = LONGEST / max(0.01, *(share for column in columns for share in column if not isnan(share)))
    percents = [look.language.percent(share) for measure in MEASURES for share in shares[measure]]
    traces = [_bars(lanes, shares, longest, percents, look)]
    if against is not None and len(against.names) == len(evaluation.names):
        traces.append(_ticks(lanes, theirs, longest, look))
    layout = lane_layout(lanes, look, 0, {"range": [0, len(MEASURES)], "visible": False})
    layout["shapes"] += [
        down_line(place + BASELINE, line={"color": look.palette.axis})
        for place, measure in enumerate(MEASURES)
        if not all(isnan(share) for share in shares[measure])
    ]
    return {"data": [*traces, *_numbers(lanes, evaluation, percents, look)], "layout": layout}


def share_table(evaluation: Evaluation) -> Shares:
    """Measure → its share 0–1 in each row of the evaluation, null where the total is unknown."""
    return {measure: evaluation.tiers.floats(f"{measure}_share") for measure in MEASURES}


def total_texts(evaluation: Evaluation, look: Look) -> list[str]:
    """The absolute totals behind the shares, as row All shows them."""
    customers, revenue, margin, hours = (evaluation.tiers.total(measure) for measure in MEASURES)
    return [
        look.language.number(int(customers)),
        look.money(revenue),
        look.money(margin),
        ABSENT if isnan(hours) else look.say("fig.hours", hours=look.language.number(hours, 0)),
    ]


def _bars(
    lanes: Lanes, shares: Shares, longest: float, percents: Sequence[str], look: Look
) -> dict[str, object]:
    rows = len(lanes.places)
    fills = [*(lanes.colour(look, row) for row in range(rows - 1)), CLEAR]
    headers = [header for measure in MEASURES for header in [look.say(f"fig.{measure}")] * rows]
    return {
        "type": "bar",
        "width": 0.5,
        "x": digits(_length(share, longest) for measure in MEASURES for share in shares[measure]),
        "base": [place + BASELINE for place in range(len(MEASURES)) for _ in range(rows)],
        "y": list(range(rows)) * len(MEASURES),
        "marker": {
            "color": fills * len(MEASURES),
            "line": {"color": look.palette.unrated, "width": ([0] * (rows - 1) + [1.25]) * len(MEASURES)},
        },
        "hoverinfo": "text",
        "hovertext": [f"{header} {percent}" for header, percent in zip(headers, percents, strict=True)],
    }


def _ticks(lanes: Lanes, theirs: Shares, longest: float, look: Look) -> dict[str, object]:
    ends = [
        place + BASELINE + _length(share, longest)
        for place, measure in enumerate(MEASURES)
        for share in theirs[measure]
    ]
    pen = {"width": 1.5, "color": look.palette.published}
    return {
        "x": digits(ends),
        "y": list(range(len(lanes.places))) * len(MEASURES),
        "marker": {"symbol": "line-ns", "size": 18, "line": pen},
    }


def _length(share: float, longest: float) -> float:
    """Of a bar: none below zero, unknown stays unknown."""
    return share if isnan(share) else max(share, 0.0) * longest


def _numbers(
    lanes: Lanes, evaluation: Evaluation, percents: Sequence[str], look: Look
) -> list[dict[str, object]]:
    """Headers, percentages and totals."""
    count, rows = len(MEASURES), len(lanes.places)
    left = {"mode": "text", "textposition": "middle right", "x0": 0.03}
    return [
        left
        | {
            "y": [lanes.header] * count,
            "text": [look.say(f"fig.{measure}") for measure in MEASURES],
            "textfont": {"size": HEADER_SIZE, "color": look.palette.secondary},
        },
        {
            "mode": "text",
            "textposition": "middle left",
            "x": digits(place + BASELINE - 0.05 for place in range(count) for _ in range(rows)),
            "y": list(range(rows)) * count,
            "text": percents,
        },
        left | {"y": [lanes.all] * count, "text": total_texts(evaluation, look)},
    ]
