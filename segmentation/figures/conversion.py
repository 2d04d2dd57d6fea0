"""Conversion by tier: the rate with its interval, k of n, hollow and dotted where there are too few to judge."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentation.figures.lanes import Lanes, add_column, down_line, lane_layout, markers
from segmentation.figures.theme import Figure, Look, digits, literal, muted, regular, short
from segmentation.i18n import ABSENT
from segmentation.tally import Tally
from segmentation.tuning import ALL, Evaluation

FEWEST = 10  # below this n a rate is drawn hollow and called too few (definitions.md, *Told apart*)
THEIR_SHIFT = 0.27  # of a row, below the own mark
RATE_PIXELS, DIGIT_PIXELS = 50, 6.6
VALUE_OUTCOMES = ("revenue_per_customer",)
STEPS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)


@dataclass(frozen=True)
class _Mark:
    """A dot with its interval; `y` in rows."""

    y: float
    colour: str
    n: float
    rate: float
    low: float
    high: float
    is_hollow: bool = False
    is_dotted: bool = False


def draw_conversion(evaluation: Evaluation, look: Look, against: Evaluation | None = None) -> Figure:
    """Dots with intervals, the rate of all as a line, the published scheme below in grey."""
    lanes = Lanes(evaluation.names)
    is_money = evaluation.scheme.outcome in VALUE_OUTCOMES
    theirs = against if against is not None and is_comparable(evaluation, against) else None
    longest = _longest([evaluation.rates, *([] if theirs is None else [theirs.rates])], is_money)
    counts = count_texts(evaluation, look)
    right = round(RATE_PIXELS + 8 + DIGIT_PIXELS * max(10, *map(len, counts)))
    layout = lane_layout(lanes, look, right, _axis(longest, is_money, look))
    # Drawn by hand: the axis' own grid would run through the column headers.
    bottom = lanes.all + 0.5
    layout["shapes"] += [down_line(tick, y1=bottom) for tick in layout["xaxis"]["tickvals"]]
    ours = _marks(lanes, evaluation, look)
    layout["shapes"] += [_dotted_line(mark, longest) for mark in ours if mark.is_dotted]
    overall = evaluation.rates.at(ALL, "rate")
    if not math.isnan(overall):
        layout["shapes"].append(down_line(overall, y1=bottom, line={"color": look.palette.axis}))
    their_marks = [] if theirs is None else _their_marks(lanes, theirs, look)
    figure: Figure = {
        "data": _traces(ours, their_marks, longest, is_money=is_money, look=look),
        "layout": layout,
    }
    rates_shown = outcome_label(evaluation, look), rate_texts(evaluation, look)
    add_column(figure, look, RATE_PIXELS, rates_shown, is_bold=True)
    cases = look.say(f"fig.cases.{evaluation.scheme.outcome}")
    add_column(figure, look, right - 2, (cases, counts), is_muted=True)
    return figure


def is_comparable(evaluation: Evaluation, other: Evaluation) -> bool:
    """Two evaluations may stand in one chart when they judge the same outcome in as many tiers."""
    return len(evaluation.names) == len(other.names) and evaluation.scheme.outcome == other.scheme.outcome


def outcome_label(evaluation: Evaluation, look: Look) -> str:
    return look.say(f"fig.outcome.{evaluation.scheme.outcome}")


def rate_text(rate: float, evaluation: Evaluation, look: Look) -> str:
    """A rate as a percentage, or money per customer where the outcome is an amount."""
    if evaluation.scheme.outcome in VALUE_OUTCOMES:
        return look.money(rate)
    return look.language.percent(rate)


def is_thin(n: float) -> bool:
    return not n >= FEWEST


def rate_texts(evaluation: Evaluation, look: Look) -> list[str]:
    """The column right of the plot, one text per row and All; "too few" where n is below `FEWEST`."""
    texts = []
    for row in (*evaluation.rows, ALL):
        n, rate = evaluation.rates.row(row, "n", "rate")
        if math.isnan(n):
            texts.append(ABSENT)
        elif n == 0:
            texts.append(regular(muted(look.say(f"fig.none.{evaluation.scheme.outcome}"), look.palette)))
        elif is_thin(n):
            texts.append(regular(muted(look.say("fig.few"), look.palette)))
        else:
            texts.append(rate_text(rate, evaluation, look))
    return texts


def count_texts(evaluation: Evaluation, look: Look) -> list[str]:
    """k/n of each row and All; n alone where the outcome is an amount."""
    texts = []
    for row in (*evaluation.rows, ALL):
        k, n = evaluation.rates.row(row, "k", "n")
        number = look.language.number
        parts = [number(int(value)) for value in (k, n) if not math.isnan(value)]
        text = "/".join(parts) if n > 0 else ABSENT  # nothing of nothing is no count
        texts.append(text)
    return texts


def _longest(rates: Sequence[Tally], is_money: bool) -> float:
    """The end of the axis: the widest interval worth reading; thin rows may be clipped, never hidden."""
    shown = [ends for told in rates for ends in zip(told.floats("n"), told.floats("high"), strict=True)]
    firm = [high for n, high in shown if n >= FEWEST]
    most = max(
        (high for high in (firm if len(firm) > 1 else [high for _, high in shown]) if high > 0), default=0.0
    )
    if not is_money:  # a circle is never drawn over the words beside the plot
        most = max([most, *(rate for told in rates for rate in told.floats("rate") if not math.isnan(rate))])
    if not most > 0:
        return 1.0
    return most * 1.08 if is_money else min(most * 1.08, 1.0)


def _axis(longest: float, is_money: bool, look: Look) -> dict[str, Any]:
    if is_money:
        scale = 10 ** math.floor(math.log10(longest))
        step = next(scale * factor for factor in (0.2, 0.5, 1, 2, 5, 10) if longest / (scale * factor) <= 3.2)
    else:
        step = next((step for step in STEPS if longest / step <= 2.5), 0.5)
    ticks = [step * place for place in range(int(longest / step + 1e-9) + 1)]
    return {
        "range": [short(-0.04 * longest), short(longest * 1.02)],
        "tickvals": digits(ticks, 6),
        "ticktext": [look.money(tick) if is_money else look.language.percent(tick) for tick in ticks],
        "tickfont": {"size": 11, "color": look.palette.secondary},
        "tickangle": 0,
        "ticklabeloverflow": "allow",
    }


def _marks(lanes: Lanes, evaluation: Evaluation, look: Look) -> list[_Mark]:
    """Our rows and All, as far as anything is counted in them."""
    places = [*lanes.places, lanes.all]
    colours = [*(lanes.colour(look, row) for row in range(len(lanes.places))), look.palette.published]
    marks = []
    for row, y, colour in zip((*evaluation.rows, ALL), places, colours, strict=True):
        n, rate, low, high = evaluation.rates.row(row, "n", "rate", "low", "high")
        is_hollow = is_thin(n) or y == lanes.unrated
        if not math.isnan(rate):
            marks.append(_Mark(y, colour, n, rate, low, high, is_hollow, is_dotted=is_thin(n)))
    return marks


def _their_marks(lanes: Lanes, against: Evaluation, look: Look) -> list[_Mark]:
    """The published scheme, below ours and smaller."""
    marks = []
    for row, place in zip(against.rows, lanes.places, strict=True):
        n, rate, low, high = against.rates.row(row, "n", "rate", "low", "high")
        if not math.isnan(rate):
            marks.append(_Mark(place + THEIR_SHIFT, look.palette.published, n, rate, low, high))
    return marks


def _traces(
    ours: list[_Mark], theirs: list[_Mark], longest: float, *, is_money: bool, look: Look
) -> list[dict[str, Any]]:
    """Intervals below, dots on top of them."""
    grey = look.palette.published
    firm = [mark for mark in ours if not mark.is_dotted]
    fills = markers(look, 10, [mark.colour for mark in ours], [mark.is_hollow for mark in ours], 2)
    traces = [
        _intervals(firm, 3 / 32, [mark.colour for mark in firm]),
        _dots(ours, longest, fills, is_money=is_money, look=look),
    ]
    if theirs:
        traces.insert(1, _intervals(theirs, 1.25 / 32, grey))
        traces.append(_dots(theirs, longest, {"size": 5, "color": grey}, is_money=is_money, look=look))
    return traces


def _dotted_line(mark: _Mark, longest: float) -> dict[str, Any]:
    start, end = digits([max(mark.low, 0.0), min(mark.high, longest)])
    pen = {"color": mark.colour, "width": 1.5, "dash": "dot"}
    return {"x0": start, "x1": end, "y0": mark.y, "y1": mark.y, "line": pen}


def _intervals(marks: Sequence[_Mark], width: float, colour: str | list[str]) -> dict[str, Any]:
    lows = [max(mark.low, 0.0) for mark in marks]
    return {
        "type": "bar",
        "y": [mark.y for mark in marks],
        "base": digits(lows),
        "x": digits(mark.high - low for mark, low in zip(marks, lows, strict=True)),
        "width": width,
        "marker": {"color": colour},
    }


def _dots(
    marks: Sequence[_Mark], longest: float, marker: dict[str, Any], *, is_money: bool, look: Look
) -> dict[str, Any]:
    return {
        "x": digits(min(mark.rate, longest) for mark in marks),
        "y": [mark.y for mark in marks],
        "marker": marker,
        "hoverinfo": "text",
        "hovertext": [literal(_hover(mark, look, is_money)) for mark in marks],
    }


def _hover(mark: _Mark, look: Look, is_money: bool) -> str:
    write = look.money if is_money else look.language.percent
    rate, low, high = map(write, (mark.rate, mark.low, mark.high))
    return look.say("fig.hover.rate", rate=rate, low=low, high=high)
