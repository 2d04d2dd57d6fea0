"""The line that speaks in facts where rates cannot: shown when no two tiers can be judged."""

from __future__ import annotations

from segmentation.certainties import Certainties
from segmentation.figures.theme import Look
from segmentation.ui.caches import certainties_once
from segmentation.ui.tuning_blocks import Answer

MOST_CUSTOMERS = 1_000  # beyond it the reason is missing results, not a small company


def tell_thin(found: Answer) -> str:
    """ "" unless every pair of tiers has too few cases, no two tiers hold anybody, or there is no check date at all."""
    evaluation = found.evaluation
    is_thin = all(verdict.code == "too_few" for verdict in evaluation.verdicts)
    if not is_thin or evaluation.is_as_recorded or evaluation.population > MOST_CUSTOMERS:
        return ""
    session = found.session
    if evaluation.population == 1:
        return session.look.say("empty.one")
    known = certainties_once(session.book, session.store_key, found.prepared)
    nobody_rated = not evaluation.tiers["customers"].iloc[:-1].any()
    return tell_certainties(known, session.look, "empty.facts" if nobody_rated else "empty.small")


def tell_certainties(known: Certainties, look: Look, code: str = "empty.small") -> str:
    """One sentence of facts; "" where nothing at all is known."""
    told = []
    if known.leading is not None:
        told.append(look.say("fact.leading", n=known.leading))
    elif known.refunded:
        told.append(look.say("fact.refunded", n=known.refunded))
    if known.late:
        told.append(look.say("fact.late", n=known.late, whole=known.regular))
    elif known.regular:
        told.append(look.say("fact.late.none", n=known.regular))
    if known.untouched is not None:
        told.append(
            look.say("fact.untouched" if known.untouched else "fact.untouched.none", n=known.untouched)
        )
    return look.say(code, n=known.customers, facts=look.say("fact.separator").join(told)) if told else ""
