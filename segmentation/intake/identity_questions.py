"""Who is who, where the numbers leave it open: rows with one number that differ, numbers that lost their zeros."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from segmentation.intake.asked import Asked
from segmentation.intake.columns import BLANK_IDS, identifier
from segmentation.intake.duplicates import NEWEST
from segmentation.intake.uploads import SHOWN_CELLS, YES_NO, Issue, Question, TablePart

_KEYS = {
    "customers": ("customer_id",),
    "deals": ("deal_id",),
    "touches": ("touch_id",),
    "orders": ("order_id", "line"),
}
_MOSTLY = 0.5
_NEARLY_ALL = 0.8
_FEWEST_IDS = 10


def conflict_questions(asked: Sequence[Asked]) -> list[Question]:
    """Per table one question where a number stands for rows that differ: which row counts?"""
    found = []
    for table, key in _KEYS.items():
        members = [
            (one, one.reading.parts[0])
            for one in asked
            if one.reading.parts and one.reading.parts[0].table == table
            and all(one.reading.parts[0].columns.get(name, -1) >= 0 for name in key)
        ]  # fmt: skip
        contents = [_contents(one, part, key) for one, part in members]
        if table == "orders":  # another sheet's order of that number is no conflict: see `find_duplicates`
            contents = [rows.assign(key=f"{n}|" + rows["key"]) for n, rows in enumerate(contents)]
        rows = pd.concat(contents) if members else pd.DataFrame()
        if rows.empty:
            continue
        said = rows.drop(columns="key").fillna("")
        distinct = pd.util.hash_pandas_object(said, index=False).groupby(rows["key"].to_numpy()).nunique()
        ids = sorted(distinct.index[distinct > 1])
        if ids:
            first, part = members[0]
            dated = {name for _, one in members for name in one.columns} & set(NEWEST.get(table, ()))
            options = (
                ("last", "answer.last_row"), ("first", "answer.first_row"),
                *([("newest", "answer.newest")] if dated else []), ("block", "answer.block"),
            )  # fmt: skip
            told = [name.split("|", 1)[1] for name in ids] if table == "orders" else ids
            facts = first.facts(part.columns[key[0]], n=len(ids), ids=", ".join(told[:SHOWN_CELLS]))
            found.append(Question(first.id("conflict"), "ask.conflict", facts, options, "last"))
    return found


def _contents(asked: Asked, part: TablePart, key: tuple[str, ...]) -> pd.DataFrame:
    """Key and texts of the rows whose key comes again in this sheet; blank keys aside."""
    texts = [asked.cells(part.columns[name]).values() for name in key]
    keys = np.array(
        ["|".join(identifier(text or "") for text in row) for row in zip(*texts, strict=True)], dtype=object
    )
    again = pd.Series(keys, dtype=object).duplicated(keep=False).to_numpy() & ~np.isin(keys, list(BLANK_IDS))
    found = {
        name: [identifier(text or "") for text in asked.cells(index).take(again).values()]
        for name, index in part.columns.items()
        if index >= 0 and name not in key
    }
    return pd.DataFrame(found | {"key": list(keys[again])}, dtype=object)


def zero_questions(asked: Sequence[Asked]) -> Iterable[Question]:
    """Number cells that are the numbers of another sheet without their leading zeros: the same customers?"""
    known = {text for _, text in _ids(asked, "customers") if text.startswith("0")}
    bare = {text.lstrip("0"): text for text in sorted(known, reverse=True)}
    every = {text for _, text in _ids(asked, "customers")}
    for one in asked:
        for part in one.reading.parts:
            index = part.columns.get("customer_id", -1)
            if index < 0 or part.table == "customers" or not _is_of_numbers(one, index):
                continue
            unknown = [text for text in one.cells(index).used() if text not in every]
            lost = [text for text in unknown if text in bare]
            if lost and len(lost) >= _MOSTLY * len(unknown):
                told = "; ".join(f"{text} / {bare[text]}" for text in lost[:SHOWN_CELLS])
                facts = one.facts(index, n=len(lost), ids=told)
                yield Question(one.id("zeros", index), "ask.zeros", facts, YES_NO, "yes")


def _ids(asked: Sequence[Asked], table: str) -> Iterable[tuple[Asked, str]]:
    for one in asked:
        for part in one.reading.parts:
            if part.table == table and (index := part.columns.get("customer_id", -1)) >= 0:
                yield from ((one, identifier(text)) for text in one.cells(index).used())


def _is_of_numbers(asked: Asked, index: int) -> bool:
    """Every filled cell of the column is a number cell of a workbook."""
    return not asked.is_text and not asked.written(index)


def short_ids(asked: Sequence[Asked]) -> Iterable[Issue]:
    """Number cells shorter than nearly all others of their column: leading zeros may have been lost in Excel.

    Running numbers (1 … 1500) have several lengths by nature and are left alone.
    """
    for one in asked:
        for part in one.reading.parts:
            index = part.columns.get("customer_id", -1)
            if index < 0 or part.table != "customers" or not _is_of_numbers(one, index):
                continue
            cells = one.cells(index)
            ids = [text for text in cells.used() if text.isdigit()]
            usual = max(map(len, ids), default=0)
            short = {text for text in ids if len(text) < usual}
            span = max(map(int, ids), default=0) - min(map(int, ids), default=0) + 1
            if (
                len(ids) < _FEWEST_IDS
                or not short
                or len(short) > (1 - _NEARLY_ALL) * len(ids)
                or len(ids) > span / 2
            ):
                continue
            codes = [code for code, text in enumerate(cells.texts) if text in short]
            rows = np.flatnonzero(np.isin(cells.codes, codes))
            facts = one.facts(index, n=len(short), ids=", ".join(sorted(short)[:SHOWN_CELLS]))
            addresses = one.addresses(index, rows)
            yield Issue("i.short_ids", "check", part.table, "customer_id", len(rows), addresses, facts)


def namesakes(asked: Sequence[Asked]) -> Iterable[Issue]:
    """Customers with one name and several numbers: told, never merged."""
    numbers: dict[str, set[str]] = {}
    for one in asked:
        for part in one.reading.parts:
            name, key = (part.columns.get(column, -1) for column in ("name", "customer_id"))
            if part.table == "customers" and min(name, key) >= 0:
                pairs = zip(one.cells(name).values(), one.cells(key).values(), strict=True)
                for said, number in {pair for pair in pairs if all(pair)}:
                    numbers.setdefault(identifier(said), set()).add(identifier(number))
    shared = {name: ids for name, ids in numbers.items() if len(ids) > 1}
    if shared:
        told = "; ".join(
            f"{name} ({', '.join(sorted(ids))})" for name, ids in sorted(shared.items())[:SHOWN_CELLS]
        )
        yield Issue("i.namesakes", "noted", "customers", "name", 0, (), {"n": len(shared), "names": told})
