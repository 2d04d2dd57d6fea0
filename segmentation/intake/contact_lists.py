"""Contact lists, one row per person and seller: attached to the companies they name, persons never being customers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from segmentation.identities import Alias, meanings
from segmentation.intake.asked import Asked
from segmentation.intake.columns import identifier
from segmentation.intake.dates import DateRule, read_moment
from segmentation.intake.likenesses import MOST_QUESTIONS, known_names, name_like
from segmentation.intake.linking import customer_names
from segmentation.intake.mappings import SEPARATE
from segmentation.intake.money import read_number
from segmentation.intake.recognised import Sheet
from segmentation.intake.rows import Rows
from segmentation.intake.uploads import SHOWN_CELLS, Issue, Question, RowAccount

_DAY = re.compile(r"(?<!\d)(20\d{2})[-._年]?(\d{1,2})[-._月]?(\d{1,2})(?!\d)")
_LEAST_LETTERS, _LEAST_HAN = 4, 3


@dataclass(frozen=True)
class _Entry:
    """One row of a contact list; `company` and `remark` are "" where blank, `messages` None."""

    row: int
    person: str
    member: str
    company: str
    remark: str
    messages: int | None


def _entries(asked: Asked) -> list[_Entry]:
    columns, grid = asked.reading.contacts, asked.body.rows
    texts = {role: asked.cells(index) for role, index in columns.items()}

    def read(role: str, position: int) -> str:
        return (texts[role].at(position) or "").strip() if role in texts else ""

    found = []
    for position, row in enumerate(grid.rows):
        number = read_number(read("messages", position)).value
        person, member, company, remark = (
            read(r, position) for r in ("person", "member", "company", "remark")
        )
        messages = None if number is None else int(number)
        found.append(_Entry(int(row), person, member, company, remark, messages))
    return found


def _exported_on(asked: Asked) -> date | None:
    """The day of the export: in the name of file or sheet, else the last day the list speaks of."""
    reading = asked.reading
    for text in (reading.file, reading.sheet, reading.title):
        for year, month, day in _DAY.findall(text):
            try:
                return date(int(year), int(month), int(day))
            except ValueError:
                continue
    index = reading.contacts.get("last_contact", reading.contacts.get("added_at", -1))
    moments = [read_moment(text, DateRule()).at for text in asked.cells(index).used()] if index >= 0 else []
    return max((moment.date() for moment in moments if moment), default=None)


def _lists(sheets: Sequence[Sheet]) -> list[Asked]:
    return [sheet.asked() for sheet in sheets if sheet.reading.contacts]


def contact_questions(
    sheets: Sequence[Sheet], asked: Sequence[Asked], aliases: Sequence[Alias] = ()
) -> list[Question]:
    """For companies of contact lists that neither a customer sheet nor the list of who is who knows: is it this one?
    Proposed: keep apart."""
    known, names = known_names(asked)
    known |= {alias.written for alias in aliases if alias.who == "customer"}
    found = dict[str, Question]()
    for one in _lists(sheets):
        counts = dict[str, int]()
        for entry in _entries(one):
            text = entry.company or _remarked(entry.remark)
            if text and identifier(text) not in known and not _within(entry.remark, known):
                counts[text] = counts.get(text, 0) + 1
        for text, rows in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            like = name_like(identifier(text), names)
            if like is not None:
                facts = {"a": text, "b": like, "n": rows, "sheet": one.reading.sheet}
                options = ((SEPARATE, "answer.separate"), (like, like))
                key = f"{one.id('alias')}:{identifier(text)}"
                found[key] = Question(key, "ask.alias.rows", facts, options, SEPARATE)
    return list(found.values())[:MOST_QUESTIONS]


def _remarked(remark: str) -> str:
    """What stands before the person in a remark: `鸿特-张工138…` → `鸿特`."""
    head, dash, _ = remark.replace("—", "-").replace("_", "-").partition("-")
    return head.strip() if dash else ""


def _within(remark: str, names: set[str]) -> str:
    """The longest known name a remark holds."""
    text = identifier(remark) if remark else ""
    inside = [
        n for n in names if n and len(n) >= (_LEAST_LETTERS if n.isascii() else _LEAST_HAN) and n in text
    ]
    return max(inside, key=lambda name: (len(name), name), default="")


@dataclass(frozen=True)
class _Companies:
    """The customers of an upload as a contact list may call them; `meant`: those a person said are another one."""

    ids: set[str]
    names: Mapping[str, set[str]]
    answers: Mapping[str, str]
    meant: Mapping[str, str]

    def of(self, entry: _Entry, prefix: str) -> str:
        """The customer an entry belongs to; "" where it names none, or several."""
        for text in (entry.company, _remarked(entry.remark)):
            plain = identifier(text) if text else ""
            told = self.answers.get(prefix + plain) or self.meant.get(plain, "")
            found = self._known(identifier(told) if told not in {"", SEPARATE} else plain)
            if found:
                return found
        # Somebody else's company stands there: the remark may not overrule it.
        return "" if entry.company else self._known(_within(entry.remark, self.ids | set(self.names)))

    def _known(self, text: str) -> str:
        if text in self.ids:
            return text
        found = self.names.get(text, set()) if text else set()
        return next(iter(found)) if len(found) == 1 else ""


def attach_contacts(
    sheets: Sequence[Sheet],
    by_table: Mapping[str, Sequence[Rows]],
    answers: Mapping[str, str],
    aliases: Sequence[Alias] = (),
) -> tuple[dict[str, list[Rows]], list[RowAccount], list[Issue]]:
    """The tables with the people of each company among its customers' attributes, the account of every contact list,
    and what is told of it. Message counts are kept with the day of the export, never as contacts."""
    tables = {table: list(parts) for table, parts in by_table.items()}
    customers = tables.get("customers", [])
    ids = {key for rows in customers for key in rows.columns["customer_id"].data if key}
    companies = _Companies(ids, customer_names(customers), answers, meanings(aliases, "customer"))
    accounts, issues = list[RowAccount](), list[Issue]()
    for asked in _lists(sheets):
        entries, prefix = _entries(asked), f"alias:{asked.reading.signature}:"
        placed = [(entry, companies.of(entry, prefix)) for entry in entries]
        customers = _with_attributes(customers, _attributes(asked, placed))
        lost = [entry for entry, company in placed if not company]
        accounts.append(_account(asked, len(placed) - len(lost), len(lost)))
        issues += _told(asked, placed, lost, bool(ids))
    return tables | ({"customers": customers} if customers else {}), accounts, issues


def _attributes(asked: Asked, placed: Sequence[tuple[_Entry, str]]) -> dict[str, dict[str, str]]:
    """Customer → the persons known there with their sellers, and the messages with the day they were counted."""
    headers, columns, day = asked.reading.headers, asked.reading.contacts, _exported_on(asked)
    found = dict[str, dict[str, str]]()
    for company in dict.fromkeys(company for _, company in placed if company):
        mine = [entry for entry, owner in placed if owner == company]
        people = dict.fromkeys(f"{e.person or '?'} ({e.member})" for e in mine)
        texts = {headers[columns["person"]]: ", ".join(people)}
        counts = [entry.messages for entry in mine if entry.messages is not None]
        if counts:
            texts[headers[columns["messages"]]] = f"{sum(counts)} ({day.isoformat() if day else '?'})"
        found[company] = texts
    return found


def _with_attributes(customers: Sequence[Rows], found: Mapping[str, Mapping[str, str]]) -> list[Rows]:
    """Customers with these texts added; a column of their own of the same name stays as it is."""
    added = []
    for rows in customers:
        texts = rows.attributes.copy()
        for position in np.flatnonzero(np.isin(rows.columns["customer_id"].data.astype(str), list(found))):
            own = json.loads(texts[position] or "{}")
            told = found[rows.columns["customer_id"].data[position]]
            texts[position] = json.dumps(dict(told) | own, ensure_ascii=False)
        added.append(replace(rows, attributes=texts))
    return added


def _account(asked: Asked, attached: int, lost: int) -> RowAccount:
    body, reading = asked.body, asked.reading
    left_out = sum(len(positions) for positions in body.excluded.values()) + len(body.refused)
    read = len(body.read)
    return RowAccount(
        reading.file, reading.sheet, "customers", read, attached, 0, 0, 0, left_out + lost
    )  # fmt: skip


def _told(
    asked: Asked, placed: Sequence[tuple[_Entry, str]], lost: Sequence[_Entry], has_customers: bool
) -> list[Issue]:
    reading, n = asked.reading, len(placed)
    index = reading.contacts.get("company", reading.contacts["person"])
    rows = np.flatnonzero(np.isin(asked.body.rows.rows, [entry.row for entry in lost]))
    facts = {
        "sheet": reading.sheet, "n": n, "attached": n - len(lost), "lost": len(lost),
        "companies": len({company for _, company in placed if company}),
        "share": round(100 * len(lost) / n) if n else 0,
        "names": ", ".join(entry.company or entry.remark or entry.person for entry in lost[:SHOWN_CELLS]),
    }  # fmt: skip
    code = "i.contacts.alone" if not has_customers else "i.contacts.lost" if lost else "i.contacts"
    cells = asked.addresses(index, rows)
    issues = [
        Issue(code, "check" if lost else "noted", "customers", "", len(lost) if lost else 0, cells, facts)
    ]
    if "messages" in reading.contacts and any(entry.messages is not None for entry, _ in placed):
        header = reading.headers[reading.contacts["messages"]]
        day = _exported_on(asked)
        told = {"sheet": reading.sheet, "column": header, "date": day.isoformat() if day else "?"}
        issues.append(Issue("i.messages", "noted", "customers", "", 0, (), told))
    return issues
