"""Parts of all sheets → one table each: duplicates found, names linked, rows accounted for, Parquet written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from segmentation.intake.columns import Typed, first_day
from segmentation.intake.corrections import corrections_of
from segmentation.intake.duplicates import find_duplicates
from segmentation.intake.express import Express
from segmentation.intake.months_across import is_monthly, one_account
from segmentation.intake.rows import Rows
from segmentation.intake.same_files import said_before
from segmentation.intake.sources import source_of
from segmentation.intake.uploads import Correction, Issue, Mode, Reading, RowAccount, Source, TableUpload
from segmentation.tables import TABLES

_DATED = {
    "orders": ("ordered_on",),
    "touches": ("at",),
    "spend": ("month",),
    "deals": ("closed_on", "opened_on"),
}


@dataclass(frozen=True)
class Gathered:
    """One table of the upload and the account of every sheet that fed it."""

    upload: TableUpload
    accounts: tuple[RowAccount, ...]
    issues: tuple[Issue, ...]
    corrections: pd.DataFrame = field(default_factory=pd.DataFrame)
    chosen: tuple[Correction, ...] = ()


def gather(
    table: str, parts: Sequence[Rows], first_source: int, folder: Path, answers: Mapping[str, str]
) -> Gathered:
    """Concatenate parts, drop duplicate keys where the table has ids, write `<table>.parquet`."""
    owner = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    found = find_duplicates(table, parts, answers)
    repeated = said_before(table, parts)
    duplicate = found.drop | repeated
    kept, accounts, start = list[Rows](), list[RowAccount](), 0
    for part in parts:
        mine = duplicate[start : start + len(part)]
        start += len(part)
        kept.append(part.take(~mine))
        accounts.append(_account(part, kept[-1], int(mine.sum())))
    issues, accounts = [*found.issues], _by_sheet(accounts, parts)
    for index in np.unique(owner[repeated]):
        reading, n = parts[index].asked.reading, int((repeated & (owner == index)).sum())
        issues.append(Issue("i.repeated", "check", table, "", n, (), {"sheet": reading.sheet, "n": n}))
    path = folder / f"{table}.parquet"
    rows = write_rows(table, kept, first_source, path)
    mode, period = _mode(table, kept)
    upload = TableUpload(table, path, rows, mode, period)
    conflicts = (
        Correction(table, first_source + at, row, name, "conflict") for at, row, name in found.chosen
    )
    chosen = *corrections_of(table, parts, first_source), *conflicts
    return Gathered(upload, tuple(accounts), tuple(issues), found.corrections, chosen)


def _by_sheet(accounts: Sequence[RowAccount], parts: Sequence[Rows]) -> list[RowAccount]:
    """One account per sheet: a month table is read a month at a time."""
    groups: dict[tuple[str, str], list[int]] = {}
    for position, account in enumerate(accounts):
        groups.setdefault((account.file, account.sheet), []).append(position)
    return [
        one_account([accounts[p] for p in places], [parts[p] for p in places])
        if is_monthly(parts[places[0]])
        else accounts[places[0]]
        for places in groups.values()
    ]


def _account(part: Rows, kept: Rows, duplicate: int) -> RowAccount:
    body = part.asked.body
    excluded = sum(len(positions) for positions in body.excluded.values()) + part.left_out
    read = len(body.read)
    # A carried customer is read once per order line: the other lines repeat it, lines without customer tell nothing.
    lines = read - sum(len(positions) for positions in body.excluded.values()) - len(body.refused)
    repeated = lines - len(body.rows)
    if repeated:
        key = body.read.columns[part.part.columns["customer_id"]].codes
        keep = np.ones(read, dtype=bool)
        for positions in body.excluded.values():
            keep[positions] = False
        keep[np.isin(body.read.rows, [one.row for one in body.refused])] = False
        nameless = int((key[keep] < 0).sum())
        excluded, duplicate = excluded + nameless, duplicate + repeated - nameless
    reading = part.asked.reading
    return RowAccount(
        reading.file, reading.sheet, part.part.table, read, len(kept), int(kept.corrected.sum()),
        part.rejected_count, duplicate, excluded,
    )  # fmt: skip


def _mode(table: str, parts: Sequence[Rows]) -> tuple[Mode, tuple[date, date] | None]:
    """With ids rows are matched by key; without, the upload stands for the period it covers, no more.

    A list without a row, or without a date, covers nothing: it never makes stored rows give way.
    """
    if all(part.has_ids for part in parts):
        return "upsert", None
    if not any(len(part) for part in parts):
        return "add", None
    if table not in _DATED:
        return "replace", None
    days = np.concatenate([_days(part, _DATED[table]) for part in parts])
    first = first_day(days)
    last = days[~np.isnat(days)].max().item() if first else None
    return ("replace", (first, last)) if first and last else ("add", None)


def _days(part: Rows, names: Sequence[str]) -> np.ndarray:
    """The first known of these dates per row."""
    days = np.full(len(part), np.datetime64("NaT"), dtype="datetime64[D]")
    for name in names:
        days = np.where(np.isnat(days), part.columns[name].data.astype("datetime64[D]"), days)
    return days


def decimals(values: np.ndarray, known: np.ndarray) -> pa.Array:
    """int64 ten-thousandths → DECIMAL(18,4) without leaving machine integers."""
    wide = np.empty((len(values), 2), dtype=np.int64)
    wide[:, 0] = values
    wide[:, 1] = values >> 63
    valid = pa.array(known, pa.bool_()).buffers()[1] if len(known) else None
    return pa.Array.from_buffers(pa.decimal128(18, 4), len(values), [valid, pa.py_buffer(wide.tobytes())])


def _array(one: Typed) -> pa.Array:
    if one.kind == "amount":
        return decimals(one.data, one.known)
    types = {
        "date": pa.date32(),
        "time": pa.timestamp("us"),
        "number": pa.float64(),
        "count": pa.int32(),
        "flag": pa.bool_(),
    }
    missing = ~one.known
    if one.kind in {"id", "text"}:
        return pa.array(one.data, pa.string())
    if one.kind == "time":
        return pa.array(one.data.astype("datetime64[us]"), pa.timestamp("us"), mask=missing)
    return pa.array(one.data, types[one.kind], mask=missing)


def write_rows(table: str, parts: Sequence[Rows], first_source: int, path: Path) -> int:
    """All parts as one Parquet of the stored columns; sources are numbered from `first_source`."""
    tables = []
    for offset, part in enumerate(parts):
        kinds = {column.name: column.kind for column in TABLES[table].columns}
        data = {name: _array(replace(part.columns[name], kind=kind)) for name, kind in kinds.items()}
        data["attributes"] = pa.array(part.attributes, pa.string())
        data["source_id"] = pa.array(np.full(len(part), first_source + offset), pa.int32())
        data["source_row"] = pa.array(part.source_rows, pa.int32())
        data["row_key"] = pa.array(part.row_keys, pa.string())
        tables.append(pa.table(data))
    whole = pa.concat_tables(tables)
    pq.write_table(whole, path)
    return int(whole.num_rows)


def gather_all(
    by_table: Mapping[str, list[Rows]],
    reading: Reading,
    place: tuple[Path, Mapping[str, str]],
    express: Express | None,
) -> tuple[list[Gathered], tuple[Source, ...]]:
    """Every table of the upload, written into the folder of `place` by its answers, and where its rows came from."""
    folder, answers = place
    hashes = {file.name: file.sha256 for file in reading.parsed.files}
    gathered, sources = list[Gathered](), list[Source]()
    for table in TABLES:
        if express is not None and table == "orders":
            part = express.sheet.reading
            gathered.append(Gathered(express.upload, (express.account,), ()))
            sources.append(source_of(part, part.parts[0], hashes[part.file]))
        elif table in by_table:
            parts = by_table[table]
            gathered.append(gather(table, parts, len(sources), folder, answers))
            sources += [
                source_of(rows.asked.reading, rows.part, hashes[rows.asked.reading.file]) for rows in parts
            ]
    return gathered, tuple(sources)
