"""Orders and follow-ups of one customer, month by month: sales above, contacts below, on one time axis."""

from __future__ import annotations

import math

import pandas as pd

from segmentation.figures.theme import Figure, Look, base_layout, digits

HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 226, 64, 8, 30, 24  # pixels


def draw_history(months: pd.DataFrame, rank: int | None, look: Look) -> Figure:
    """Bars of net sales per month and, below, of follow-ups; `months` as `records.sum_by_month` gives them.

    `rank` colours the sales by the customer's tier (None = *unrated*, drawn as an outline).
    """
    palette = look.palette
    colour = palette.unrated if rank is None else palette.tier(rank)
    dates = [f"{month:%Y-%m-%d}" for month in months["month"]]
    names = [look.language.month(month.date()) for month in months["month"]]
    fill = {"color": "rgba(0,0,0,0)" if rank is None else colour, "line": {"color": colour, "width": 1}}
    bars = {"type": "bar", "x": dates, "hoverinfo": "text"}
    layout = base_layout(look, HEIGHT, (LEFT, TOP, RIGHT, BOTTOM))
    layout["bargap"] = 0.35
    layout["xaxis"] = _months(dates, names, look)
    layout["yaxis"] = _amounts(months["amount"], look) | {"domain": [0.42, 1.0]}
    layout["yaxis2"] = _counts(months["touches"], look) | {"domain": [0.0, 0.26], "anchor": "x"}
    return {
        "data": [
            bars
            | {
                "y": digits(months["amount"], 2),
                "marker": fill,
                "hovertext": [
                    look.say("fig.month_orders", month=name, n=int(orders), amount=look.money(float(amount)))
                    for name, orders, amount in zip(names, months["orders"], months["amount"], strict=True)
                ],
            },
            bars
            | {
                "y": [int(count) for count in months["touches"]],
                "yaxis": "y2",
                "marker": {"color": palette.published},
                "hovertext": [
                    look.say("fig.month_touches", month=name, n=int(count))
                    for name, count in zip(names, months["touches"], strict=True)
                ],
            },
        ],
        "layout": layout,
    }


def _months(dates: list[str], names: list[str], look: Look) -> dict[str, object]:
    """A label for every fifth of the span at most: more would touch in Chinese, and be turned and cut off."""
    step = max(1, math.ceil(len(dates) / 5))
    shown = range(len(dates) - 1, -1, -step)
    return {
        "type": "category",
        "tickvals": [dates[place] for place in shown],
        "ticktext": [names[place] for place in shown],
        "ticks": "",
        "tickangle": 0,
        "showgrid": False,
        "fixedrange": True,
        "automargin": False,
        "anchor": "y2",
        "tickfont": {"size": 11, "color": look.palette.secondary},
    }


def _amounts(amounts: pd.Series, look: Look) -> dict[str, object]:
    low, high = min(0.0, float(amounts.min())), max(float(amounts.max()), 1.0)
    step = _round_step(high / 2)
    values = [step * place for place in range(int(high / step) + 1)]
    return _scale(values, [look.money(value) for value in values], [low * 1.05, high * 1.05], look)


def _round_step(most: float) -> float:
    """The largest of 1, 2, 5 × a power of ten that is not above `most`: amounts people can read off."""
    power = 10.0 ** math.floor(math.log10(most))
    return next(factor * power for factor in (5, 2, 1) if factor * power <= most)


def _counts(counts: pd.Series, look: Look) -> dict[str, object]:
    high = max(int(counts.max()), 1)
    return _scale([0.0, float(high)], ["0", str(high)], [0.0, high * 1.1], look)


def _scale(values: list[float], texts: list[str], shown: list[float], look: Look) -> dict[str, object]:
    return {
        "range": shown,
        "tickvals": values,
        "ticktext": texts,
        "gridcolor": look.palette.grid,
        "zeroline": True,
        "zerolinecolor": look.palette.axis,
        "fixedrange": True,
        "automargin": False,
        "tickfont": {"size": 11, "color": look.palette.secondary},
    }
