"""Tiers set by hand on the page: whether they did better than the computed ones."""

from __future__ import annotations

from math import isnan

from segmentation.figures.conversion import VALUE_OUTCOMES
from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT
from segmentation.override_results import Against, Moved, OverrideResults
from segmentation.tuning import Base, Evaluation
from segmentation.ui.blocks import empty, grey, table, title, verdict
from segmentation.ui.outcome_data import overrides_once
from segmentation.ui.session import Session
from segmentation.verdicts import FEWEST


def show_overrides(session: Session, base: Base, evaluation: Evaluation) -> None:
    """Customers set up and down on the check date against those nobody touched."""
    look = session.look
    found = overrides_once(session, base, evaluation)
    unit = "" if found is None else look.say("byhand.unit", date=found.replayed_on)
    title(look.say("byhand.title"), unit, look.say("byhand.meaning"))
    if found is None:
        empty(look.say("byhand.undated" if evaluation.check.is_as_recorded else "byhand.unchecked"))
        return
    moved = {way: told for way, told in (("up", found.up), ("down", found.down)) if told is not None}
    if not moved:
        empty(" ".join([look.say("byhand.nobody", date=found.replayed_on), *tell_left_out(found, look)]))
        return
    is_money = evaluation.scheme.outcome in VALUE_OUTCOMES
    headers = [look.say(f"byhand.column.{name}") for name in ("group", "result", "computed", "given")]
    table(headers, [_row(way, told, is_money, look) for way, told in moved.items()])
    verdict([tell_moved(way, told, look) for way, told in moved.items()])
    grey(" ".join([look.say("byhand.caveat"), *tell_left_out(found, look)]))


def _row(way: str, told: Moved, is_money: bool, look: Look) -> list[str]:
    write = look.money if is_money else look.language.percent
    number = look.language.number
    count = number(told.n) if is_money else f"{number(int(told.k))}/{number(told.n)}"
    own = ABSENT if not told.n else write(told.rate)
    ends = ABSENT if isnan(told.low) else f"{write(told.low)}–{write(told.high)}"
    cells = [
        look.say(f"byhand.{way}", n=told.customers),
        look.say("out.cell", value=own, range=ends, count=count),
    ]
    return [*cells, *(_against(side, is_money, look) for side in (told.computed, told.given))]


def _against(side: Against, is_money: bool, look: Look) -> str:
    """The others' rate, and how far the group is from it with the range."""
    if isnan(side.difference):
        return ABSENT
    write = look.money if is_money else look.language.percent
    told = look.money if is_money else look.language.points
    ends = [told(end) for end in (side.low, side.high)]
    code = "byhand.against.money" if is_money else "byhand.against"
    sign = "+" if side.difference > 0 else ""
    return look.say(
        code, rate=write(side.rate), n=side.n, d=sign + told(side.difference), lo=ends[0], hi=ends[1]
    )


def tell_moved(way: str, told: Moved, look: Look) -> str:
    """The verdict on one direction: against the others of the computed tiers, then of the tiers given."""
    if told.computed.code == "too_few":
        return look.say(f"byhand.{way}.too_few", n=told.n, least=FEWEST)
    first = look.say(f"byhand.{way}.{told.computed.code}", n=told.customers)
    if told.given.code == "too_few":
        return first
    return f"{first} {look.say(f'byhand.{way}.given.{told.given.code}')}"


def tell_left_out(found: OverrideResults, look: Look) -> list[str]:
    """Who was set by hand and is not compared, and why."""
    counts = {"same": found.same_count, "unrated": found.unrated_count, "late": found.late_count}
    return [look.say(f"byhand.left.{name}", n=count) for name, count in counts.items() if count]
