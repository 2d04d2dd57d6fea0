"""What is said about where effort goes: the tiers furthest from their sales, the budget, and whether it is certain."""

from __future__ import annotations

from math import isnan

from segmentation.allocation.current import OTHER
from segmentation.tally import Tally
from segmentation.ui.sentences import Sentences

WORTH_SAYING_SHARE = 0.05  # smaller gaps between hours and sales are no finding


def tell_gaps(told: Sentences) -> list[str]:
    """The tier with the least hours for its sales, then the one with the most; the first with its sensitivity."""
    gaps = {
        name: told.value(name, "revenue_share") - told.value(name, "hours_now_share")
        for name in told.evaluation.names
    }
    known = [name for name in gaps if not isnan(gaps[name])]
    if not known:
        hours = told.tiers.total("hours_now")
        if isnan(hours):
            return []  # that nothing is recorded stands in place of the chart
        return [told.say("alloc.unsold" if hours > 0 else "alloc.none")]
    ends = (max(known, key=gaps.__getitem__), min(known, key=gaps.__getitem__))
    names = [name for name in dict.fromkeys(ends) if abs(gaps[name]) >= WORTH_SAYING_SHARE]
    if not names:
        return [told.say("alloc.even")]
    sentences = [
        told.say(
            "alloc.gap",
            tier=told.tier(name),
            now=told.percent(name, "hours_now_share"),
            value=told.percent(name, "revenue_share"),
        )
        for name in names
    ]
    return [*sentences, told.hours_range(names[0])]


def tell_budget(told: Sentences, budget: Tally) -> str:
    """Budget a month and the share of the first tier; what names no tier is said, what is missing too."""
    total = budget.total("amount")
    if isnan(total):
        return told.say("empty.spend")
    name = told.evaluation.names[0]
    share = budget.at(name, "share")
    money = told.look.money(total)
    if isnan(share):
        return told.say("alloc.budget.unnamed", total=money)
    facts = {"tier": told.tier(name), "share": told.language.percent(share)}
    sentence = told.say("alloc.budget", total=money, **facts)
    other = budget.at(OTHER, "amount")
    if not other:
        return sentence
    return f"{sentence} {told.say('alloc.budget.other', amount=told.look.money(other))}"
