"""Conversion by tier: the rate with its interval, k of n, hollow and dotted where there are too few to judge."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentation.figures.lanes import Lanes, add_column, lane_layout, line_shape
from segmentation.figures.theme import Figure, Look, digits, literal, muted
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
    is_ours: bool
    is_hollow: bool

    @property
    def is_dotted(self) -> bool:
        return self.is_ours and is_thin(self.n)


def draw_conversion(evaluation: Evaluation, look: Look, against: Evaluation | None = None) -> Figure:
    """Dots with intervals, the rate of all as a line, the published scheme below in grey."""
    lanes = Lanes(evaluation.names)
    is_money = evaluation.scheme.outcome in VALUE_OUTCOMES
    theirs = against if against is not None and is_comparable(evaluation, against) else None
    longest = _longest([evaluation.rates, *([] if theirs is None else [theirs.rates])], is_money)
    counts = count_texts(evaluation, look)
    right = round(RATE_PIXELS + 8 + DIGIT_PIXELS * max(10, *map(len, counts)))
    axis = _axis(longest, is_money, look)
    figure: Figure = {"data": [], "layout": lane_layout(lanes, look, right, axis)}
    # Drawn by hand: the axis' own grid would run through the column headers.
    bottom = lanes.all + 0.5
    shapes = figure["layout"]["shapes"]
    shapes += [line_shape(look.palette.grid, 1, (tick, tick), (-0.5, bottom)) for tick in axis["tickvals"]]
    marks = [*_marks(lanes, evaluation, look), *([] if theirs is None else _their_marks(lanes, theirs, look))]
    _add_marks(figure, marks, longest, is_money=is_money, look=look)
    overall = evaluation.rates.at(ALL, "rate")
    if not math.isnan(overall):
        shapes.append(line_shape(look.palette.axis, 1, (overall, overall), (-0.5, bottom)))
    rates_shown = outcome_label(evaluation, look), rate_texts(evaluation, look)
    add_column(figure, lanes, look, RATE_PIXELS, rates_shown)
    muted_counts = [muted(text, look.palette) for text in counts]
    add_column(
        figure, lanes, look, right - 2, (look.say(f"fig.cases.{evaluation.scheme.outcome}"), muted_counts)
    )
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
            texts.append(muted(look.say(f"fig.none.{evaluation.scheme.outcome}"), look.palette))
        elif is_thin(n):
            texts.append(muted(look.say("fig.few"), look.palette))
        else:
            texts.append(f"<b>{rate_text(rate, evaluation, look)}</b>")
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
        "range": [-0.04 * longest, longest * 1.02],
        "tickvals": digits(ticks, 6),
        "ticktext": [look.money(tick) if is_money else look.language.percent(tick) for tick in ticks],
        "tickfont": {"size": 11, "color": look.palette.secondary},
        "showgrid": False,
        "tickangle": 0,
        "ticklabeloverflow": "allow",
        "showline": False,
        "ticks": "",
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
            marks.append(_Mark(y, colour, n, rate, low, high, is_ours=True, is_hollow=is_hollow))
    return marks


def _their_marks(lanes: Lanes, against: Evaluation, look: Look) -> list[_Mark]:
    """The published scheme, below ours and smaller."""
    marks = []
    for row, place in zip(against.rows, lanes.places, strict=True):
        n, rate, low, high = against.rates.row(row, "n", "rate", "low", "high")
        if not math.isnan(rate):
            grey = look.palette.published
            marks.append(_Mark(place + THEIR_SHIFT, grey, n, rate, low, high, is_ours=False, is_hollow=False))
    return marks


def _add_marks(figure: Figure, marks: list[_Mark], longest: float, *, is_money: bool, look: Look) -> None:
    solid = [mark for mark in marks if not mark.is_dotted]
    lows = [max(mark.low, 0.0) for mark in solid]
    figure["data"].append(
        {
            "type": "bar",
            "orientation": "h",
            "y": digits(mark.y for mark in solid),
            "base": digits(lows, 6),
            "x": digits((mark.high - low for mark, low in zip(solid, lows, strict=True)), 6),
            "width": [3 / 32 if mark.is_ours else 1.25 / 32 for mark in solid],
            "marker": {"color": [mark.colour for mark in solid], "line": {"width": 0}},
            "hoverinfo": "skip",
        }
    )
    figure["layout"]["shapes"] += [
        line_shape(mark.colour, 1.5, (max(mark.low, 0.0), min(mark.high, longest)), (mark.y, mark.y), "dot")
        for mark in marks
        if mark.is_dotted
    ]
    figure["data"].append(
        {
            "type": "scatter",
            "mode": "markers",
            "cliponaxis": False,
            "x": digits((min(mark.rate, longest) for mark in marks), 6),
            "y": digits(mark.y for mark in marks),
            "marker": {
                "size": [10 if mark.is_ours else 5 for mark in marks],
                "color": [look.palette.background if mark.is_hollow else mark.colour for mark in marks],
                "opacity": 1,
                "line": {
                    "color": [mark.colour for mark in marks],
                    "width": [2 if mark.is_hollow else 0 for mark in marks],
                },
            },
            "hoverinfo": "text",
            "hovertext": [literal(_hover(mark, look, is_money)) for mark in marks],
        }
    )


def _hover(mark: _Mark, look: Look, is_money: bool) -> str:
    write = look.money if is_money else look.language.percent
    rate, low, high = map(write, (mark.rate, mark.low, mark.high))
    return look.say("fig.hover.rate", rate=rate, low=low, high=high)
