"""Cells that mean more than they say: several ids in one, sellers with a remark, test accounts, several follow-ups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from segmentation.identities import LEFT_WORDS
from segmentation.intake.asked import Asked
from segmentation.intake.dates import DateRule, read_moment
from segmentation.intake.grids import encode
from segmentation.intake.uploads import SHOWN_CELLS, YES_NO, Question, TablePart
from segmentation.intake.vocabularies import meaning_within

_ID = r"[A-Za-z0-9_-]{3,}"
# Also read by the fast path's statement: patterns both engines know.
SEVERAL_IDS = rf"{_ID}(?:\s*[;；、|,，]\s*{_ID})+"
REMARK = (
    rf"(?i)[(（\[]\s*(?:{LEFT_WORDS}"
    r"|[^@()（）\[\]\s]+@[^@()（）\[\]\s]+)\s*[)）\]]\s*$"
)
_SEVERAL_IDS = re.compile(SEVERAL_IDS)
_REMARK = re.compile(REMARK)
_TEST = re.compile(
    r"\bzz+[_ -]|do not use|\bdummy\b|\btest (?:account|customer|company)\b|^test[ _-]?\d*$"
    r"|^测试(?:账号|帐号|账户|客户|公司|数据|用户)?[ _-]?\d*$|[(（\[]测试[)）\]]|勿用"
)
_TERM = re.compile(r"[0-9]{1,4}")
_DATED = re.compile(r"(?<![\d.])(\d{1,2}(?:[./]\d{1,2}|月\d{1,2}[日号]?))(?![\d.])")
PEOPLE = {"rep", "owner"}


def several_ids(asked: Asked) -> Iterable[Question]:
    """A customer column whose cells hold several ids: the first is the main one, the others are left."""
    for part, index in _customer_columns(asked):
        cells = [text for text in asked.cells(index).used() if _SEVERAL_IDS.fullmatch(text)]
        if cells and part.table != "customers":
            options = (("first", "answer.ids.first"), ("whole", "answer.ids.whole"))
            facts = asked.facts(index, n=len(cells), value=cells[0])
            yield Question(asked.id("ids", index), "ask.ids", facts, options, "first")


def remarked_sellers(asked: Asked) -> Iterable[Question]:
    """`刘洋(离职)` and `Jane Doe (inactive)`: the same person as without the remark."""
    names = {
        text
        for part in asked.reading.parts
        for column, index in part.columns.items()
        if column in PEOPLE and index >= 0
        for text in asked.cells(index).used()
        if _REMARK.search(text)
    }
    if names:
        facts = {
            "sheet": asked.reading.sheet,
            "n": len(names),
            "names": ", ".join(sorted(names)[:SHOWN_CELLS]),
        }
        yield Question(asked.id("rep"), "ask.rep", facts, YES_NO, "yes")


def without_remark(seller: str) -> str:
    """A seller's name without what is said of him or her behind it."""
    return _REMARK.sub("", seller).strip()


def test_accounts(asked: Asked) -> Iterable[Question]:
    """Customers that are tests by their name, one question each; proposed: left out."""
    for _, index in _name_columns(asked):
        for text in asked.cells(index).used():
            if _TEST.search(text.lower()):
                options = (("leave_out", "answer.leave_out"), ("keep", "answer.keep"))
                yield Question(f"{asked.id('test')}:{text}", "ask.test", {"name": text}, options, "leave_out")


def several_touches(asked: Asked) -> Iterable[Question]:
    """Cells with two dated follow-ups and more: one follow-up per date? Offered, never taken for granted."""
    for index in _contents(asked):
        cells = [text for text in asked.cells(index).used() if len(_DATED.findall(text)) > 1]
        if cells:
            facts = asked.facts(index, n=len(cells), value=cells[0])
            yield Question(asked.id("several"), "ask.several", facts, YES_NO, "no")


def long_terms(asked: Asked) -> Iterable[Question]:
    """Contracts of several years in one amount: the whole amount, or what it is a year?"""
    for part in asked.reading.parts:
        index = part.columns.get("term_months", -1)
        if part.table != "deals" or index < 0 or part.columns.get("amount", -1) < 0:
            continue
        years = {t: n for t, n in asked.cells(index).counts().items() if _TERM.fullmatch(t) and int(t) > 12}
        if years:
            options = (("whole", "answer.term.whole"), ("year", "answer.term.year"))
            facts = asked.facts(index, n=sum(years.values()), months=max(years, key=int))
            yield Question(asked.id("term"), "ask.term", facts, options, "whole")


def questions_of_cells(asked: Asked) -> list[Question]:
    """All of these questions about one sheet."""
    return [
        *several_ids(asked), *remarked_sellers(asked), *test_accounts(asked), *several_touches(asked),
        *long_terms(asked),
    ]  # fmt: skip


