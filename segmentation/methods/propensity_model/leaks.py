"""Fields that know the outcome: written down after it, or made by it. Caught by how they behave, explained in facts.

Only fields without a date are suspected: what has one is read as of its day. A call lasts because the customer says
yes; a contract number exists because there is a contract. Such a field ranks the past well and nobody beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation import scales
from segmentation.methods.propensity_model.calibration import wilson
from segmentation.methods.propensity_model.fields import ATTRIBUTE, coded, is_text
from segmentation.methods.propensity_model.ranking import Area, area_under_curve

Floats = NDArray[np.float64]
Code = Literal["grade", "dates", "filled", "never", "always", "name", "area", "same", "constant"]
BANDS = 10
FULL_AREA = 0.9  # one field alone that ranks this well, its interval included, knows the answer
SIGN_AREA, NAME_AREA = 0.75, 0.65  # beside another sign less is enough
RARE = 0.1  # "practically never": the rate's upper end below this share of the usual rate
LEAST_SHARE = 0.05  # of the rows, for a stretch of values to say anything
DATE = re.compile(r"^\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?")
GRADE = re.compile(r"^(customer )?(grade|tier)$|^客户?(等级|级别)$|^(等级|级别)$", re.IGNORECASE)
AFTERWARDS = re.compile(
    r"duration|call.?length|talk.?time|outcome|result|status|stage|state|won|lost|win|clos(ed|ing)|sign(ed|ing)|contract"
    r"|convert|conversion|subscri|order.?(no|number|id|date)|invoice|paid|payment|deliver|churn|reason"
    r"|时长|结果|状态|阶段|成交|签约|签单|合同|赢单|输单|丢单|转化|订单号|发票|付款|回款|发货|流失|原因",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class LeftOut:
    """A field that is not learned from, why (`code`), and the figures behind it (facts of its message)."""

    column: str
    code: Code
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.column.removeprefix(ATTRIBUTE)

    @property
    def is_leak(self) -> bool:
        """Whether it is left out for knowing the outcome; a person may overrule that."""
        return self.code in ("dates", "filled", "never", "always", "name", "area")


@dataclass(frozen=True)
class Cases:
    """What the rows of a field led to. days: the day of each, None where the outcome has no date · wins, trials ·
    half: a coin per customer; the rate of each band of values is taken from one half and judged on the other, so that
    many bands do not look clever by chance."""

    days: NDArray[np.datetime64] | None
    wins: Floats
    trials: Floats
    half: NDArray[np.bool_]


def sounds_late(name: str) -> bool:
    """Whether a column's name sounds like something that is known only after the result."""
    return AFTERWARDS.search(name) is not None


def find_leak(column: str, values: pd.Series, cases: Cases) -> LeftOut | None:
    """Why a field without a date is not believed, None where nothing speaks against it."""
    wins, trials = cases.wins, cases.trials
    name = column.removeprefix(ATTRIBUTE)
    if GRADE.search(name):
        return LeftOut(column, "grade", {"name": name})
    late = _late_share(values, cases.days)
    if late is not None and late > 0:
        return LeftOut(column, "dates", {"name": name, "share": _percent(late)})
    bands, named = _bands(values)
    area = _own_area(bands, wins, trials, cases.half)
    facts = {"name": name, "area": round(100 * area.area)}
    if not area.area >= NAME_AREA:
        return None
    found = _stretch(bands, wins, trials) if area.area >= SIGN_AREA else None
    if found is not None:
        band, is_never, won, tried = found
        usual = float(wins.sum() / trials.sum())
        told = {**facts, "values": named[band], "k": won, "n": tried, "usual": _percent(usual)}
        return LeftOut(column, "filled" if not named[band] else "never" if is_never else "always", told)
    if sounds_late(name) and area.low >= NAME_AREA:
        return LeftOut(column, "name", facts)
    return LeftOut(column, "area", facts) if area.low >= FULL_AREA else None


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%" if share < 0.1 else f"{100 * share:.0f}%"


def _late_share(values: pd.Series, days: NDArray[np.datetime64] | None) -> float | None:
    """The share of dates that lie after the day of their row; None where the field holds no dates, or there are no
    days."""
    if days is None or not is_text(values):
        return None
    texts = pd.Series(values.to_numpy(dtype=object)).dropna().astype(str)
    if not len(texts) or not texts.str.match(DATE).mean() > 0.8:
        return None
    written = pd.to_datetime(
        texts.str.replace(r"[/.年月]", "-", regex=True).str.rstrip("日"), errors="coerce"
    )
    late = written.to_numpy("datetime64[D]") > days[texts.index.to_numpy()]
    return float(late.mean())


def _bands(values: pd.Series) -> tuple[NDArray[np.int64], list[str]]:
    """(band of each row, what each band is called): levels of words, tenths of numbers, unknown as ""."""
    if is_text(values):
        codes, found = coded(values)
        return np.where(codes < 0, len(found), codes), [*found, ""]
    numbers = scales.as_floats(values)
    known = np.sort(numbers[~np.isnan(numbers)])
    if not known.size:
        return np.zeros(len(numbers), np.int64), [""]
    edges = np.unique(np.quantile(known, np.arange(1, BANDS) / BANDS, method="nearest"))
    place = np.searchsorted(edges, numbers, side="right")
    unknown = len(edges) + 1
    bands = np.where(np.isnan(numbers), unknown, place).astype(np.int64)
    names = list[str]()
    for band in range(unknown):
        held = numbers[bands == band]
        low, high = (float(held.min()), float(held.max())) if held.size else (0.0, 0.0)
        names.append(f"{low:g}" if low == high else f"{low:g}–{high:g}")
    return bands, [*names, ""]


def _own_area(bands: NDArray[np.int64], wins: Floats, trials: Floats, half: NDArray[np.bool_]) -> Area:
    """How well the field alone ranks, whatever its shape: the rate of each band in one half, judged on the other."""
    usual = float(wins.sum() / trials.sum())
    scores = np.zeros(len(bands))
    for part in (half, ~half):
        size = int(bands.max()) + 1
        won = np.bincount(bands[~part], weights=wins[~part], minlength=size)
        tried = np.bincount(bands[~part], weights=trials[~part], minlength=size)
        scores[part] = ((won + usual) / (tried + 1))[bands[part]]
    return area_under_curve(scores, wins, trials)


def _stretch(bands: NDArray[np.int64], wins: Floats, trials: Floats) -> tuple[int, bool, int, int] | None:
    """(band, whether nobody wins there, wins, trials) of a stretch with a tenth of the rows in which the outcome is
    practically never, or always, the same: as if the value were made by it."""
    won: Floats = np.asarray(np.bincount(bands, weights=wins), np.float64)
    tried: Floats = np.asarray(np.bincount(bands, weights=trials), np.float64)
    rows = np.bincount(bands) / len(bands)
    usual = float(wins.sum() / trials.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = wilson(won, tried)
    is_broad = rows >= LEAST_SHARE
    for is_never, held in ((True, high < RARE * usual), (False, 1 - low < RARE * (1 - usual))):
        found = np.flatnonzero(is_broad & held)
        if found.size:
            best = int(found[np.argmax(rows[found])])
            return best, is_never, int(won[best]), int(tried[best])
    return None
