"""Rows that carry the number of another row: which one counts, and what the others said differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation.errors import FileError
from segmentation.intake.cell_reports import written
from segmentation.intake.grids import column_letter
from segmentation.intake.rows import Rows
from segmentation.intake.uploads import CORRECTED_COLUMNS, MOST_CORRECTED, SHOWN_CELLS, Issue

# What says how new a row is, where the table has it.
NEWEST = {"orders": ("ordered_on",), "touches": ("at",), "deals": ("closed_on", "opened_on")}


@dataclass(frozen=True)
class Duplicates:
    """`drop`: rows (of all parts, one after another) whose number is another row's; `issues` tell of them, and
    `corrections` list what dropped rows said differently, cell by cell; `chosen`: where the rows that stay have those
    cells, as (position of the part, spreadsheet row, column)."""

    drop: np.ndarray
    issues: tuple[Issue, ...]
    corrections: pd.DataFrame
    chosen: tuple[tuple[int, int, str], ...] = ()


def find_duplicates(table: str, parts: Sequence[Rows], answers: Mapping[str, str]) -> Duplicates:
    """Rows with a number that comes again. Of equal ones the last stays; of differing ones the answer's choice.

    An order's number comes again in one sheet only: whether another sheet's is the same order the store decides, as it
    does when the sheets come one after the other. FileError e.conflict.rows where the answer was to stop.
    """
    empty = pd.DataFrame(columns=list(CORRECTED_COLUMNS))
    keys = np.concatenate([part.row_keys for part in parts]) if parts else np.array([], dtype=object)
    owner = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    group = pd.factorize(keys)[0] * len(parts) + (owner if table == "orders" else 0)
    series = pd.Series(group)
    with_ids = np.array([part.has_ids for part in parts], dtype=bool)
    again = (
        series.duplicated(keep=False).to_numpy() & with_ids[owner] if len(keys) else np.zeros(0, dtype=bool)
    )
    drop = np.zeros(len(keys), dtype=bool)
    if not again.any():
        return Duplicates(drop, (), empty)
    where = np.flatnonzero(again)
    rows = _contents(parts)[again].reset_index(drop=True)
    key = series[again].reset_index(drop=True)
    distinct = pd.util.hash_pandas_object(rows, index=False).groupby(key).nunique()
    differing = distinct.index[distinct > 1].to_numpy()
    conflicts = np.unique(keys[np.isin(group, differing)].astype(str))
    rule = _rule(parts, answers)
    if len(conflicts) and rule == "block":
        told = ", ".join(map(str, conflicts[:SHOWN_CELLS]))
        raise FileError("e.conflict.rows", sheet=parts[0].asked.reading.sheet, n=len(conflicts), ids=told)
    kept = _kept(table, parts, where, key, rule)
    drop[where] = kept != where
    differs = drop & np.isin(group, differing)
    issues = []
    if n := int((drop & ~differs).sum()):
        issues.append(Issue("i.duplicate", "noted", table, "", n, (), {"n": n}))
    if len(conflicts):
        facts = {"n": len(conflicts)}
        cells = tuple(map(str, conflicts[:SHOWN_CELLS]))
        issues.append(Issue("i.conflict", "decide", table, "", len(conflicts), cells, facts))
    lost = differs[where]
    return Duplicates(drop, tuple(issues), *_differences(parts, where[lost], kept[lost]))


def _rule(parts: Sequence[Rows], answers: Mapping[str, str]) -> str:
    told = (answers.get(part.asked.id("conflict")) for part in parts)
    return next((rule for rule in told if rule), "last")


def _contents(parts: Sequence[Rows]) -> pd.DataFrame:
    names = list(parts[0].columns)
    return pd.DataFrame(
        {name: np.concatenate([part.columns[name].data for part in parts]) for name in names}
        | {"attributes": np.concatenate([part.attributes for part in parts])}
    ).astype(str)


def _kept(table: str, parts: Sequence[Rows], where: np.ndarray, key: pd.Series, rule: str) -> np.ndarray:
    """For each row at `where` the row that stays for its key."""
    order = np.arange(len(where))
    if rule == "first":
        order = -order
    elif rule == "newest":
        days = np.full(len(where), np.datetime64("NaT"), dtype="datetime64[s]")
        for name in NEWEST.get(table, ()):
            data = np.concatenate([part.columns[name].data for part in parts])[where].astype("datetime64[s]")
            days = np.where(np.isnat(days), data, days)
        newest = np.where(np.isnat(days), np.iinfo(np.int64).min, days.astype(np.int64))
        order = np.lexsort((order, newest)).argsort()
    best = pd.Series(order).groupby(key).transform("idxmax").to_numpy()
    return where[best]


def _differences(
    parts: Sequence[Rows], dropped: np.ndarray, kept: np.ndarray
) -> tuple[pd.DataFrame, tuple[tuple[int, int, str], ...]]:
    """Cell by cell what each dropped row said, and what the row that stays says; and where that one says it."""
    starts = np.cumsum([0, *(len(part) for part in parts)])
    lines, chosen = [], list[tuple[int, int, str]]()
    for mine, other in zip(dropped, kept, strict=True):
        at, by = (int(np.searchsorted(starts, row, side="right")) - 1 for row in (mine, other))
        part, winner = parts[at], parts[by]
        here, there, reading = mine - starts[at], other - starts[by], part.asked.reading
        row = int(part.source_rows[here])
        for name, one in part.columns.items():
            index, theirs = part.part.columns.get(name, -1), winner.columns[name]
            said = written(one.data[here]) if one.known[here] else ""
            read = written(theirs.data[there]) if theirs.known[there] else ""
            if said != read and index >= 0:
                cell, header = f"{column_letter(index)}{row}", reading.headers[index]
                lines.append((reading.file, reading.sheet, row, cell, header, said, read, "conflict"))
                chosen.append((by, int(winner.source_rows[there]), name))
        if len(lines) >= MOST_CORRECTED:
            break
    return pd.DataFrame(lines, columns=list(CORRECTED_COLUMNS)), tuple(chosen)
