"""Where effort goes: each tier's shares of hours, sales and won value on one line, with the rule of thumb beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan, nan

from segmentation.figures.conversion import STEPS
from segmentation.figures.lanes import Lanes, add_column, lane_layout, line_shape
from segmentation.figures.theme import Figure, Look, digits
from segmentation.i18n import ABSENT
from segmentation.tally import Tally
from segmentation.tuning import Evaluation

# Column of `Evaluation.tiers` → its mark, later ones on top, and the right edge of its values in pixels.
MARKS = {
    "hours_rule_share": ("line-ns", 266),
    "won_amount_share": ("diamond", 200),
    "revenue_share": ("square", 116),
    "hours_now_share": ("circle", 50),
}
BUDGET_PIXELS, SHARE_PIXELS, RIGHT = 372, 420, 422
DOT_PIXELS, TICK_PIXELS, BAND = 10, 16, 5 / 32
TINT = {"light": 0.24, "dark": 0.34}


def draw_resources(evaluation: Evaluation, budget: Tally, look: Look) -> Figure:
    """● hours ■ sales ◇ won value ┃ rule as shares of their totals; `budget` as `budget_by_tier` gives it."""
    lanes = Lanes(evaluation.names)
    shares = {column: evaluation.tiers.floats(column) for column in MARKS}
    most = max(0.01, *(share for column in shares.values() for share in column if not isnan(share)))
    step = next((step for step in STEPS if most / step <= 5), STEPS[-1])
    ticks = [step * place for place in range(int(most / step + 1e-9) + 1)]
    axis = {
        "range": [-0.02 * most, most * 1.03],
        "tickvals": digits(ticks),
        "ticktext": [look.language.percent(tick) for tick in ticks],
        "tickfont": {"size": 11, "color": look.palette.secondary},
        "showgrid": False,
        "showline": False,
        "ticks": "",
    }
    figure: Figure = {"data": [_bands(lanes, shares, look), _marks(lanes, shares, look)]}
    figure["layout"] = lane_layout(lanes, look, RIGHT, axis)
    figure["layout"]["shapes"] += [
        line_shape(look.palette.grid, 1, (tick, tick), (-0.5, lanes.unrated + 0.5)) for tick in ticks
    ]
    for column, (_, right) in reversed(MARKS.items()):
        add_column(figure, lanes, look, right, _values(column, evaluation, look))
    for right, shown in zip((BUDGET_PIXELS, SHARE_PIXELS), _budget(evaluation, budget, look), strict=True):
        add_column(figure, lanes, look, right, shown)
    return figure


def rule_text(tier_count: int) -> str:
    """The rule of thumb by its weights: ½–⅓–⅙ for three tiers, 4:3:2:1 for four."""
    return "½–⅓–⅙" if tier_count == 3 else ":".join(str(tier_count - rank) for rank in range(tier_count))


def total_texts(evaluation: Evaluation, look: Look) -> dict[str, str]:
    """What the shares are shares of, by column of `MARKS`."""
    hours, revenue, won = (evaluation.tiers.total(name) for name in ("hours_now", "revenue", "won_amount"))
    return {
        "hours_now_share": ABSENT
        if isnan(hours)
        else look.say("fig.hours", hours=look.language.number(hours, 0)),
        "revenue_share": look.money(revenue),
        # Nothing won and no deals at all look alike here: neither has shares, so neither gets a total.
        "won_amount_share": look.money(won) if won > 0 else ABSENT,
        "hours_rule_share": "",
    }


def _values(column: str, evaluation: Evaluation, look: Look) -> tuple[str, list[str]]:
    """Header with its mark, a percentage per row, the total."""
    header = look.say(f"fig.mark.{column}")
    shown = [look.language.percent(share) for share in evaluation.tiers.floats(column)]
    if column == "hours_now_share":
        shown = [f"<b>{text}</b>" for text in shown]
    return header, [*shown, total_texts(evaluation, look)[column]]


def _budget(evaluation: Evaluation, budget: Tally, look: Look) -> Iterator[tuple[str, list[str]]]:
    """Money a month and its share of all lines; the lane *unrated* has no budget of its own."""
    amounts = [look.money(amount) for amount in budget.floats("amount")[:-1]]
    shares = [look.language.percent(share) for share in budget.floats("share")[:-1]]
    total = look.money(budget.total("amount"))
    yield look.say("fig.budget"), [*amounts, ABSENT, total]
    yield look.say("fig.budget.share"), [*shares, ABSENT, ""]


def _bands(lanes: Lanes, shares: Mapping[str, list[float]], look: Look) -> dict[str, object]:
    """A tinted band from the share of hours to the share of sales."""
    pairs = [
        (nan, nan) if isnan(hours + revenue) else (max(hours, 0.0), max(revenue, 0.0))
        for hours, revenue in zip(shares["hours_now_share"], shares["revenue_share"], strict=True)
    ]
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(lanes.places),
        "base": digits(map(min, pairs)),
        "x": digits(max(pair) - min(pair) for pair in pairs),
        "width": BAND,
        "marker": {
            "color": [lanes.colour(look, row) for row in range(len(pairs))],
            "opacity": TINT[look.shade],
            "line": {"width": 0},
        },
        "hoverinfo": "skip",
    }


def _marks(lanes: Lanes, shares: Mapping[str, list[float]], look: Look) -> dict[str, object]:
    """All marks in one trace; won value and the lane *unrated* are outlines."""
    palette = look.palette
    shown = [
        (column, row, share)
        for column in MARKS
        for row, share in enumerate(shares[column])
        if not isnan(share)
    ]
    is_tick = [column == "hours_rule_share" for column, _, _ in shown]
    is_hollow = [column == "won_amount_share" or row == lanes.unrated for column, row, _ in shown]
    colours = [
        palette.ink if column in ("hours_rule_share", "won_amount_share") else lanes.colour(look, row)
        for column, row, _ in shown
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "cliponaxis": False,
        "x": digits(max(share, 0.0) for _, _, share in shown),
        "y": [row for _, row, _ in shown],
        "marker": {
            "symbol": [MARKS[column][0] for column, _, _ in shown],
            "size": [TICK_PIXELS if tick else DOT_PIXELS for tick in is_tick],
            "color": [palette.background if h else c for h, c in zip(is_hollow, colours, strict=True)],
            "opacity": 1,
            "line": {
                "color": colours,
                "width": [2 if tick else 1.5 if h else 0 for tick, h in zip(is_tick, is_hollow, strict=True)],
            },
        },
        "hoverinfo": "skip",
    }
