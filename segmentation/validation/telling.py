"""What a scoreboard says, in words: one plain verdict per line, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from segmentation.i18n import Language
from segmentation.methods.registry import methods
from segmentation.validation.board import Line, Scoreboard
from segmentation.validation.contenders import BASELINE, Contender
from segmentation.validation.discrimination import Estimate
from segmentation.validation.measures import FEWEST_CASES
from segmentation.validation.past import Refusal

Escape = Callable[[object], str]


def name_of(contender: Contender, language: Language, escape: Escape = str) -> str:
    """A method in the reader's language, a scheme by its name and revision, the simple sort in words."""
    if contender.key == BASELINE:
        return language.say("board.simple")
    if contender.kind == "method":
        known = methods().get(contender.name)
        return contender.name if known is None else known.text.in_(language.code)
    name, revision = escape(contender.scheme.name), contender.scheme.revision
    return language.say("board.scheme", name=name, revision=revision)


def tell_line(line: Line, language: Language, escape: Escape = str) -> str:
    """The verdict of one line."""
    name, told = name_of(line.contender, language, escape), line.measures
    if line.verdict == "cannot_run":
        return language.say("board.cannot", name=name, why=tell_refusal(line.reason, language, escape))
    if line.verdict == "not_point_in_time":
        code = "board.recorded" if line.contender.is_point_in_time else "board.undated"
        return language.say(code, name=name)
    if told is None:
        return ""
    if line.verdict == "too_few":
        won, lost = told.carrier_counts
        return language.say("board.few", name=name, won=won, lost=lost, least=FEWEST_CASES)
    facts = {"name": name, "auc": percent(told.auc.value, language), "base": percent(told.base_auc, language)}
    if line.verdict == "baseline":
        code = "board.base" if line.beats_luck else "board.base.luck"
        return language.say(code, **facts, range=tell_percents(told.auc, language))
    facts |= {"d": points(abs(told.skill.value), language), "range": tell_points(told.skill, language)}
    verdict = language.say(f"board.verdict.{line.verdict}", **facts)
    return verdict if line.beats_luck else language.say("board.luck", verdict=verdict)


def tell_refusal(reason: Refusal | None, language: Language, escape: Escape = str) -> str:
    """Why there are no scores, its facts as letters."""
    if reason is None:
        return ""
    facts: Mapping[str, Any] = {
        name: escape(fact) if isinstance(fact, str) else fact for name, fact in reason.facts.items()
    }
    return language.say(reason.code, **facts).removesuffix(".").removesuffix("。")


def tell_board(board: Scoreboard, language: Language, escape: Escape = str) -> str:
    """The finding of a scoreboard in one sentence."""
    if board.baseline is None:
        return language.say("board.head.none")
    names = [name_of(line.contender, language, escape) for line in board.winners]
    if names:
        return language.say("board.head.beats", names=language.say("board.and").join(names), n=len(names))
    if not any(line.is_ranked for line in board.lines):
        return language.say("board.head.few")
    return language.say("board.head.nobody")


def tell_short(line: Line, language: Language) -> str:
    """The verdict in a word or two, for a column."""
    return language.say(f"board.short.{line.verdict}")


def percent(share: float, language: Language) -> str:
    """A share with one decimal: ways differ by little."""
    return language.percent(share, 1)


def points(difference: float, language: Language) -> str:
    """A difference of two shares in percentage points with one decimal."""
    return language.number(round(100 * difference, 1), 1)


def tell_percents(told: Estimate, language: Language) -> str:
    """The likely range of a share."""
    return f"{percent(told.low, language)}–{percent(told.high, language)}"


def tell_points(told: Estimate, language: Language) -> str:
    """The likely range of a difference, as sentences have it."""
    return language.say("board.range", lo=points(told.low, language), hi=points(told.high, language))