def _customer_columns(asked: Asked) -> list[tuple[TablePart, int]]:
    return [(part, i) for part in asked.reading.parts if (i := part.columns.get("customer_id", -1)) >= 0]


def _name_columns(asked: Asked) -> list[tuple[TablePart, int]]:
    found = [
        (part, part.columns.get("name", -1)) for part in asked.reading.parts if part.table == "customers"
    ]
    return [(part, index) for part, index in found if index >= 0]


def _contents(asked: Asked) -> list[int]:
    """The column of what was talked about, in a list of follow-ups that have no number of their own."""
    parts = [
        part for part in asked.reading.parts if part.table == "touches" and "touch_id" not in part.columns
    ]
    return [
        i for part in parts if part.columns.get("at", -1) >= 0 and (i := part.columns.get("content", -1)) >= 0
    ]


def answered(asked: Asked, answers: Mapping[str, str]) -> Asked:
    """The sheet with its cells as the answers read them."""
    grid = asked.body.rows
    columns = list(grid.columns)
    for _, index in _customer_columns(asked):
        if answers.get(asked.id("ids", index)) == "first":
            texts = [
                re.split(r"[;；、|,，]", t)[0].strip() if _SEVERAL_IDS.fullmatch(t) else t
                for t in columns[index].texts
            ]
            columns[index] = replace(columns[index], texts=tuple(texts))
    body = replace(asked.body, rows=replace(grid, columns=tuple(columns)))
    found = _without_tests(replace(asked, body=body), answers)
    return _one_row_each_date(found) if answers.get(asked.id("several")) == "yes" else found


def _without_tests(asked: Asked, answers: Mapping[str, str]) -> Asked:
    grid, gone = asked.body.rows, np.zeros(len(asked.body.rows), dtype=bool)
    for _, index in _name_columns(asked):
        cells = grid.columns[index]
        out = [answers.get(f"{asked.id('test')}:{text}") == "leave_out" for text in cells.texts]
        gone |= np.array([*out, False], dtype=bool)[cells.codes]
    if not gone.any():
        return asked
    places = np.flatnonzero(np.isin(asked.body.read.rows, grid.rows[gone]))
    excluded = dict(asked.body.excluded) | {"test": places}
    return replace(asked, body=replace(asked.body, rows=grid.take(~gone), excluded=excluded))


def _in_the_year_of(row_date: str, day: str) -> str:
    """`12.8` beside 2026-11-10 → `2025-12-8`: what is told of a later month happened a year before."""
    moment = read_moment(row_date, DateRule()).at
    month, number = (int(part) for part in re.findall(r"\d+", day))
    return day if moment is None else f"{moment.year - (month > moment.month)}-{month}-{number}"


def _one_row_each_date(asked: Asked) -> Asked:
    """Every dated follow-up of a cell as a row of its own, after the others; rows read grow by as many."""
    (content,) = _contents(asked)
    part = next(part for part in asked.reading.parts if part.table == "touches")
    at, kind = part.columns["at"], part.columns.get("kind", -1)
    grid, more, first = asked.body.rows, list[tuple[int, str, str]](), dict[int, str]()
    texts = {index: list(grid.columns[index].values()) for index in {at, kind, content} - {-1}}
    for row, text in enumerate(list(texts[content])):
        dates = list(_DATED.finditer(text or ""))
        if len(dates) < 2:
            continue
        ends = [*(date.start() for date in dates[1:]), len(text)]
        written = texts[at][row] or ""
        pieces = [
            (_in_the_year_of(written, d[1]), text[d.end() : end].strip())
            for d, end in zip(dates, ends, strict=True)
        ]
        texts[at][row], texts[content][row] = pieces[0][0], text[: ends[0]].strip()
        more += [(row, day, said) for day, said in pieces[1:]]
        first[row] = pieces[0][1]
    places = np.array([row for row, _, _ in more], dtype=np.int64)
    usual = list(texts.get(kind, ()))
    for row, said in first.items():
        if kind >= 0 and meaning_within("touch_kind", said):
            texts[kind][row] = said
    for row, day, said in more:
        texts[at].append(day)
        texts[content].append(said)
        if kind >= 0:
            texts[kind].append(said if meaning_within("touch_kind", said) else usual[row])
    wide = grid.take(np.concatenate([np.arange(len(grid)), places]))
    columns = [encode(texts[i]) if i in texts else cells for i, cells in enumerate(wide.columns)]
    read = asked.body.read
    again = np.flatnonzero(np.isin(read.rows, grid.rows[places]))
    counted = np.repeat(again, [int((grid.rows[places] == read.rows[p]).sum()) for p in again])
    longer = read.take(np.concatenate([np.arange(len(read)), counted]))
    return replace(asked, body=replace(asked.body, read=longer, rows=replace(wide, columns=tuple(columns))))
