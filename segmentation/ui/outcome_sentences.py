"""The page's first sentence: what the chosen outcome came to, tier by tier, or over all where others are compared."""

from __future__ import annotations

from segmentation.figures.conversion import is_thin, outcome_label, rate_text
from segmentation.figures.theme import Look
from segmentation.groupings import By
from segmentation.tuning import ALL, Evaluation
from segmentation.ui.verdict_lines import name_tier


def tell_finding(evaluation: Evaluation, look: Look, by: By = "tier") -> str:
    """Each tier with its rate; how few results there are where that is all one can say. Shown by anything else than
    tiers it is the rate of all customers."""
    rates = evaluation.rates
    firm = [name for name in evaluation.names if not is_thin(rates.at(name, "n"))]
    if not firm:
        return look.say("out.head.few")

    def written(name: str) -> str:
        return rate_text(rates.at(name, "rate"), evaluation, look)

    if by == "tier":
        told = look.say("list.comma").join(
            f"{name_tier(name, look.language)} {written(name)}" for name in firm
        )
    else:
        told = look.say("out.head.all", rate=written(ALL))
    facts = {"outcome": outcome_label(evaluation, look), "rates": told}
    if evaluation.check.is_as_recorded:
        return look.say("out.head.recorded", **facts)
    return look.say("out.head", **facts, n=evaluation.scheme.outcome_days)


def tell_unchecked(evaluation: Evaluation, look: Look) -> str:
    """Why nothing can be said to have followed."""
    check = evaluation.check
    if check.is_as_recorded:
        return look.say("out.recorded")
    if check.is_undated:
        return look.say("empty.outcome.undated")
    return look.say("empty.outcome", have=max(check.have_days, 0), need=check.need_days)
