"""Which table a sheet is, and which column is which: headers and content together, one column for one meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from segmentation.intake.headers import normalise
from segmentation.intake.month_names import month_of
from segmentation.intake.profiles import Profile
from segmentation.tables import TABLES, Kind, words

HELPER_KINDS: dict[str, Kind] = {"amount_with_tax": "amount", "ended_at": "time"}
_MONTH_NAME = re.compile(
    r"(20\d{2}\s*[.年/-]?\s*)?(\d{1,2})\s*月?份?|(20\d{2})(\d{2})|[a-z]{3,9}[ -]?\d{2,4}", re.I
)
_REP_FACTS = {"team", "seniority", "hours_per_month", "cost_per_hour", "max_accounts", "left_on"}
BONUS = 2.0
NEARLY = 3.0
_MOSTLY = 0.9


@dataclass(frozen=True)
class Candidate:
    """One table as an explanation of a sheet: columns by canonical name, points, and what it still lacks."""

    table: str
    columns: Mapping[str, int]
    points: float
    lacks: tuple[str, ...]


@cache
def _aliases(table: str) -> dict[str, dict[str, float]]:
    """Canonical column → normalised header → strength; an earlier alias is the stronger evidence."""
    found: dict[str, dict[str, float]] = {}
    lists = [(column, names) for (owner, column), names in words().headers.items() if owner == table]
    lists += list(words().values.get(f"helper_{table}", {}).items())
    for column, names in lists:
        entries = found.setdefault(column, {})
        for rank, name in enumerate((*names, column)):
            entries.setdefault(normalise(name), 1.0 - 0.015 * min(rank, 30))
    return found


@cache
def _commonness(header: str) -> int:
    """How many tables know this header: `date` says little, `opportunity id` says nearly all."""
    return max(1, sum(any(header in names for names in _aliases(table).values()) for table in TABLES))


def kind_of(table: str, column: str) -> Kind:
    """Kind of a canonical or helper column."""
    if column in TABLES[table].names:
        return TABLES[table].column(column).kind
    return HELPER_KINDS.get(column, "text")


def _strength(header: str, names: Mapping[str, float]) -> float:
    if header in names:
        return names[header]
    inside = [name for name in names if len(name) >= (3 if not name.isascii() else 7) and name in header]
    return 0.35 if inside and len(header) <= max(map(len, inside)) + 6 else 0.0


@lru_cache(4_096)
def _strengths(table: str, header: str) -> tuple[tuple[str, float], ...]:
    """The columns of a table a header may name. A sheet is held against every table several times over."""
    found = ((column, _strength(header, names)) for column, names in _aliases(table).items() if header)
    return tuple((column, strength) for column, strength in found if strength)


def match_columns(
    table: str, headers: Sequence[str], profiles: Sequence[Profile]
) -> dict[str, tuple[int, float]]:
    """Canonical column → (column index, strength): strongest pairs first, each side used once."""
    pairs = []
    for index, text in enumerate(headers):
        for column, strength in _strengths(table, normalise(text)):
            if profiles[index].fits(kind_of(table, column), column):
                pairs.append((strength * (1.0 if profiles[index].filled_share else 0.4), -index, column))
    chosen: dict[str, tuple[int, float]] = {}
    taken: set[int] = set()
    for strength, negative, column in sorted(pairs, reverse=True):
        if column not in chosen and -negative not in taken:
            chosen[column] = (-negative, strength)
            taken.add(-negative)
    if "short_name" in chosen and "name" not in chosen:
        chosen["name"] = chosen.pop("short_name")
    if "amount_with_tax" in chosen and "amount" not in chosen:
        chosen["amount"] = chosen.pop("amount_with_tax")
    return chosen


def lacking(table: str, columns: Mapping[str, object]) -> tuple[str, ...]:
    """What a table cannot do without and these columns do not offer; alternatives count."""
    has = set(columns)
    if table == "orders":
        amount = "amount" in has or {"quantity", "unit_price"} <= has
        return tuple(n for n, there in (("ordered_on", "ordered_on" in has), ("amount", amount)) if not there)
    if table == "customers":
        return () if {"customer_id", "name"} & has and len(has) > 1 else ("customer_id",)
    if table == "deals":
        return () if {"state", "stage", "is_closed"} & has else ("state",)
    if table == "reps":
        return () if {"rep_id", "name"} & has and _REP_FACTS & has else ("rep_id",)
    if table == "touches":
        whom = {"kind", "minutes", "touch_id"} & has and {"customer_id", "rep", "touch_id"} & has
        return () if "at" in has and whom else ("at",) if "at" not in has else ("kind",)
    placed = {"channel", "tier"} & has
    return tuple(n for n in ("month", "amount") if n not in has) or (() if placed else ("channel",))


def contact_columns(headers: Sequence[str]) -> dict[str, int]:
    """Role → column of a list of the people each seller knows; {} where the headers are of something else."""
    plain = [normalise(text) for text in headers]
    found = {}
    for role, names in words().values["contact_list"].items():
        known = {normalise(name) for name in names}
        index = next((i for i, text in enumerate(plain) if text in known), None)
        if index is not None:
            found[role] = index
    is_list = {"member", "person"} <= set(found) and {"company", "remark"} & set(found)
    return found if is_list and {"messages", "added_at", "last_contact"} & set(found) else {}


def name_bonus(table: str, file: str, sheet: str) -> float:
    """What a name of sheet or file adds for a table: `BONUS` where it is a name of the table, half inside one."""
    names = [normalise(name) for name in words().sheets[table]]
    stem = re.sub(r"\.(csv|txt|tsv|xlsx?|xlsm|gz)", "", file.lower())
    for text in (normalise(sheet), normalise(stem)):
        plain = re.sub(r"\d+年?", "", text)
        if plain in names:
            return BONUS
        if any(len(name) >= 2 and name in plain for name in names):
            return BONUS / 2
    return 0.0


def candidates(
    headers: Sequence[str], profiles: Sequence[Profile], file: str, sheet: str
) -> tuple[Candidate, ...]:
    """Every table as an explanation of a sheet, the complete ones first, then by points."""
    found = []
    for table in TABLES:
        matched = match_columns(table, headers, profiles)
        columns = {column: index for column, (index, _) in matched.items()}
        lacks = list(lacking(table, columns))
        if table == "orders" and lacks == ["ordered_on"]:
            guess = _only_date(profiles, set(columns.values()))
            if guess is not None:
                columns["ordered_on"], lacks = guess, []
        key = columns.get("customer_id", columns.get("name"))
        is_called_so = name_bonus(table, file, sheet) > 0
        repeats = key is not None and profiles[key].distinct_share < 0.6
        if table == "customers" and not lacks and repeats and not is_called_so:
            lacks = ["customer_id"]
        points = sum(
            strength * (2.0 if TABLES[table].name and column in _required(table) else 1.0)
            / _commonness(normalise(headers[index]))
            for column, (index, strength) in matched.items()
        )  # fmt: skip
        found.append(Candidate(table, columns, points + name_bonus(table, file, sheet), tuple(lacks)))
    # A sheet that is nearly one table (an order list without its date) is not a poor version of another.
    strongest = max(found, key=lambda c: (c.points, c.table))
    complete = max((c.points for c in found if not c.lacks), default=0.0)
    nearly = strongest.points >= NEARLY and strongest.points > 1.5 * complete
    return tuple(
        sorted(found, key=lambda c: (not (nearly and c is strongest), bool(c.lacks), -c.points, c.table))
    )


def _required(table: str) -> set[str]:
    return {column.name for column in TABLES[table].columns if column.required} | (
        {"stage", "is_closed"} if table == "deals" else {"kind"} if table == "touches" else set()
    )


def _only_date(profiles: Sequence[Profile], taken: set[int]) -> int | None:
    """The one column of written dates nobody claimed: then its header does not matter."""
    dates = [i for i, p in enumerate(profiles) if i not in taken and p.written_date_share > 0.9]
    return dates[0] if len(dates) == 1 else None


def guess_columns(candidate: Candidate, profiles: Sequence[Profile]) -> dict[str, int]:
    """The columns of a table somebody says a sheet holds: those its headers name, then the only one whose cells fit."""
    found = dict(candidate.columns)
    kinds = {column.name: column.kind for column in TABLES[candidate.table].columns if column.required}
    for name, kind in kinds.items():
        free = [
            index
            for index, one in enumerate(profiles)
            if index not in found.values()
            and (one.number_share if kind == "amount" else one.written_date_share) > _MOSTLY
        ]
        if name not in found and kind in {"amount", "date", "time"} and len(free) == 1:
            found[name] = free[0]
    return found


def is_month_name(sheet: str) -> bool:
    """`11月`, `2026.01`, `202601`, `Jan-26`: a sheet named after its month."""
    return month_of(sheet) is not None or bool(_MONTH_NAME.fullmatch(sheet.strip()))


def spoken(name: str, headers: Sequence[str], table: str = "") -> str:
    """A table or column in the words of the sheet's language: 订单日期 for a Chinese header, `order date` else."""
    names = words().headers.get((table, name), ()) if table else words().sheets.get(name, ())
    chinese = [word for word in names if not word.isascii()]
    if "".join(headers).isascii() or not chinese:
        return name.replace("_", " ")
    return next((word for word in chinese if "税" not in word), chinese[0])  # whichever amount is missing
