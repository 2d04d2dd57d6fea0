"""The two verbs of the intake: recognise what was opened, then read it by the answers."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from segmentation.errors import FileError
from segmentation.identities import Alias
from segmentation.intake import checks
from segmentation.intake.asking import Light, ask_about
from segmentation.intake.carried import one_row_each
from segmentation.intake.cell_answers import answered
from segmentation.intake.contact_lists import attach_contacts
from segmentation.intake.date_questions import proven_answers
from segmentation.intake.declined import account_of_declined
from segmentation.intake.express import Express, plain_sheet, read_express
from segmentation.intake.gathering import gather_all
from segmentation.intake.header_questions import of_same_headers
from segmentation.intake.joint_questions import answers_for_all
from segmentation.intake.layouts import read_layout
from segmentation.intake.linking import link_tables, linkable
from segmentation.intake.meant import who_is_meant
from segmentation.intake.months_across import for_every_month, read_months
from segmentation.intake.natural_keys import number_deals
from segmentation.intake.numbering import without_numbers
from segmentation.intake.parsed import Parsed
from segmentation.intake.recognised import (
    Sheet,
    agree_on_shape,
    complete,
    in_full,
    lay_out_all,
    refusal,
    refuse_idle_files,
    reopened,
    with_sheet_names,
)
from segmentation.intake.renamings import without_renamed
from segmentation.intake.reopening import settle_proposed
from segmentation.intake.rows import Rows, all_corrections, all_rejections
from segmentation.intake.same_files import tell_apart
from segmentation.intake.same_sales import count_once
from segmentation.intake.sources import mapping_of
from segmentation.intake.tails import ask_of_all
from segmentation.intake.tax_bases import with_tax_basis
from segmentation.intake.tellings import overdue, rows_as_orders, told_of_rows, without_touches
from segmentation.intake.typed import Reader
from segmentation.intake.uploads import (
    NOBODY,
    Issue,
    Reading,
    SheetMapping,
    StoredCustomers,
    Upload,
)
from segmentation.settings import USUAL_THRESHOLDS, Calendar, Thresholds

NOTHING_REMEMBERED: Mapping[str, SheetMapping] = MappingProxyType({})
STILL_HOLD = ("alias:", "stage:", "rep:")
NOTHING_CORRECTED: Mapping[str, str] = MappingProxyType({})


def recognise(
    parsed: Parsed,
    remembered: Mapping[str, SheetMapping] = NOTHING_REMEMBERED,
    calendar: Calendar | None = None,
    corrections: Mapping[str, str] = NOTHING_CORRECTED,
    given: frozenset[str] = frozenset(),
    *,
    usual_amount: float | None = None,
    today: date | None = None,
    aliases: tuple[Alias, ...] = (),
    stored: StoredCustomers = NOBODY,
    thresholds: Thresholds = USUAL_THRESHOLDS,
) -> Reading:
    """Which table every sheet is, which column is which, and what only a person can decide. Types no rows yet.

    `remembered`: layout signature → mapping of an earlier upload. `corrections`: `table:<signature>` → table or
    `skip`, `column:<signature>:<table>.<column>` → header text or "", `header:<file>/<sheet>` → spreadsheet row of the
    headers, `keep:<signature>:<header>` → whether a further column is stored, yes or no. `given`: tables the store
    already has from a sheet of their own (then order lines carry no customers). `usual_amount`: the median amount of a
    stored order row (currency), None where there is none. `today`: what a year nobody states is proposed by;
    `aliases`: who is who; `stored`: the customers of the store. FileError where a column contradicts itself (e.dates).
    """
    parsed, repeated = tell_apart(settle_proposed(parsed, remembered))
    told = MappingProxyType(dict(corrections))
    light = Light(remembered, calendar, given, usual_amount, today, aliases, told, stored, thresholds)

    def ask(opened: Parsed) -> tuple[Reading, list[Sheet]]:
        sheets, issues = _sheets(opened, remembered, corrections, given)
        return ask_about(opened, sheets, issues, light), sheets

    reading = ask_of_all(parsed, ask)
    return replace(reading, issues=(*repeated, *reading.issues))


def _sheets(
    parsed: Parsed,
    remembered: Mapping[str, SheetMapping],
    corrections: Mapping[str, str],
    given: frozenset[str],
) -> tuple[list[Sheet], list[Issue]]:
    sheets, issues = [], list[Issue]()
    for sheet in lay_out_all(parsed, corrections, remembered):
        reading, found = read_layout(sheet.layout, remembered, corrections)
        sheets.append(replace(sheet, reading=reading))
        issues += found
    return complete(agree_on_shape(sheets), given), issues


def read_upload(
    reading: Reading, answers: Mapping[str, str] | None = None, today: date | None = None
) -> Upload:
    """Typed, checked tables by the answers (None = all proposed). Raises FileError when no sheet is a table.

    `today` marks later dates (i.future); nothing below the page knows it by itself.
    """
    sheets = reopened(reading)
    if not any(sheet.reading.parts for sheet in sheets):
        raise refusal(sheets[0]) if sheets else FileError("e.empty", sheet="")
    given = _in_full(reading, sheets, answers or {})
    # Each reading of the same files has a folder of its own: a person may compare two sets of answers.
    folder = Path(tempfile.mkdtemp(prefix="tables-", dir=reading.parsed.workspace))
    by_table, express = _read_all(reading, sheets, given, today)
    declined, told = account_of_declined(sheets, given)
    is_empty = express is None and not any(len(rows) for parts in by_table.values() for rows in parts)
    if is_empty and not declined:
        raise FileError("e.empty", sheet=sheets[0].reading.sheet)
    read = [rows for parts in by_table.values() for rows in parts]
    refuse_idle_files(sheets, read, reading.corrections, given)
    issues = [*reading.issues, *told, *told_of_rows(by_table, given), *checks.headers_only(read)]
    counted, told, compared = count_once(by_table.pop("orders", []), given)
    issues += told
    if counted:
        by_table["orders"] = counted
    by_table, linked = link_tables(by_table, given, reading.stored)
    by_table, listed, told = attach_contacts(sheets, by_table, given, reading.aliases)
    issues += [*linked, *told]
    meant = who_is_meant(by_table, given, reading.stored)
    by_table |= {"deals": number_deals(by_table["deals"])} if "deals" in by_table else {}
    gathered, sources = gather_all(by_table, reading, (folder, given), express)
    issues += [
        *(issue for one in gathered for issue in one.issues),
        *checks.check(by_table, today, reading.thresholds),
        *overdue(by_table.get("deals", []), today), *without_touches(by_table, reading.given),
        *rows_as_orders(sheets, [one.upload for one in gathered]),
        *(express.issues if express else ()),
    ]  # fmt: skip
    read = [rows for parts in by_table.values() for rows in parts]
    learned = given | proven_answers(rows.asked for rows in read)
    return Upload(
        tuple(one.upload for one in gathered), sources, tuple(issues),
        (*(account for one in gathered for account in one.accounts), *listed, *compared, *declined),
        all_rejections(read),
        with_tax_basis(checks.with_currency(reading.calendar, by_table, given), reading.sheets, given),
        MappingProxyType(mapping_of(sheets, learned, reading.corrections, reading.known)),
        *all_corrections(read, [one.corrections for one in gathered]), tuple(meant), reading.thresholds,
        tuple(cell for one in gathered for cell in one.chosen),
    )  # fmt: skip


def _in_full(reading: Reading, sheets: Sequence[Sheet], answers: Mapping[str, str]) -> dict[str, str]:
    """An answer to every question, also to those that were asked once for several sheets, columns or months."""
    # What stages and sellers mean holds for those this month asks nothing about.
    still = {key: value for key, value in reading.known.items() if key.startswith(STILL_HOLD)}
    given = answers_for_all(reading.questions, still | reading.proposed() | dict(answers))
    for sheet in sheets:
        if sheet.reading.months and sheet.reading.parts:
            given |= for_every_month(sheet.asked(), given)
    return given


def _read_all(
    reading: Reading, sheets: Sequence[Sheet], answers: Mapping[str, str], today: date | None
) -> tuple[dict[str, list[Rows]], Express | None]:
    """All parts by table; a plain big CSV by the fast path, after the customers it refers to."""
    by_table: dict[str, list[Rows]] = {}
    fast = reading.fast
    plain = plain_sheet(sheets, reading.questions) if fast else None
    nameless = [sheet.reading.key for sheet in sheets if _is_nameless(sheet)]
    for sheet in sheets:
        if plain is None or sheet.reading.key != plain.reading.key:
            number = nameless.index(sheet.reading.key) + 1 if sheet.reading.key in nameless else 1
            whole = in_full(
                without_numbers(
                    with_sheet_names(without_renamed(of_same_headers(sheet, answers), answers), answers),
                    answers,
                )
            )
            _add(by_table, _read_sheet(whole, answers, reading, f"/{number}" if number > 1 else ""))
    if plain is None or fast is None:
        return by_table, None
    customers = by_table.get("customers", [])
    names = linkable(customers, reading.stored)
    # Rows typed under the number of another source are of no use: an answer left out a sheet before them.
    express = read_express(plain, fast, today, names) if fast.source_id == len(customers) else None
    if express is None:
        _add(by_table, _read_sheet(in_full(plain), answers, reading))
    return by_table, express


def _is_nameless(sheet: Sheet) -> bool:
    """A flat sheet whose people have neither number nor name: their row stands for them."""
    people = [part for part in sheet.reading.parts if part.table == "customers"]
    return any(not {"customer_id", "name"} & set(part.columns) for part in people)


def _add(by_table: dict[str, list[Rows]], parts: Sequence[Rows]) -> None:
    for rows in parts:
        by_table.setdefault(rows.part.table, []).append(rows)


def _read_sheet(sheet: Sheet, answers: Mapping[str, str], reading: Reading, place: str = "") -> list[Rows]:
    parts = sheet.reading.parts
    if not parts:
        return []
    asked = answered(checks.filled_down(sheet.asked(reading.calendar), answers), answers)
    is_own = parts[0].table == "customers"
    found = []
    for position, part in enumerate(parts):
        if sheet.reading.months and part.table == "orders":
            found += read_months(asked, part, answers)
            continue
        extra: tuple[int, ...] = ()
        if part.table == "customers" and (position == 0 or is_own):
            extra = asked.extra_columns()
        carried = part.table == "customers" and position > 0
        source = one_row_each(asked, part) if carried else asked
        reader = Reader(source, part, answers, extra, place, reading.thresholds)
        found.append(reader.read())
    return found
