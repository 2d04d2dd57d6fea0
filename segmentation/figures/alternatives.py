"""What a chart says, in words, for those who do not see it."""

from __future__ import annotations

from math import isnan, nan

from segmentation.figures.conversion import outcome_label, rate_text
from segmentation.figures.distribution import MEASURES
from segmentation.figures.resources import rule_text
from segmentation.figures.sweep import position_text, value_text
from segmentation.figures.theme import Look
from segmentation.schemes import Outcome
from segmentation.sweep import Sweep
from segmentation.tally import Tally
from segmentation.tuning import ALL, Evaluation

SHARE_COLUMNS = tuple(f"{measure}_share" for measure in MEASURES)
SHARES = ("hours_now_share", "revenue_share", "won_amount_share", "hours_rule_share")


def row_name(row: str, look: Look) -> str:
    """A lane as it is read aloud."""
    return look.say("fig.all") if row == ALL else look.language.tier(row)


def describe_distribution(evaluation: Evaluation, look: Look) -> str:
    lanes = [
        look.say(
            "alt.distribution.row",
            tier=row_name(row, look),
            n=int(evaluation.tiers.at(row, "customers")),
            **{
                name: look.language.percent(share)
                for name, share in zip(MEASURES, evaluation.tiers.row(row, *SHARE_COLUMNS), strict=True)
            },
        )
        for row in evaluation.rows
    ]
    return look.say("alt.distribution", rows=look.say("alt.separator").join(lanes))


def describe_conversion(evaluation: Evaluation, look: Look) -> str:
    lanes = []
    for row in (*evaluation.rows, ALL):
        k, n, rate, low, high = evaluation.rates.row(row, "k", "n", "rate", "low", "high")
        if not n > 0:
            lanes.append(look.say("alt.conversion.none", tier=row_name(row, look)))
            continue
        shown = [rate_text(value, evaluation, look) for value in (rate, low, high)]
        facts = {
            "tier": row_name(row, look),
            "rate": shown[0],
            "low": shown[1],
            "high": shown[2],
        }
        if not isnan(k):
            lanes.append(look.say("alt.conversion.row", k=int(k), of=int(n), **facts))
        else:
            code = "alt.conversion.value.one" if isnan(low) else "alt.conversion.value"
            lanes.append(look.say(code, n=int(n), **facts))
    joined = look.say("alt.separator").join(lanes)
    return look.say("alt.conversion", outcome=outcome_label(evaluation, look), rows=joined)


def describe_effort(evaluation: Evaluation, look: Look) -> str:
    number = look.language.number
    lanes = [
        look.say(
            "alt.effort.row",
            tier=row_name(row, look),
            now=number(evaluation.tiers.at(row, "hours_now"), 0),
            needed=number(evaluation.tiers.at(row, "hours_needed"), 0),
        )
        for row in evaluation.rows
    ]
    available = number(evaluation.capacity.available_hours, 0)
    return look.say("alt.effort", rows=look.say("alt.separator").join(lanes), available=available)


def describe_resources(evaluation: Evaluation, budget: Tally, look: Look) -> str:
    percent = look.language.percent
    lanes = []
    for row in evaluation.rows:
        hours, revenue, won, rule = (percent(share) for share in evaluation.tiers.row(row, *SHARES))
        spent = percent(budget.at(row, "share") if row in evaluation.names else nan)
        facts = {"hours": hours, "revenue": revenue, "won": won, "share": rule, "budget": spent}
        lanes.append(look.say("alt.resources.row", tier=row_name(row, look), **facts))
    rows = look.say("alt.separator").join(lanes)
    return look.say("alt.resources", rule=rule_text(len(evaluation.names)), rows=rows)


def describe_histogram(evaluation: Evaluation, look: Look) -> str:
    lines = [look.language.number(cut, 1) for cut in evaluation.cuts]
    return look.say("alt.histogram", cuts=look.say("alt.separator").join(lines))


def describe_sweep(sweep: Sweep, outcome: Outcome, look: Look) -> str:
    """The line as it stands, and between which positions the curves run."""
    positions = sweep.points.floats("position") or [sweep.now["position"]]
    ends = min(positions), max(positions)
    first, last, stands = (position_text(sweep.kind, end, look) for end in (*ends, sweep.now["position"]))
    told = {
        name: value_text(name, sweep.now[name], outcome, look)
        for name in ("revenue_share", "hours_needed", "rate")
    }
    return look.say(
        "alt.sweep",
        tier=look.language.tier(sweep.tier),
        first=first,
        last=last,
        position=stands,
        n=int(sweep.now["customers"]),
        revenue_share=told["revenue_share"],
        hours=told["hours_needed"],
        rate=told["rate"],
    )
