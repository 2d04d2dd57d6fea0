"""Why the data suggest this method, window and outcome: in the help of each control, and in one line while it holds."""

from __future__ import annotations

from typing import Any

from segmentation.i18n import Language, Text
from segmentation.proposals import Proposal, Reason
from segmentation.schemes import Scheme
from segmentation.standing import Standing
from segmentation.ui.escape import plain

MOST_CHARACTERS = 120


def tell_reasons(proposal: Proposal, language: Language) -> dict[str, str]:
    """Decision ("method", "window_days", "outcome", "outcome_days") → what was proposed and why."""
    reasons = {
        "method": proposal.method,
        "window_days": proposal.window,
        "outcome": proposal.outcome,
        "outcome_days": proposal.outcome_days,
    }
    return {
        name: language.say("tune.proposed", reason=_say(reason, language)) for name, reason in reasons.items()
    }


def tell_holding(proposal: Proposal, draft: Scheme, language: Language) -> str:
    """The reasons of method and window, as far as the scheme on the screen still follows them."""
    wanted = proposal.scheme
    if draft.method != wanted.method:
        return ""
    told = [proposal.method]
    if draft.method_params.get("window_days") == wanted.method_params.get("window_days"):
        told.append(proposal.window)
    return " ".join(_say(reason, language) for reason in told)


def tell_scored(standing: Standing, language: Language) -> str:
    """What the method says about thin data, "" where it has nothing to say."""
    if standing.scored.verdict is None:
        return ""
    code, facts = standing.scored.verdict
    return language.say(code, **_literal(facts))


def _say(reason: Reason, language: Language) -> str:
    return language.say(reason.code, **_literal(reason.facts))


def _literal(facts: Any) -> dict[str, Any]:
    """Facts with any text from files as letters."""
    return {name: _letters(fact) for name, fact in facts.items()}


def _letters(fact: Any) -> Any:
    if isinstance(fact, Text):  # one's own rules are called alike in both languages
        return Text(plain(fact.en, MOST_CHARACTERS), plain(fact.zh, MOST_CHARACTERS))
    return plain(fact, MOST_CHARACTERS) if isinstance(fact, str) else fact
