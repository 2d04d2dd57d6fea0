"""Conversion by tier: the rate with its interval, k of n, hollow and dotted where there are too few to judge."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from segmentation.figures.lanes import Lanes, add_column, lane_layout, line_shape
from segmentation.figures.theme import Figure, Look, digits, literal, muted, values_at
from segmentation.i18n import ABSENT
from segmentation.tuning import ALL, Evaluation

FEWEST = 10  # below this n a rate is drawn hollow and called too few (definitions.md, *Told apart*)
RATE_PIXELS, DIGIT_PIXELS = 50, 6.6
VALUE_OUTCOMES = ("revenue_per_customer",)
STEPS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)


def draw_conversion(evaluation: Evaluation, look: Look, against: Evaluation | None = None) -> Figure:
    """Dots with intervals, the rate of all as a line, the published scheme below in grey."""
    lanes = Lanes(evaluation.names)
    rates = evaluation.rates.loc[[*evaluation.rows, ALL]]
    is_money = evaluation.scheme.outcome in VALUE_OUTCOMES
    theirs = against if against is not None and is_comparable(evaluation, against) else None
    shown = rates if theirs is None else pd.concat([rates, theirs.rates])
    longest = _longest(shown, is_money)
    figure: Figure = {"data": []}
    counts = count_texts(evaluation, look)
    right = round(RATE_PIXELS + 8 + DIGIT_PIXELS * max(10, *map(len, counts)))
    axis = _axis(longest, is_money, look)
    figure["layout"] = lane_layout(lanes, look, right, axis)
    # Drawn by hand: the axis' own grid would run through the column headers.
    bottom = lanes.all + 0.5
    figure["layout"]["shapes"] += [
        line_shape(look.palette.grid, 1, (tick, tick), (-0.5, bottom)) for tick in axis["tickvals"]
    ]
    rows = [*lanes.places, lanes.all]
    colours = [lanes.colour(look, row) for row in range(len(rows) - 1)] + [look.palette.published]
    marks = pd.DataFrame({"y": rows, "colour": colours, "is_ours": True}).join(
        rates[["n", "rate", "low", "high"]].reset_index(drop=True).astype(float)
    )
    if theirs is not None:
        marks = pd.concat([marks, _their_marks(lanes, theirs, look)], ignore_index=True)
    _add_marks(figure, lanes, marks[marks["rate"].notna()], longest, is_money=is_money, look=look)
    (overall,) = values_at(rates, ALL, "rate")
    if not math.isnan(overall):
        figure["layout"]["shapes"].append(
            line_shape(look.palette.axis, 1, (overall, overall), (-0.5, lanes.all + 0.5))
        )
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
        n, rate = values_at(evaluation.rates, row, "n", "rate")
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
        k, n = values_at(evaluation.rates, row, "k", "n")
        number = look.language.number
        parts = [number(int(value)) for value in (k, n) if not math.isnan(value)]
        text = "/".join(parts) if n > 0 else ABSENT  # nothing of nothing is no count
        texts.append(text)
    return texts


def _longest(rates: pd.DataFrame, is_money: bool) -> float:
    """The end of the axis: the widest interval worth reading; thin rows may be clipped, never hidden."""
    firm = rates[rates["n"].astype(float) >= FEWEST]
    shown = firm if len(firm) > 1 else rates
    most = float(shown["high"].astype(float).max())
    if not is_money:  # a circle is never drawn over the words beside the plot
        most = max(most, float(rates["rate"].astype(float).max()))
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


def _their_marks(lanes: Lanes, against: Evaluation, look: Look) -> pd.DataFrame:
    theirs = against.rates.loc[[*against.rows], ["n", "rate", "low", "high"]].astype(float)
    rows = [place + 0.27 for place in lanes.places]
    return theirs.reset_index(drop=True).assign(y=rows, colour=look.palette.published, is_ours=False)


def _add_marks(
    figure: Figure, lanes: Lanes, marks: pd.DataFrame, longest: float, *, is_money: bool, look: Look
) -> None:
    thin = marks["n"].map(is_thin) & marks["is_ours"]
    low, high = marks["low"].clip(lower=0), marks["high"]
    solid = marks[~thin]
    figure["data"].append(
        {
            "type": "bar",
            "orientation": "h",
            "y": digits(solid["y"]),
            "base": digits(low[~thin], 6),
            "x": digits((high - low)[~thin], 6),
            "width": [3 / 32 if ours else 1.25 / 32 for ours in solid["is_ours"]],
            "marker": {"color": list(solid["colour"]), "line": {"width": 0}},
            "hoverinfo": "skip",
        }
    )
    for index in marks.index[thin]:
        y = marks.loc[index, "y"]
        figure["layout"]["shapes"].append(
            line_shape(
                marks.loc[index, "colour"], 1.5, (low[index], min(high[index], longest)), (y, y), "dot"
            )
        )
    hollow = thin | ((marks["y"] == lanes.unrated) & marks["is_ours"])
    fills = [
        look.palette.background if is_hollow else c
        for is_hollow, c in zip(hollow, marks["colour"], strict=True)
    ]
    figure["data"].append(
        {
            "type": "scatter",
            "mode": "markers",
            "cliponaxis": False,
            "x": digits(marks["rate"].clip(upper=longest), 6),
            "y": digits(marks["y"]),
            "marker": {
                "size": [10 if ours else 5 for ours in marks["is_ours"]],
                "color": fills,
                "opacity": 1,
                "line": {
                    "color": list(marks["colour"]),
                    "width": [2 if is_hollow else 0 for is_hollow in hollow],
                },
            },
            "hoverinfo": "text",
            "hovertext": [literal(_hover(mark, look, is_money)) for mark in marks.itertuples()],
        }
    )


def _hover(mark: object, look: Look, is_money: bool) -> str:
    write = look.money if is_money else look.language.percent
    rate, low, high = (write(getattr(mark, name)) for name in ("rate", "low", "high"))
    return look.say("fig.hover.rate", rate=rate, low=low, high=high)
