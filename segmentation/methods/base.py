"""The contract of a method: its frozen parameters are the method, and `score` is all it does.

A new method is one file in this folder: a frozen dataclass with `name`, `text`, `help`, `needs`, `param()` fields
and `score()`. It is then discovered, drawn as sliders in both languages, and held to the contract test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any, ClassVar, Literal, Protocol, TypeGuard, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.errors import SettingError
from segmentation.i18n import Text
from segmentation.schemes import Outcome

PartsUnit = Literal["points", "log_odds"]
NO_TEXT = Text("", "")
EXTRA_COLUMNS = "attributes"
BASE = "base"  # the part of a score in log-odds that every customer shares


@dataclass(frozen=True)
class Param:
    """How one field of a method is drawn and bounded. `unit`: share, days, bins, points, choice, …"""

    name: str
    default: Any
    text: Text
    help: Text
    unit: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[tuple[Any, Text], ...] = ()


def param(
    default: Any,
    text: Text,
    *,
    help: Text = NO_TEXT,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    choices: tuple[tuple[Any, Text], ...] = (),
) -> Any:
    """A dataclass field with the bounds and texts a form is drawn from."""
    told = {
        "text": text,
        "help": help,
        "unit": unit,
        "low": low,
        "high": high,
        "step": step,
        "choices": choices,
    }
    return field(default=default, metadata={"param": told})


@dataclass(frozen=True)
class ListParam:
    """How a field that holds names picked from the data is drawn. `of`: the column of the customers table whose texts
    they are, or `EXTRA_COLUMNS` where they name columns; `is_single`: the field is one name, "" for none."""

    name: str
    default: Any
    text: Text
    help: Text
    of: str
    is_single: bool = False


def list_param(text: Text, of: str, help: Text = NO_TEXT, *, is_single: bool = False) -> Any:
    """A dataclass field of names, empty by default, with what a form is drawn from."""
    told = {"text": text, "help": help, "of": of, "is_single": is_single}
    return field(default="" if is_single else (), metadata={"list": told})


def columns_param(help: Text) -> Any:
    """A list of extra columns a method reads."""
    return list_param(Text("Extra columns", "附加列"), EXTRA_COLUMNS, help)


def lists_of(method: type[Method] | Method) -> tuple[ListParam, ...]:
    """The lists a method declares, in order."""
    return tuple(
        ListParam(name=f.name, default=f.default, **f.metadata["list"])
        for f in fields(method)  # type: ignore[arg-type]
        if "list" in f.metadata
    )


def window_param(default: int | None, help: Text) -> Any:
    """The look-back window every method offers: 6, 12, 24, 36 months, or all history (None)."""
    choices = (
        (182, Text("6 months", "6 个月")),
        (365, Text("12 months", "12 个月")),
        (730, Text("24 months", "24 个月")),
        (1095, Text("36 months", "36 个月")),
        (None, Text("All history", "全部历史")),
    )
    return param(default, Text("Period counted", "统计期"), help=help, unit="days", choices=choices)


def params_of(method: type[Method] | Method) -> tuple[Param, ...]:
    """The parameters a method declares, in order."""
    return tuple(
        Param(name=f.name, default=f.default, **f.metadata["param"])
        for f in fields(method)  # type: ignore[arg-type]
        if "param" in f.metadata
    )


def check_params(method: Method) -> None:
    """SettingError naming the first parameter outside its bounds or choices: call it in `__post_init__`."""
    for told in params_of(method):
        value = getattr(method, told.name)
        if told.choices and value not in [choice for choice, _ in told.choices]:
            allowed = " | ".join(str(choice) for choice, _ in told.choices)
            raise SettingError("e.setting", name=told.name, value=str(value), rule=allowed)
        if type(told.default) is int and not told.choices and value % 1 != 0:
            rule = Text("a whole number", "是整数")
            raise SettingError("e.setting", name=told.name, value=value, rule=rule)
        if told.low is not None and not value >= told.low:
            raise SettingError("e.setting", name=told.name, value=value, rule=f">= {told.low}")
        if told.high is not None and not value <= told.high:
            raise SettingError("e.setting", name=told.name, value=value, rule=f"<= {told.high}")


def require_columns(features: pd.DataFrame, columns: Iterable[str]) -> None:
    """KeyError naming the first column `features` lacks, with the nearest names it has."""
    for column in columns:
        if column not in features.columns:
            near = get_close_matches(column, [str(name) for name in features.columns], n=3)
            raise KeyError(f"no column {column!r}" + (f"; is it {' or '.join(near)}?" if near else ""))


def of_months(text: Text) -> Text:
    """A text about the order count where orders are totals of months: how many there were is not known, only when."""
    return Text(
        text.en.replace("Order count", "Months with purchases"), text.zh.replace("下单次数", "有采购的月数")
    )


@dataclass(frozen=True)
class Scored:
    """What a method says. All frames are indexed by customer_id like the features, in their order.

    scores: float 0–100, 100 best, null where the method cannot tell · segments: text or None ·
    parts: one column per summand, adding up to the score on `parts_unit` · axes: named sub-scores 0–100 (value,
    behaviour) or None · fitted: what was learned from this data and must be frozen at publish (edges by name) ·
    edges: the reasons in feature units, by part · labels: text of each part and segment · verdict: a message id
    and facts where the data are thin, else None · maxima: most points of each part · most: the same
    for each customer, where points were shared out anew for want of data, else None · reads: the feature column
    behind each part · bin_sizes: how many customers fell into each bin, worst bin first, by part · exact: what gives
    these very scores again in place of `fitted`, where that is shortened to be written down, else None ·
    is_refused: the method can say nothing honest about these data: every score is null and `verdict` says why ·
    learned: what a method that learns from outcomes found out on the way, for its own pages, else None.
    """

    scores: pd.Series
    parts: pd.DataFrame
    fitted: Mapping[str, tuple[float, ...]]
    labels: Mapping[str, Text]
    segments: pd.Series | None = None
    axes: pd.DataFrame | None = None
    parts_unit: PartsUnit = "points"
    edges: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    maxima: Mapping[str, float] = field(default_factory=dict)
    most: pd.DataFrame | None = None
    reads: Mapping[str, str] = field(default_factory=dict)
    bin_sizes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    exact: Mapping[str, Any] | None = None
    verdict: tuple[str, Mapping[str, Any]] | None = None
    is_refused: bool = False
    learned: Any = None


@dataclass(frozen=True, eq=False)
class History:
    """What happened to customers after earlier days, for a method that learns from outcomes.

    features: one row per customer and day, columns as `score` gets them, indexed by customer_id · days: the day of each
    row, datetime64[D]; features are as known at its end · n, k: int64, what could have happened to the customer in the
    outcome window after that day, and what did · undated: columns that are as recorded today, whatever the day ·
    ends_on: the last day anything was read of · is_dated: False where the outcome itself has no date (`recorded`) ·
    missing_days: how much longer the data would have to be where there is no day to learn from, else 0.
    """

    features: pd.DataFrame
    days: NDArray[np.datetime64]
    n: NDArray[np.int64]
    k: NDArray[np.int64]
    outcome: Outcome
    outcome_days: int
    ends_on: dt.date
    undated: frozenset[str] = frozenset()
    is_dated: bool = True
    missing_days: int = 0


@runtime_checkable
class Method(Protocol):
    """A frozen dataclass; `needs` are feature columns that must be known for a customer to be rated.

    Read `needs` from the instance: a parameter may change it (ABC on margin needs the margin). A method that
    reads customers' attributes names them in an optional property `attributes`, and one that reads other columns of
    the customers table, which carry no date, says so in `reads_undated`. Optional too: `columns`, the only
    features it reads (it is then given no others, which saves copying them); `unlearned`, parameters that change
    nothing of what it learns from the data (`fitted` is then not learned anew when they move); `idle_params`, those
    that change nothing at these settings (their controls are then left out of the form), and the class attribute
    `usual_lines`, a kind of cut and its cuts, which somebody who changes to the method starts from;
    `dimension_count`, how many questions its score asks where neither axes nor parts tell (None: a model weighs them);
    `refuse_months`, what it says of orders that are totals of months, where it cannot read those; `plane`, the two
    axes a method scores by, and `axis_parts`, the parts that make up each, where `score` says no axes of its own.
    """

    name: ClassVar[str]
    text: ClassVar[Text]
    help: ClassVar[Text]
    needs: ClassVar[tuple[str, ...]]

    @property
    def window_days(self) -> int | None:
        """Look-back window of the features it reads; None = all history."""
        ...

    def score(self, features: pd.DataFrame, fitted: Mapping[str, tuple[float, ...]] | None = None) -> Scored:
        """Score the rated customers of `features` (every `needs` column non-null). `fitted` freezes the edges.

        Raises KeyError with near matches for a missing column. Never changes `features`; row order is free.
        """
        ...


@runtime_checkable
class LearningMethod(Method, Protocol):
    """A method that learns from what happened is given its `History` beside the features.

    `fitted` then holds `LEARNED_THROUGH`: the day (proleptic ordinal) up to which outcomes were read, so that nobody
    judges it on an outcome it has seen. `attributes` are columns without a date, named by the person.
    """

    learns_from_outcomes: ClassVar[bool]
    attributes: tuple[str, ...]

    def score(
        self,
        features: pd.DataFrame,
        fitted: Mapping[str, tuple[float, ...]] | None = None,
        history: History | None = None,
    ) -> Scored:
        """As `Method.score`; `history` is what it learns from where `fitted` is None, and without it it refuses."""
        ...


LEARNED_THROUGH = "learned_through"


def learns(method: Method) -> TypeGuard[LearningMethod]:
    """Whether `method` is given a history."""
    return bool(getattr(method, "learns_from_outcomes", False))
