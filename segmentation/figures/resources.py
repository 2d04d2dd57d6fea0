"""Where effort goes: each tier's shares of hours, sales and won value on one line, with the rule of thumb beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan, nan

from segmentation.figures.conversion import STEPS
from segmentation.figures.lanes import Lanes, add_column, down_line, lane_layout, markers
from segmentation.figures.theme import Figure, Look, digits, regular, short
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
        "range": [short(-0.02 * most), short(most * 1.03)],
        "tickvals": digits(ticks),
        "ticktext": [look.language.percent(tick) for tick in ticks],
        "tickfont": {"size": 11, "color": look.palette.secondary},
    }
    layout = lane_layout(lanes, look, RIGHT, axis) | {"hovermode": False}
    layout["shapes"] += [down_line(tick) for tick in ticks]
    figure: Figure = {"data": [_bands(lanes, shares, look), *_marks(lanes, shares, look)], "layout": layout}
    for column, (_, right) in reversed(MARKS.items()):
        shown = _values(column, evaluation, look)
        add_column(figure, look, right, shown, is_bold=column == "hours_now_share")
    for right, shown in zip((BUDGET_PIXELS, SHARE_PIXELS), _budget(evaluation, budget, look), strict=True):
        add_column(figure, look, right, shown)
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
    total = total_texts(evaluation, look)[column]
    return header, [*shown, regular(total) if column == "hours_now_share" else total]


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
        "y": list(range(len(pairs))),
        "base": digits(map(min, pairs)),
        "x": digits(max(pair) - min(pair) for pair in pairs),
        "width": BAND,
        "marker": {
            "color": [lanes.colour(look, row) for row in range(len(pairs))],
            "opacity": TINT[look.shade],
        },
    }


def _marks(lanes: Lanes, shares: Mapping[str, list[float]], look: Look) -> Iterator[dict[str, object]]:
    """A trace per kind of mark; won value and the lane *unrated* are outlines."""
    palette = look.palette
    for column, (symbol, _) in MARKS.items():
        rows = [row for row, share in enumerate(shares[column]) if not isnan(share)]
        if not rows:
            continue
        if column == "hours_rule_share":
            marker = {"size": TICK_PIXELS, "line": {"color": palette.ink, "width": 2}}
        elif column == "won_amount_share":
            marker = {
                "size": DOT_PIXELS,
                "color": palette.background,
                "line": {"color": palette.ink, "width": 1.5},
            }
        else:
            colours = [lanes.colour(look, row) for row in rows]
            marker = markers(look, DOT_PIXELS, colours, [row == lanes.unrated for row in rows], 1.5)
        x = digits(max(shares[column][row], 0.0) for row in rows)
        yield {"x": x, "y": rows, "marker": marker | {"symbol": symbol}}
