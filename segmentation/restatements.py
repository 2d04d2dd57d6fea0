"""An upload held against what is stored: what only a person can decide about rows already known, and what then changes.

Nothing stored is taken away because a file does not name it; what earlier versions said of past orders and closed deals
is accepted or kept month by month; who changes tier only because of that is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from math import inf
from statistics import median
from types import MappingProxyType
from typing import Any

from segmentation.audits import audit, severity
from segmentation.departures import PREFIX, decided_customers, gone_questions
from segmentation.i18n import LANGUAGES, Language, Text
from segmentation.intake.uploads import Issue, Question, SameOrder, TableUpload, Upload
from segmentation.lists import tiers_that_hold
from segmentation.overrides import NOBODY, Held
from segmentation.schemes import Scheme
from segmentation.settings import Check
from segmentation.standing import Standing, stand
from segmentation.store import Difference, RestatedMonth, Store, TableDifference
from segmentation.store_difference import HISTORY

NO_ANSWERS: Mapping[str, str] = MappingProxyType({})
ALL_MONTHS = "restated:all"
# More months than this are one decision: nobody reads twenty questions.
MOST_MONTHS = 6
USUAL_MONTHS = 3
LEAST_USUAL = 10  # orders a month below which half as many is chance
_PROPOSED: Mapping[SameOrder, str] = MappingProxyType({"corrected": "same", "further": "apart"})
LATE_IN_MONTH = 25  # a file that ends before this day is of a month not over yet


@dataclass(frozen=True)
class Weighed:
    """An upload as it would be published. `offered` is the upload as it was read; `upload`, `difference` and
    `kept_months` follow the answers; `questions` are about stored rows, each with its proposed answer."""

    offered: Upload
    upload: Upload
    difference: Difference
    questions: tuple[Question, ...] = ()
    answers: Mapping[str, str] = field(default_factory=lambda: NO_ANSWERS)
    kept_months: frozenset[date] = frozenset()

    @property
    def stops(self) -> tuple[Issue, ...]:
        """Findings of checks that stop: so the upload is not published."""
        return tuple(issue for issue in self.upload.issues if issue.severity == "stop")


def weigh(store: Store, offered: Upload, answers: Mapping[str, str] = NO_ANSWERS) -> Weighed:
    """Hold an upload against the version served; questions without an answer take the proposed one."""
    difference, upload = store.compare(offered), offered
    questions = [*_doubt_questions(difference), *_period_questions(difference, offered)]
    questions += gone_questions(difference, store)
    taken = {question.id: answers.get(question.id, question.proposed) for question in questions}
    changed = tuple(_with_mode(part, difference, taken) for part in offered.tables)
    said = {key: answer for key, answer in answers.items() if key.startswith(PREFIX)} | taken
    decided = decided_customers(said, difference)
    if changed != offered.tables or decided:
        upload = replace(offered, tables=changed, aliases=(*offered.aliases, *decided))
        difference = store.compare(upload)
    thin, thin_issues = _thin_months(difference, offered.thresholds.fewer_orders)
    months = [*_month_questions(difference), *thin]
    taken |= {question.id: answers.get(question.id, question.proposed) for question in months}
    kept = frozenset(m.month for m in difference.restated if taken[_month_id(m, difference)] == "keep")
    if kept:
        difference = store.compare(upload, kept)
    upload = replace(upload, issues=(*audit(upload, difference), *thin_issues))
    return Weighed(offered, upload, difference, (*questions, *months), MappingProxyType(taken), kept)


def _doubt_questions(difference: Difference) -> list[Question]:
    """Stored order numbers that come with other lines: the same order corrected, or one that counts beside it?"""
    options = (("same", "ask.same_order.same"), ("apart", "ask.same_order.apart"))
    found = []
    for part in difference.tables:
        for doubt in part.doubts:
            facts = {"n": doubt.orders, "numbers": ", ".join(doubt.numbers)}
            question = f"{doubt.kind}:{part.table}"
            found.append(Question(question, f"ask.{doubt.kind}", facts, options, _PROPOSED[doubt.kind]))
    return found


def _period_questions(difference: Difference, upload: Upload) -> list[Question]:
    """Where a file covers a period again: do the stored rows it does not name stay?

    Rows with a number stay unless a person says otherwise; asked only where the file names most of the period. Rows
    without one: a file that repeats most of them, some word for word, stands for the period; another is a further
    list of it. A file that names every stored row, most of them word for word, leaves nothing to decide.
    """
    found = []
    for part in difference.tables:
        offered, again = upload.table(part.table), part.unchanged + part.changed
        is_the_list = not (part.removed or part.set_aside) and part.changed <= part.unchanged
        if (
            offered is not None
            and offered.mode == "replace"
            and part.removed + part.changed
            and not is_the_list
        ):
            proposed = "replace" if part.unchanged and again >= part.removed else "add"
            options = (("replace", "ask.period.replace"), ("add", "ask.period.add"))
            # Nothing gives way where every stored row is in the file, some of them changed.
            code = "ask.period" if part.removed else "ask.period.changed"
            facts: Mapping[str, Any] = {**_facts(part, part.removed or part.changed), "changed": part.changed}
            found.append(Question(f"period:{part.table}", code, facts, options, proposed))
        elif part.table == "orders" and part.covers and part.missing and again >= part.missing:
            options = (("keep", "ask.missing.keep"), ("replace", "ask.missing.replace"))
            found.append(
                Question(f"missing:{part.table}", "ask.missing", _facts(part, part.missing), options, "keep")
            )
    return found


def _facts(part: TableDifference, rows: int) -> Mapping[str, Any]:
    table = in_both(lambda language: language.say(f"table.{part.table}"))
    first, last = part.covers or (None, None)
    return MappingProxyType({"n": rows, "table": table, "first": first, "last": last})


def in_both(say: Any) -> Text:
    """What `say` makes of each language, as one fact of a sentence."""
    return Text(*(say(Language(code)) for code in LANGUAGES))


def _with_mode(part: TableUpload, difference: Difference, answers: Mapping[str, str]) -> TableUpload:
    """A table of the upload in the mode the answers give it."""
    told = {kind: answers.get(f"{kind}:{part.table}", usual) for kind, usual in _PROPOSED.items()}
    same = frozenset(kind for kind, answer in told.items() if answer == "same")
    if same != part.same_orders:
        part = replace(part, same_orders=same)
    if answers.get(f"period:{part.table}") == "add":
        return replace(part, mode="add", period=None)
    found = difference.table(part.table)
    if answers.get(f"missing:{part.table}") == "replace" and found is not None:
        return replace(part, mode="replace", period=found.covers)
    return part


def _month_questions(difference: Difference) -> list[Question]:
    """One question for each past month that is told otherwise; one for all where they are many."""
    told: dict[str, list[RestatedMonth]] = {}
    for month in difference.restated:
        told.setdefault(_month_id(month, difference), []).append(month)
    options = (("accept", "ask.restated.accept"), ("keep", "ask.restated.keep"))
    found = []
    for key, months in told.items():
        spoken = in_both(lambda language, months=months: _span(months, language))
        before, after = _amounts(months)
        facts: dict[str, Any] = {
            "n": sum(m.rows for m in months),
            "month": spoken,
            "before": before,
            "after": after,
        }
        facts |= {name: sum(getattr(m, name) for m in months) for name in ("added", "changed", "removed")}
        found.append(Question(key, "ask.restated", facts, options, "accept"))
    return found


def _thin_months(difference: Difference, check: Check) -> tuple[list[Question], list[Issue]]:
    """Months the upload adds to that have far fewer orders than usual before: asked whether the file is complete where
    the check warns, else told at its level."""
    covers = max((part.covers[1] for part in difference.tables if part.covers), default=date.min)
    asked, told = list[Question](), list[Issue]()
    for place, month in enumerate(difference.months):
        before = [earlier.orders_after for earlier in difference.months[max(0, place - USUAL_MONTHS) : place]]
        is_over = place + 1 < len(difference.months) or covers.day >= LATE_IN_MONTH
        if len(before) < USUAL_MONTHS or not is_over or month.orders_after <= month.orders_before:
            continue
        usual = median(before)
        if usual >= LEAST_USUAL and 1 - month.orders_after / usual > check.start:
            spoken = in_both(lambda language, month=month: language.month(month.month))
            less = round((1 - month.orders_after / usual) * 100)
            facts = {"month": spoken, "orders": month.orders_after, "share": less, "usual": usual}
            options = (("take", "ask.thin.take"),)
            if check.level == "warn":
                asked.append(Question(f"thin:{month.month:%Y-%m}", "ask.thin", facts, options, "take"))
            else:
                told.append(Issue("ask.thin", severity(check, inf), "orders", "ordered_on", 0, (), facts))
    return asked, told


def _month_id(month: RestatedMonth, difference: Difference) -> str:
    several = {each.month for each in difference.restated}
    return ALL_MONTHS if len(several) > MOST_MONTHS else f"restated:{month.month:%Y-%m}"


def _span(months: Sequence[RestatedMonth], language: Language) -> str:
    first, last = (language.month(pick(m.month for m in months)) for pick in (min, max))
    return first if first == last else f"{first} – {last}"


def _amounts(months: Sequence[RestatedMonth]) -> tuple[Decimal, Decimal]:
    return sum((m.amount_before for m in months), Decimal()), sum((m.amount_after for m in months), Decimal())


def say_kept_rows(difference: Difference, language: Language) -> list[str]:
    """What an upload does not name and leaves as it is (nothing in an empty store), numbers it uses again, and rows of
    earlier months that are no history to decide about."""
    words, has_rows = list[str](), difference.base is not None
    code = "up.kept.table" if sum(_covers(part) for part in difference.tables) > 1 else "up.kept"
    for part in difference.tables:
        if has_rows and part.covers and _covers(part):
            first, last = part.covers
            told = language.say(f"table.{part.table}")
            words.append(language.say(code, **{"from": first, "to": last, "table": told}))
        if has_rows and part.table == "customers" and part.missing:
            words.append(language.say("up.missing", n=part.missing))
        numbers = {"reused": part.reused, "repeated": part.repeated, "set_aside": part.set_aside}
        words += [language.say(f"up.{topic}", n=rows) for topic, rows in numbers.items() if rows]
        if part.rewritten and part.table not in HISTORY:
            words.append(language.say("up.late", n=part.rewritten, table=language.say(f"table.{part.table}")))
    return list(dict.fromkeys(words))


def _covers(part: TableDifference) -> bool:
    """Whether a table of the upload is told to cover a period."""
    return part.covers is not None and part.table in ("orders", "deals")


def restated_facts(difference: Difference, flipped: Sequence[str]) -> Mapping[str, Any]:
    """What the sentence `restated` needs: numbers changed, amounts before and after, customers who flip."""
    before, after = _amounts(difference.restated)
    rows = sum(month.rows for month in difference.restated)
    return MappingProxyType({"n": rows, "before": before, "after": after, "m": len(flipped)})


def restated_code(flipped: Sequence[str]) -> str:
    """Which sentence the facts are for: English counts customers apart from the numbers changed."""
    return {0: "restated.none", 1: "restated.one"}.get(len(flipped), "restated")


def flipped_customers(
    store: Store,
    weighed: Weighed,
    scheme: Scheme,
    hold: Callable[[Standing], Held] = lambda standing: NOBODY,
) -> list[str]:
    """Ids of customers whose tier on the new last day differs only because past months are told otherwise: the upload
    with all of them accepted against the upload with all of them kept, lines drawn by `scheme`. Nothing is stored.

    `hold`: who of a standing is set to a tier by hand; they flip nowhere.
    """
    months = frozenset(month.month for month in weighed.difference.restated)
    if not months:
        return []
    with store.rehearse(weighed.upload) as accepted, store.rehearse(weighed.upload, months) as kept:
        books = (accepted, kept)
        on = max(book.data_through_on or date.min for book in books)
        standings = [stand(book, scheme, on) for book in books]
    new, old = (tiers_that_hold(standing, scheme, hold(standing)) for standing in standings)
    both = new.index.intersection(old.index)
    return sorted(both[(new.loc[both] != old.loc[both]).to_numpy()])
