"""From a raw grid to a reading: header, table parts, what was remembered, what a person corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from segmentation.errors import SettingError
from segmentation.intake import mappings
from segmentation.intake.grids import Cells, Grid, fill_merged
from segmentation.intake.headers import SEARCHED_ROWS, UNTITLED, Header, find_header, normalise, titled
from segmentation.intake.inherited import inherit
from segmentation.intake.month_names import Month, month_of, months_of, without_months
from segmentation.intake.profiles import Profile, profile
from segmentation.intake.recognition import (
    Candidate,
    candidates,
    contact_columns,
    guess_columns,
    lacking,
    match_columns,
)
from segmentation.intake.uploads import SHEET_NAME, Issue, SheetMapping, SheetReading, TablePart
from segmentation.intake.vocabularies import is_total
from segmentation.tables import TABLES

CONTACTS = "contacts"
# What order lines may tell about their customer; the rest of a line is about the order.
_CARRIED = ("name", "parent_id", "industry", "region", "grade")
_CONSTANT_SHARE = 0.95
_MOSTLY = 0.5


@dataclass(frozen=True)
class Layout:
    """One sheet on the way to its reading."""

    file: str
    sheet: str
    grid: Grid
    header: Header | None
    profiles: tuple[Profile, ...]
    ranked: tuple[Candidate, ...]
    filled: int = 0

    @property
    def headers(self) -> tuple[str, ...]:
        return self.header.texts if self.header else ()

    def body(self) -> Grid:
        """The rows under the header."""
        start = self.header.body if self.header else len(self.grid)
        return self.grid.take(np.arange(start, len(self.grid)))


def lay_out(
    file: str,
    sheet: str,
    grid: Grid,
    merged: Sequence[tuple[int, int, int, int]] = (),
    header_row: int = 0,
    *,
    looks: tuple[Profile, ...] = (),
) -> Layout:
    """Find the header, fill merged cells under it downwards, rank the tables it may be.

    `header_row`: the spreadsheet row (1-based) it is known to stand in, 0 = looked for. `looks`: what its columns are
    known to hold, () = looked at.
    """
    header = find_header(grid, header_row)
    if header is None:
        return Layout(file, sheet, grid, None, (), ())
    start = header.body
    first = int(grid.rows[start]) if start < len(grid) else 0
    grid, filled = fill_merged(grid, [one for one in merged if one[0] >= first])
    body = grid.take(np.arange(start, min(len(grid), start + 2_000)))
    looks = looks or tuple(profile(cells) for cells in body.columns)
    width = len(grid.kinds[header.position] or "")
    filled_columns = [look.filled_share > 0 for look in looks[:width]]
    header = replace(header, texts=titled(header.texts, filled_columns))
    ranked = candidates(header.texts, looks, file, sheet)
    return Layout(file, sheet, grid, header, looks, ranked, sum(filled.values()))


def row_known(grid: Grid, remembered: Mapping[str, SheetMapping]) -> int:
    """The spreadsheet row with the headers of an earlier upload, whatever words they are; 0 where there is none."""
    known = {words for mapping in remembered.values() if len(words := _head_words(mapping.headers)) > 1}
    for position in range(min(len(grid), SEARCHED_ROWS) if known else 0):
        if _head_words([text or "" for text in grid.row_texts(position)]) in known:
            return int(grid.rows[position])
    return 0


def _head_words(headers: Sequence[str]) -> frozenset[str]:
    return frozenset(
        normalise(text) for text in without_months(headers) if text and not UNTITLED.fullmatch(text)
    )


def read_layout(
    layout: Layout, remembered: Mapping[str, SheetMapping], corrections: Mapping[str, str]
) -> tuple[SheetReading, list[Issue]]:
    """The reading of one sheet: remembered mapping first, then the best candidate, then corrections."""
    header = layout.header
    empty = SheetReading(layout.file, layout.sheet, 0, 0, (), ())
    if header is None or not layout.ranked:
        return empty, []
    rows = layout.grid.rows
    name = mappings.signature(header.texts)
    reading = SheetReading(
        layout.file, layout.sheet, int(rows[header.position]),
        int(rows[header.body]) if header.body < len(rows) else 0,
        header.texts, (), name, layout.ranked[0].table, header.title,
        guesses={one.table: guess_columns(one, layout.profiles) for one in layout.ranked},
        left=_left(header.texts, name, remembered, corrections), looks=layout.profiles,
    )  # fmt: skip
    known, issues = mappings.nearest(header.texts, remembered), list[Issue]()
    # What was a contact list tells nothing about the columns of a table.
    known = None if known is not None and CONTACTS in known.parts else known
    chosen = corrections.get(f"table:{name}", "")
    is_skipped = known is not None and not known.parts and name in remembered
    if chosen == "skip" or (is_skipped and not chosen):
        return reading, issues
    people = {} if chosen else contact_columns(header.texts)
    if people:
        return replace(reading, nearest="", contacts=people), issues
    months = {} if chosen else find_months(header.texts, layout.profiles)
    across = monthly_part(header.texts, layout.profiles, months) if months else None
    if across is not None:
        part = _corrected(across, header.texts, name, corrections)
        return replace(reading, parts=(part,), months=months), issues
    if known is not None and known.parts and not chosen:
        parts, issues = inherit(known, layout.headers, layout.profiles, layout.sheet)
    else:
        best = next((c for c in layout.ranked if c.table == chosen), layout.ranked[0])
        if chosen and chosen not in TABLES:
            raise SettingError(
                "e.setting", name=f"table:{name}", value=chosen, rule=" | ".join([*TABLES, "skip"])
            )
        is_dated = (
            best.table == "orders" and best.lacks == ("ordered_on",) and month_of(layout.sheet) is not None
        )
        columns = guess_columns(best, layout.profiles) if chosen else dict(best.columns)
        columns |= {"ordered_on": SHEET_NAME} if is_dated else {}
        parts = (TablePart(best.table, columns, best.points),) if not best.lacks or is_dated or chosen else ()
    parts = tuple(_corrected(part, header.texts, name, corrections) for part in parts)
    whole = tuple(p for p in parts if chosen or not lacking(p.table, p.columns))
    # A sheet that is skipped has no columns to speak of.
    return replace(reading, parts=whole), issues if whole else []


def _left(
    headers: Sequence[str], name: str, remembered: Mapping[str, SheetMapping], corrections: Mapping[str, str]
) -> frozenset[int]:
    """The further columns a person unticked, now or for this layout before."""
    told = mappings.answers_for(headers, remembered) | dict(corrections)
    return frozenset(
        index for index, text in enumerate(headers) if text and told.get(keep_key(name, text)) == "no"
    )


def keep_key(signature: str, header: str) -> str:
    """Under which it is remembered whether a further column is stored: yes or no."""
    return f"keep:{signature}:{normalise(header)}"


def header_key(file: str, sheet: str) -> str:
    """The correction that says in which row a sheet has its headers."""
    return f"header:{file}/{sheet}"


def _corrected(
    part: TablePart, headers: Sequence[str], name: str, corrections: Mapping[str, str]
) -> TablePart:
    """A part with the columns a person chose: `column:<signature>:<table>.<column>` → header text, empty = none."""
    columns = dict(part.columns)
    for key, header in corrections.items():
        prefix = f"column:{name}:{part.table}."
        if not key.startswith(prefix):
            continue
        column = key.removeprefix(prefix)
        if header and header not in headers:
            raise SettingError("e.setting", name=key, value=header, rule=" | ".join(h for h in headers if h))
        columns = {c: i for c, i in columns.items() if c != column and not (header and headers[i] == header)}
        if header:
            columns[column] = list(headers).index(header)
    return replace(part, columns=columns)


def carried_customers(layout: Layout, part: TablePart) -> TablePart | None:
    """The customers that order lines or deals carry along: attributes constant within a customer."""
    key = part.columns.get("customer_id")
    if key is None or key == SHEET_NAME:
        return None
    found = match_columns("customers", layout.headers, layout.profiles)
    taken = {index for column, index in part.columns.items()}
    body = layout.body()
    columns = {}
    for column in _CARRIED:
        index = found.get(column, (None, 0.0))[0]
        if index is None or index in taken:
            continue
        if column == "name" or _is_constant(body.columns[key], body.columns[index]):
            columns[column] = index
    return TablePart("customers", {"customer_id": key} | columns) if columns else None


def _is_constant(keys: Cells, values: Cells) -> bool:
    """At least 95 % of the keys have one value only."""
    both = (keys.codes >= 0) & (values.codes >= 0)
    pairs = np.unique(np.stack([keys.codes[both], values.codes[both]]), axis=1)
    _, counts = np.unique(pairs[0], return_counts=True)
    return bool(len(counts)) and float((counts == 1).mean()) >= _CONSTANT_SHARE


def flat_deals(layout: Layout, part: TablePart) -> tuple[TablePart, ...] | None:
    """Both parts of a flat sheet, one row per lead with its outcome; None where the sheet is not flat.

    Flat = a state column, no deal number, and customers that are not repeated (or no customer column at all).
    """
    deals = {c: i for c, (i, _) in match_columns("deals", layout.headers, layout.profiles).items()}
    state = part.columns.get("state", deals.get("state"))
    if state is None or "deal_id" in part.columns or not layout.profiles[state].filled_share:
        return None
    key = part.columns.get("customer_id", part.columns.get("name"))
    if key is not None and layout.profiles[key].distinct_share < 0.9:
        return None
    found = {c: i for c, (i, _) in match_columns("customers", layout.headers, layout.profiles).items()}
    people = dict(part.columns) if part.table == "customers" else found
    people = {c: i for c, i in people.items() if i != state and c in TABLES["customers"].names}
    facts = {c: i for c, i in deals.items() if c in {"opened_on", "closed_on", "loss_reason", "amount"}}
    facts |= {"state": state} | ({"customer_id": key} if key is not None else {})
    return TablePart("customers", people), TablePart("deals", facts)


def find_months(headers: Sequence[str], profiles: Sequence[Profile]) -> dict[int, Month]:
    """Column → month where a sheet has its months side by side, amounts under most of them; {} elsewhere."""
    found = {
        index: month
        for index, month in months_of(headers).items()
        if not profiles[index].filled_share or profiles[index].number_share >= _MOSTLY
    }
    is_filled = any(profiles[index].filled_share for index in found)
    others = sum(bool(text) for index, text in enumerate(headers) if index not in found)
    return found if is_filled and len(found) >= (3 if others > 3 else 2) else {}


def monthly_part(
    headers: Sequence[str], profiles: Sequence[Profile], months: Mapping[int, Month]
) -> TablePart | None:
    """The orders part of a month table, its amount the first month; None where no column names the customer."""
    plain = ["" if index in months or is_total(text) else text for index, text in enumerate(headers)]
    matched = {column: index for column, (index, _) in match_columns("orders", plain, profiles).items()}
    if "customer_id" not in matched:
        return None
    kept = {column: index for column, index in matched.items() if column in {"customer_id", "rep", "family"}}
    return TablePart("orders", kept | {"amount": min(months)})
