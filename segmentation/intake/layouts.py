"""From a raw grid to a reading: header, table parts, what was remembered, what a person corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np

from segmentation.errors import SettingError
from segmentation.intake import mappings
from segmentation.intake.grids import Cells, Grid, fill_merged
from segmentation.intake.headers import Header, find_header, normalise, titled
from segmentation.intake.month_names import Month, month_of, months_of
from segmentation.intake.profiles import Profile, profile
from segmentation.intake.recognition import Candidate, candidates, contact_columns, lacking, match_columns
from segmentation.intake.uploads import Issue, SheetMapping, SheetReading, TablePart
from segmentation.intake.vocabularies import is_total
from segmentation.tables import TABLES

SHEET_NAME = -1
CONTACTS = "contacts"
# What order lines may tell about their customer; the rest of a line is about the order.
_CARRIED = ("name", "parent_id", "industry", "region", "grade")
_CONSTANT_SHARE = 0.95
_LIKE = 0.75
_MOSTLY = 0.5
_SURE = 0.5


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


def lay_out(file: str, sheet: str, grid: Grid, merged: Sequence[tuple[int, int, int, int]] = ()) -> Layout:
    """Find the header, fill merged cells under it downwards, rank the tables it may be."""
    header = find_header(grid)
    if header is None:
        return Layout(file, sheet, grid, None, (), ())
    start = header.body
    first = int(grid.rows[start]) if start < len(grid) else 0
    grid, filled = fill_merged(grid, [one for one in merged if one[0] >= first])
    body = grid.take(np.arange(start, min(len(grid), start + 2_000)))
    looks = tuple(profile(cells) for cells in body.columns)
    width = len(grid.kinds[header.position] or "")
    filled_columns = [look.filled_share > 0 for look in looks[:width]]
    header = replace(header, texts=titled(header.texts, filled_columns))
    ranked = candidates(header.texts, looks, file, sheet)
    return Layout(file, sheet, grid, header, looks, ranked, sum(filled.values()))


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
        parts, issues = _remembered(layout, known)
    else:
        best = next((c for c in layout.ranked if c.table == chosen), layout.ranked[0])
        if chosen and chosen not in TABLES:
            raise SettingError(
                "e.setting", name=f"table:{name}", value=chosen, rule=" | ".join([*TABLES, "skip"])
            )
        is_dated = (
            best.table == "orders" and best.lacks == ("ordered_on",) and month_of(layout.sheet) is not None
        )
        columns = dict(best.columns) | ({"ordered_on": SHEET_NAME} if is_dated else {})
        parts = (TablePart(best.table, columns, best.points),) if not best.lacks or is_dated or chosen else ()
    parts = tuple(_corrected(part, header.texts, name, corrections) for part in parts)
    whole = tuple(p for p in parts if chosen or not lacking(p.table, p.columns))
    # A sheet that is skipped has no columns to speak of.
    return replace(reading, parts=whole), issues if whole else []


def _remembered(layout: Layout, known: SheetMapping) -> tuple[tuple[TablePart, ...], list[Issue]]:
    """Last time's mapping by header text; what is gone is recognised anew and said."""
    positions = {normalise(text): index for index, text in reversed(list(enumerate(layout.headers)))}
    parts, issues = [], list[Issue]()
    for table, columns in known.parts.items():
        found = {c: positions[normalise(h)] for c, h in columns.items() if normalise(h) in positions}
        found |= {c: SHEET_NAME for c, h in columns.items() if h == ""}
        if table == "orders" and "ordered_on" not in columns and month_of(layout.sheet):
            found["ordered_on"] = SHEET_NAME
        fresh = match_columns(table, layout.headers, layout.profiles) if table in TABLES else {}
        for column, header in columns.items():
            if column in found:
                continue
            index = fresh.get(column, (None, 0.0))[0]
            if index is None or index in found.values():
                index = _most_like(header, layout, {*found.values()})
            if index is not None and index not in found.values():
                found[column] = index
            facts = {"before": header, "sheet": layout.sheet}
            if column in found:
                facts["now"] = layout.headers[found[column]]
            code = "i.renamed" if column in found else "i.gone"
            issues.append(Issue(code, "check" if column in found else "decide", table, column, facts=facts))
        # A column that was not there last time was never decided about: its very name says what it is.
        before_then = {normalise(text) for text in known.headers}
        for column, (index, strength) in fresh.items():
            is_new = normalise(layout.headers[index]) not in before_then and index not in found.values()
            if is_new and column not in found and strength >= _SURE:
                found[column] = index
        parts.append(TablePart(table, found))
    return tuple(parts), issues


def _most_like(before: str, layout: Layout, taken: set[int]) -> int | None:
    """The free column whose header is nearly the one of last time: 客户名 was 客户名称."""
    free = {normalise(text): i for i, text in enumerate(layout.headers) if text and i not in taken}
    near = get_close_matches(normalise(before), list(free), n=1, cutoff=_LIKE)
    return free[near[0]] if near else None


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
