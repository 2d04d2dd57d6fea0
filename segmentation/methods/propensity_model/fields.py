"""The fields a customer is judged by, and how a column of features becomes numbers a regression can weigh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation import scales
from segmentation.i18n import Text

Floats = NDArray[np.float64]
ATTRIBUTE = "attribute:"
SKEWED = 2.0  # skewness from which the logarithm is taken
FEW_ROWS = 20  # a level with fewer rows is pooled with the other rare ones
MOST_LEVELS = 12
FAMILY = 0.5  # more distinct texts than this share of the rows: names and numbers, not categories

# Point in time, each by its own date: what a method may read of a customer without asking anybody.
DATED: Mapping[str, Text] = {
    "recency_days": Text("Last order", "最近下单"),
    "touch_recency_days": Text("Last contact", "最近跟进"),
    "tenure_days": Text("Time as customer or lead", "建档时长"),
    "order_count": Text("Orders in the period", "统计期内下单次数"),
    "total_order_count": Text("Orders so far", "累计下单次数"),
    "amount": Text("Amount in the period", "统计期内采购金额"),
    "total_amount": Text("Amount so far", "累计采购金额"),
    "revenue_12m": Text("Sales of the last 12 months", "近 12 个月销售额"),
    "margin": Text("Gross profit", "毛利"),
    "touch_count": Text("Contacts", "跟进次数"),
    "visit_count": Text("Visits", "拜访次数"),
    "call_count": Text("Calls", "电话次数"),
    "meeting_count": Text("Meetings", "会议次数"),
    "message_count": Text("Days with messages", "有微信往来的天数"),
    "open_deal_count": Text("Open deals", "进行中的商机"),
    "won_deal_count": Text("Deals won", "赢单数"),
    "lost_deal_count": Text("Deals lost", "输单数"),
    "won_amount": Text("Value of deals won", "成交额"),
}


def label(column: str) -> Text:
    """What a field is called: its own header where it comes from an extra column."""
    return DATED.get(column) or Text(*[column.removeprefix(ATTRIBUTE)] * 2)


def is_text(column: pd.Series) -> bool:
    """Whether a column holds words."""
    return not pd.api.types.is_numeric_dtype(column.dtype)


def coded(column: pd.Series) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """(code of each row, the words they stand for): a column as words, −1 where nothing is known."""
    codes, found = pd.factorize(column.astype(object))
    names = [str(name) for name in found]
    merged = {name: place for place, name in enumerate(dict.fromkeys(names))}  # 1 and "1" are one word
    places = np.array([*(merged[name] for name in names), -1], dtype=np.int64)
    return places[codes], tuple(merged)


def bent(values: Floats, is_log: bool) -> Floats:
    """±ln(1 + |x|) where a field is skewed, so that refunds keep their sign; else as it is."""
    return np.sign(values) * np.log1p(np.abs(values)) if is_log else values


@dataclass(frozen=True)
class Number:
    """A field of numbers: bent, then standardised with `centre` and `scale`; unknown takes the middle and a column of
    its own. quartiles: of the known values, in their unit, with what the row of the driver table compares."""

    column: str
    is_log: bool
    centre: float
    scale: float
    middle: float
    has_unknown: bool
    low: float
    high: float

    @classmethod
    def learn(cls, column: str, values: Floats) -> Number | None:
        """None where fewer than two values are known: nothing can be weighed."""
        known = np.sort(values[~np.isnan(values)])
        if not known.size or known[0] == known[-1]:
            return None
        spread = float(known.std())
        is_log = float(((known - known.mean()) ** 3).mean()) > SKEWED * spread**3
        straight = bent(known, is_log)
        low, high = (float(v) for v in np.quantile(known, (0.25, 0.75), method="nearest"))
        if low == high:  # most have the same, usually none: compared with what the highest twentieth have
            low, high = float(known[0]), float(np.quantile(known, 0.95, method="nearest"))
            high = high if high > low else float(known[-1])
        return cls(
            column,
            is_log,
            float(straight.mean()),
            float(straight.std()),
            float(np.median(straight)),
            bool(known.size < values.size),
            low,
            high,
        )

    def design(self, column: pd.Series) -> list[tuple[str, Floats]]:
        """(part of the field, values) of its columns."""
        values = scales.as_floats(column)
        is_unknown = np.isnan(values)
        straight = np.where(is_unknown, self.middle, bent(values, self.is_log))
        found = [("value", (straight - self.centre) / self.scale)]
        return [*found, ("unknown", is_unknown.astype(float))] if self.has_unknown else found


@dataclass(frozen=True)
class Category:
    """A field of words: its frequent levels, the most frequent first (what the others are compared with), the rare ones
    pooled as *other*, and *unknown*."""

    column: str
    levels: tuple[str, ...]
    has_other: bool
    has_unknown: bool

    @classmethod
    def learn(cls, column: str, values: pd.Series) -> Category | None:
        """None where everybody has the same, or nearly everybody a word of his own."""
        codes, names = coded(values)
        counts = np.bincount(codes[codes >= 0], minlength=len(names))
        unknown = int((codes < 0).sum())
        if len(names) + (unknown > 0) < 2 or len(names) > max(2, FAMILY * counts.sum()):
            return None
        ranked = sorted(zip(-counts, names, strict=True))
        levels = tuple(name for count, name in ranked[:MOST_LEVELS] if -count >= FEW_ROWS) or (ranked[0][1],)
        return cls(column, levels, len(levels) < len(names), unknown > 0)

    def rows(self, column: pd.Series) -> list[tuple[str, NDArray[np.bool_]]]:
        """(part, which rows hold it): every level, the most frequent first, then *unknown* and *other*."""
        codes, names = coded(column)
        place = {name: code for code, name in enumerate(names)}
        found = [(f"level {level}", codes == place.get(level, -2)) for level in self.levels]
        if self.has_unknown:
            found.append(("unknown", codes < 0))
        if self.has_other:
            listed = [place[level] for level in self.levels if level in place]
            found.append(("other", (codes >= 0) & ~np.isin(codes, listed)))
        return found

    def design(self, column: pd.Series) -> list[tuple[str, Floats]]:
        """(part, 0 or 1) of its columns: none for the most frequent level, with which the others are compared."""
        return [(part, held.astype(float)) for part, held in self.rows(column)[1:]]


Field = Number | Category


def learn_field(column: str, values: pd.Series) -> Field | None:
    """The field a column makes, None where it says nothing."""
    if is_text(values):
        return Category.learn(column, values)
    return Number.learn(column, scales.as_floats(values))


@dataclass(frozen=True)
class Design:
    """rows × columns of numbers, the first column ones; `places` names the field and part of each other column."""

    matrix: Floats
    places: tuple[tuple[Field, str], ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(dict.fromkeys(field for field, _ in self.places))


SAME = 1 - 1e-9  # two columns this closely in line are one


def build_design(features: pd.DataFrame, fields: list[Field]) -> tuple[Design, Mapping[str, str]]:
    """The design of `fields`, and field → the earlier field that already says all it says (those are left out)."""
    columns, places = [np.ones(len(features))], list[tuple[Field, str]]()
    for field in fields:
        for part, values in field.design(features[field.column]):
            columns.append(values)
            places.append((field, part))
    matrix = np.column_stack(columns)
    alike = np.abs(_correlations(matrix))
    kept = list[int]()
    same: dict[str, str] = {}
    for place in range(1, len(columns)):
        twins = [other for other in kept if alike[place, other] > SAME]
        if twins:
            same.setdefault(places[place - 1][0].column, places[twins[0] - 1][0].column)
        elif alike[place, place] > 0:
            kept.append(place)
    design = Design(matrix[:, [0, *kept]], tuple(places[place - 1] for place in kept))
    used = {field.column for field in design.fields}
    return design, {column: other for column, other in same.items() if column not in used}


def _correlations(matrix: Floats) -> Floats:
    """Correlation of every two columns, 0 with one that does not vary."""
    centred = matrix - matrix.mean(axis=0)
    products = centred.T @ centred
    length = np.sqrt(np.diag(products))
    scale = np.divide(1.0, length, out=np.zeros(len(length)), where=length > 1e-9)
    return np.asarray(products * np.outer(scale, scale), float)
