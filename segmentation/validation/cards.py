"""When to use a method, when not, what data it takes; and whether the data at hand are enough for it.

A method may bring its own words: a class attribute `card`, three `Text`s (use when, not when, data needed). Those of
the first three stand in the catalogues as `board.card.<method>.<part>`; a method with neither has its help alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from segmentation.i18n import Language, Text
from segmentation.methods.registry import methods
from segmentation.validation.board import Line, Scoreboard
from segmentation.validation.telling import tell_refusal

Part = Literal["when", "not", "needs"]
PARTS: tuple[Part, ...] = ("when", "not", "needs")
Enough = Literal["enough", "few", "short", "no"]


@dataclass(frozen=True)
class Card:
    """`texts`: by part, in one language; empty where the method brings none."""

    texts: Mapping[Part, str]
    help: str


@dataclass(frozen=True)
class Sufficiency:
    """Whether the data are enough: `enough` judged on dates, `few` results, `short` history or undated (rated now, not
    judged), `no` it cannot run. `facts` fill the message `board.enough.<code>`."""

    code: Enough
    facts: Mapping[str, Any]


def card_of(method: str, language: Language) -> Card:
    """The card of a method of the registry."""
    made = methods()[method]
    own: tuple[Text, ...] = getattr(made, "card", ())
    if own:
        told = dict(zip(PARTS, (text.in_(language.code) for text in own), strict=True))
    else:
        codes = {part: f"board.card.{method}.{part}" for part in PARTS}
        told = {part: said for part, code in codes.items() if (said := language.say(code)) != code}
    return Card(told, made.help.in_(language.code))


def weigh_data(board: Scoreboard, line: Line, rated_count: int, customer_count: int) -> Sufficiency:
    """What the scoreboard and the list date say: `rated_count` of `customer_count` customers can be rated now."""
    counts = {"rated": rated_count, "all": customer_count}
    told = line.measures
    if told is not None:
        won, lost = told.carrier_counts
        facts = counts | {"n": len(told.dates), "won": won, "lost": lost}
        return Sufficiency("enough" if told.has_enough else "few", facts)
    is_short = line.reason is not None and line.reason.code == "board.cannot.short"
    if line.verdict == "not_point_in_time" or is_short:
        judging = board.judging
        need = line.reason.facts.get("need", 0) if is_short and line.reason is not None else 0
        return Sufficiency("short", counts | {"have": judging.have_days, "need": need})
    return Sufficiency("no", counts | {"reason": line.reason})


def tell_sufficiency(told: Sufficiency, language: Language) -> str:
    """The verdict on the data in one sentence."""
    if told.code == "no":
        return language.say("board.enough.no", why=tell_refusal(told.facts["reason"], language))
    if told.code == "short" and not told.facts["need"]:
        return language.say("board.enough.undated", **told.facts)
    return language.say(f"board.enough.{told.code}", **told.facts)
