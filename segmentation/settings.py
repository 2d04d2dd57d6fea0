"""What a workspace may decide that is not part of a scheme: language, money unit, calendar, limits."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Literal, get_args

from segmentation.errors import SettingError

MoneyUnit = Literal["auto", "1", "1000", "10000", "1000000"]
TaxBasis = Literal["", "net", "gross", "mixed"]
Level = Literal["stop", "warn", "note"]
LEVELS: tuple[Level, ...] = get_args(Level)
TAX_BASES: tuple[TaxBasis, ...] = get_args(TaxBasis)
LANGUAGE_CODES, MONEY_UNITS = ("en", "zh"), get_args(MoneyUnit)
MOST_STALE_DAYS = 3_650


@dataclass(frozen=True)
class Settings:
    """A person's view of the numbers. Nothing here changes a score.

    `language` None = the browser's; `money_unit` is the divisor amounts are shown in, "auto" the language's own;
    `stale_tag_days`: a tag nobody changed, reviewed or used for longer is said to be stale (default: a quarter).
    """

    language: Literal["en", "zh"] | None = None
    money_unit: MoneyUnit = "auto"
    stale_tag_days: int = 91

    def __post_init__(self) -> None:
        if self.language is not None and self.language not in LANGUAGE_CODES:
            raise SettingError("e.setting", name="language", value=str(self.language), rule="en | zh")
        if self.money_unit not in MONEY_UNITS:
            rule = " | ".join(MONEY_UNITS)
            raise SettingError("e.setting", name="money_unit", value=str(self.money_unit), rule=rule)
        days = self.stale_tag_days
        if type(days) is not int or not 1 <= days <= MOST_STALE_DAYS:
            rule = f">= 1, <= {MOST_STALE_DAYS}"
            raise SettingError("e.setting", name="stale_tag_days", value=str(days), rule=rule)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Settings:
        """What a store holds, field by field: a value no longer valid gives way to the default."""
        settings = cls()
        for field in fields(cls):
            if field.name in kept:
                try:
                    settings = settings.changed(**{field.name: kept[field.name]})
                except SettingError:
                    continue
        return settings

    def changed(self, **values: Any) -> Settings:
        """A copy with some values replaced; SettingError names an unknown one, or a value that is not allowed."""
        known = {field.name for field in fields(self)}
        for name in values:
            if name not in known:
                raise SettingError("e.setting.unknown", name=name, known=", ".join(sorted(known)))
        return replace(self, **values)


@dataclass(frozen=True)
class Calendar:
    """What belongs to a data version beside its rows: currency (ISO 4217), IANA zone, first fiscal month, and whether
    amounts of orders are without tax (net), with it (gross), or some of each (mixed); "" where nothing says."""

    currency: str = ""
    time_zone: str = "UTC"
    fiscal_month: int = 1
    tax_basis: TaxBasis = ""

    def __post_init__(self) -> None:
        if not 1 <= self.fiscal_month <= 12:
            raise SettingError("e.setting", name="fiscal_month", value=self.fiscal_month, rule=">= 1, <= 12")
        if self.tax_basis not in TAX_BASES:
            raise SettingError(
                "e.setting", name="tax_basis", value=self.tax_basis, rule=" | ".join(TAX_BASES[1:])
            )


@dataclass(frozen=True)
class Limits:
    """Where the intake stops reading: stated up front on the page, tested at limit ± 1."""

    xlsx_bytes: int = 50 * 2**20
    csv_bytes: int = 500 * 2**20
    unpacked_bytes: int = 600 * 2**20
    unpacked_ratio: int = 200
    rows: int = 5_000_000
    columns: int = 500
    sheets: int = 60
    members: int = 10_000
    cell_characters: int = 32_767
    parse_seconds: int = 300
    parse_bytes: int = 3 * 2**30


@dataclass(frozen=True)
class Check:
    """A check of an upload: it counts beyond `start` (in the unit of its kind), and is then told at `level`."""

    start: float
    level: Level = "warn"


@dataclass(frozen=True)
class CheckKind:
    """What a check is measured in, which levels make sense for it, and where it may start."""

    unit: Literal["share", "factor", "days"] = "share"
    levels: tuple[Level, ...] = LEVELS
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class Thresholds:
    """From where on the intake notes, warns or stops.

    Shares (0–1): `excel_errors` of a key or amount column, `fewer_orders` than usual in a month, `missing_customers` of
    the stored ones, rows of `unknown_customers`, rows with `no_customer`, `rejected_rows`. `unusual_amount`: the median
    amount as a multiple or a fraction of the stored one. `future_dates`: days after the upload.
    """

    excel_errors: Check = Check(0.2, "stop")
    unusual_amount: Check = Check(1_000.0)
    fewer_orders: Check = Check(0.5)
    missing_customers: Check = Check(0.0)
    unknown_customers: Check = Check(0.0)
    no_customer: Check = Check(0.0)
    rejected_rows: Check = Check(0.0)
    future_dates: Check = Check(0.0)

    def __post_init__(self) -> None:
        for name, kind in CHECK_KINDS.items():
            check: Check = getattr(self, name)
            if not kind.low <= check.start <= kind.high:
                rule = f">= {kind.low:g}, <= {kind.high:g}"
                raise SettingError("e.setting", name=name, value=check.start, rule=rule)
            if check.level not in kind.levels:
                raise SettingError("e.setting", name=name, value=check.level, rule=" | ".join(kind.levels))

    @classmethod
    def read(cls, kept: Any) -> Thresholds:
        """What a store holds (see `written`), check by check: one no longer valid gives way to the default."""
        found = cls()
        for name, told in kept.items() if isinstance(kept, Mapping) else ():
            if name in CHECK_KINDS:
                with contextlib.suppress(SettingError, TypeError, ValueError, KeyError):
                    found = replace(found, **{name: Check(float(told["start"]), told["level"])})
        return found

    @property
    def written(self) -> dict[str, dict[str, Any]]:
        """Every check as plain JSON values."""
        return {name: asdict(getattr(self, name)) for name in CHECK_KINDS}


CHECK_KINDS: Mapping[str, CheckKind] = MappingProxyType(
    {
        "unknown_customers": CheckKind(),
        "no_customer": CheckKind(),
        "missing_customers": CheckKind(),
        "fewer_orders": CheckKind(),
        "rejected_rows": CheckKind(),
        "future_dates": CheckKind("days", high=3_660.0),
        "unusual_amount": CheckKind("factor", ("warn", "note"), 2.0, 1e9),
        "excel_errors": CheckKind("share", ("stop", "note")),
    }
)
CHECKS_SETTING = "checks"
USUAL_THRESHOLDS = Thresholds()
