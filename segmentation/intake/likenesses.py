"""Names that may mean the same customer: suggested, never merged unless a person says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from segmentation.identities import Alias
from segmentation.intake.asked import Asked
from segmentation.intake.columns import identifier
from segmentation.intake.mappings import SEPARATE
from segmentation.intake.money import read_number
from segmentation.intake.uploads import NOBODY, SHOWN_CELLS, Issue, Question, StoredCustomers

MOST_QUESTIONS = 20
MOST_NAMES = 20_000
_SALESFORCE_ID = 15


def known_names(asked: Sequence[Asked]) -> tuple[set[str], list[str]]:
    """All texts that name a customer of the customer sheets, and the customer names alone."""
    known, names = set[str](), list[str]()
    for one in asked:
        for part in one.reading.parts:
            if part.table != "customers":
                continue
            for column in ("customer_id", "name", "short_name"):
                if part.columns.get(column, -1) >= 0:
                    texts = [identifier(text) for text in one.cells(part.columns[column]).used()]
                    known.update(texts)
                    names += texts if column == "name" else []
    return known, sorted(set(names))


def name_like(unknown: str, names: Sequence[str]) -> str | None:
    """The shortest name that contains the unknown one, or the longest it contains."""
    if len(unknown) < (2 if not unknown.isascii() else 4):
        return None
    around = [name for name in names if unknown in name]
    if around:
        return min(around, key=lambda name: (len(name), name))
    inside = [name for name in names if len(name) >= 4 and name in unknown]
    return max(inside, key=lambda name: (len(name), name)) if inside else None


def alias_questions(
    asked: Sequence[Asked], aliases: Sequence[Alias] = (), stored: StoredCustomers = NOBODY
) -> list[Question]:
    """For customers of other sheets that no customer sheet, no stored customer and no list knows: is it this one?
    Proposed: keep apart."""
    known, names = known_names(asked)
    known |= {alias.written for alias in aliases if alias.who == "customer"}
    known |= {*stored.ids, *stored.names}
    names = sorted({*names, *stored.names})
    if not names or len(names) > MOST_NAMES:
        return []
    found: dict[str, tuple[int, Question]] = {}
    for one in asked:
        for part in one.reading.parts:
            index = part.columns.get("customer_id", -1)
            if part.table == "customers" or index < 0:
                continue
            counts = one.cells(index).counts()
            unknown = {t: n for t, n in counts.items() if not {identifier(t), t[:_SALESFORCE_ID]} & known}
            for text, rows in sorted(unknown.items(), key=lambda item: (-item[1], item[0]))[:MOST_QUESTIONS]:
                like = name_like(identifier(text), names)
                if like is not None:
                    key = f"{one.id('alias')}:{identifier(text)}"
                    money = _amount(one, index, part.columns.get("amount", -1), text)
                    facts = {"a": text, "b": like, "n": rows, "amount": money, "sheet": one.reading.sheet}
                    code = "ask.alias" if part.table == "orders" else "ask.alias.rows"
                    options = ((SEPARATE, "answer.separate"), (like, like))
                    found[key] = (rows, Question(key, code, facts, options, SEPARATE))
    ranked = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
    return [question for _, (_, question) in ranked[:MOST_QUESTIONS]]


def _amount(asked: Asked, key: int, amount: int, text: str) -> str:
    """What the rows of one name add up to, as written in the sheet."""
    if amount < 0:
        return ""
    keys, values = asked.cells(key), asked.cells(amount)
    code = keys.texts.index(text)
    numbers = [read_number(values.at(int(row)) or "").value for row in (keys.codes == code).nonzero()[0]]
    return f"{sum(number for number in numbers if number is not None):,}"


def _zeros_apart(asked: Sequence[Asked]) -> list[tuple[str, str]]:
    """Customer numbers that differ in leading zeros only, as Excel makes them: `00123` and `123`."""
    ids = set[str]()
    for one in asked:
        for part in one.reading.parts:
            if (index := part.columns.get("customer_id", -1)) >= 0:
                ids.update(identifier(text) for text in one.cells(index).used())
    padded = {text for text in ids if text.startswith("0") and text.isalnum()}
    return sorted((text, text.lstrip("0")) for text in padded if text.lstrip("0") in ids)


def alike(asked: Sequence[Asked]) -> Iterable[Issue]:
    """Customers whose numbers differ in zeros only or whose name begins with another's: nothing is merged."""
    if apart := _zeros_apart(asked):
        told = "; ".join(f"{a} / {b}" for a, b in apart[:SHOWN_CELLS])
        facts = {"n": len(apart), "ids": told}
        yield Issue("i.zeros", "decide", "customers", "customer_id", len(apart), (), facts)
    _, names = known_names(asked)
    pairs = [(a, b) for a, b in pairwise(names) if len(a) >= 4 and b.startswith(a)]
    if pairs:
        shown = "; ".join(f"{a} / {b}" for a, b in pairs[:SHOWN_CELLS])
        yield Issue(
            "i.alike", "check", "customers", "name", len(pairs), (), {"n": len(pairs), "names": shown}
        )
