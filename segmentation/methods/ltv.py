"""LTV: customers by the value they have brought so far, or by the value a model expects of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation import scales
from segmentation.clv.customer_values import Learned, Purchases, Reason, learn, purchases_of
from segmentation.clv.estimates import estimate, estimate_total
from segmentation.clv.written import LETTERS, read, write
from segmentation.errors import SettingError
from segmentation.i18n import Text
from segmentation.methods.base import Scored, check_params, param, require_columns, window_param
from segmentation.schemes import CutKind

KNOTS = 2000  # what a published scheme carries at most of the curve from value to score
HISTORY = ("repeat_order_days_count", "order_span_days", "recency_days", "repeat_amount")
CURVE = ("value", "share")  # the curve from value to score, beside the models
SO_FAR = Text("Value so far", "迄今为止的价值")
LABELS: Mapping[str, Text] = {
    "value": Text("Modelled value (not a forecast)", "模型估算价值（不是预测）"),
    "active": Text("Probably still a customer", "大概率仍会下单"),
    "fading": Text("May have left", "可能正在流失"),
    "gone": Text("Has probably left", "大概率已流失"),
    "once": Text("Ordered on one day only: cannot tell", "只在一天下过单，看不出去留"),
}


def _chance(default: float, en: str, zh: str, low: float, high: float) -> Any:
    help_text = Text(
        "By the modelled chance that the customer will order again at all.",
        "按模型估算的“还会下单”的可能性划分。",
    )
    return param(default, Text(en, zh), help=help_text, unit="share", low=low, high=high, step=0.05)


@dataclass(frozen=True)
class Ltv:
    """Score = 100 × share of all value held by customers with value ≤ own, as in ABC: a line at 30 is therefore "the
    customers who bring 70 %", whatever the currency and the horizon.

    Modelled value = E[Y(t)] of BG/NBD (of NBD where nobody is seen to leave) × E[Z] of Gamma-Gamma (× own gross profit
    share). Order days count, not orders; refunds are left out; nothing is discounted. `fitted`: the parameters by the
    letters of the papers (`letters`), time in weeks, the covariances of their logarithms row by row, and the curve from
    value to score.
    """

    name: ClassVar[str] = "ltv"
    text: ClassVar[Text] = Text("Lifetime value (LTV)", "客户生命周期价值 (LTV)")
    help: ClassVar[Text] = Text(
        "What a customer has brought, or is expected to bring by a model of its own rhythm. Needs customers who order "
        "again at times of their own choosing.",
        "看客户已经带来的价值，或按其自身下单节奏由模型估算的价值。适合客户自行决定何时再下单的业务。",
    )
    needs: ClassVar[tuple[str, ...]] = HISTORY
    columns: ClassVar[tuple[str, ...]] = HISTORY
    usual_lines: ClassVar[tuple[CutKind, tuple[float, ...]]] = ("score", (30.0, 10.0))
    letters: ClassVar[Mapping[str, tuple[str, ...]]] = LETTERS

    basis: Literal["modelled", "historical"] = param(
        "modelled",
        Text("Value is", "价值口径"),
        help=Text(
            "Modelled: orders and spend expected by a model, not a forecast. So far: what was really bought.",
            "模型估算：由模型得出的下单次数与金额，不是预测。迄今为止：实际已发生的采购。",
        ),
        unit="choice",
        choices=(("modelled", Text("Modelled", "模型估算")), ("historical", Text("So far", "迄今为止"))),
    )
    value: Literal["amount", "margin"] = param(
        "amount",
        Text("Counted as", "按什么算"),
        help=Text(
            "Sales, or gross profit where the file has it; modelled gross profit is modelled sales at the customer's "
            "own gross margin so far.",
            "按销售额，或按毛利（文件中有毛利时）；模型估算的毛利 = 估算销售额 × 该客户至今的毛利率。",
        ),
        unit="choice",
        choices=(("amount", Text("Sales", "销售额")), ("margin", Text("Gross profit", "毛利"))),
    )
    horizon_weeks: int = param(
        52,
        Text("Weeks ahead", "往后看几周"),
        help=Text(
            "Value of this many weeks after the as-of date; at most twice the history there is.",
            "截至日期之后这么多周的价值；最多为已有历史的两倍。",
        ),
        unit="weeks",
        low=4,
        high=156,
        step=1,
    )
    window_days: int | None = window_param(
        None,
        Text(
            "Counts with “so far” only; the model reads all history.",
            "仅在“迄今为止”时起作用；模型总是读取全部历史。",
        ),
    )
    active_rate: float = _chance(0.7, "Still a customer from", "不低于此为仍会下单", 0.5, 0.95)
    gone_rate: float = _chance(0.3, "Has left below", "低于此为已流失", 0.05, 0.5)

    def __post_init__(self) -> None:
        check_params(self)
        if self.gone_rate > self.active_rate:
            rule = f"<= active_rate ({self.active_rate})"
            raise SettingError("e.setting", name="gone_rate", value=self.gone_rate, rule=rule)
        share = ("margin_share",) if self.value == "margin" else ()
        read = (*HISTORY, *share) if self.basis == "modelled" else (self.value,)
        object.__setattr__(self, "needs", read)
        object.__setattr__(self, "columns", read)

    @property
    def dimension_count(self) -> int | None:
        """One where past value alone counts; a model weighs recency, frequency and value itself."""
        return None if self.basis == "modelled" else 1

    @property
    def idle_params(self) -> frozenset[str]:
        """The window where a model reads all history; what only a model knows where there is none."""
        if self.basis == "modelled":
            return frozenset({"window_days"})
        return frozenset({"horizon_weeks", "active_rate", "gone_rate"})

    def score(self, features: pd.DataFrame, fitted: Mapping[str, Any] | None = None) -> Scored:
        """Score and segment of every customer whose inputs are known; refused where no model may be used."""
        require_columns(features, self.needs)
        known = features[list(self.needs)].notna().all(axis=1).to_numpy()
        if self.basis == "historical":
            return self._scored(features.index, scales.as_floats(features[self.value]), {}, fitted)
        purchases, margin_share = self._purchases(features[known])
        learned = learn(purchases, self.horizon_weeks) if fitted is None else Learned()
        model = (
            write(learned) if fitted is None else {name: fitted[name] for name in fitted if name not in CURVE}
        )
        if (models := read(model)) is None:
            reason = learned.refusal if known.any() else ("ltv.nobody", {})
            return _refused(features.index, reason or ("ltv.frozen", {}))
        values = np.full(len(features), np.nan)
        values[known] = models.expected_value(purchases, self.horizon_weeks, margin_share)
        segments = np.full(len(features), None, dtype=object)
        segments[known] = self._segments(models.alive(purchases), purchases.repeat_count)
        scored = self._scored(features.index, values, model, fitted)
        return replace(
            scored, segments=pd.Series(segments, index=features.index, name="segment"), verdict=learned.remark
        )

    def refuse_months(self, features: pd.DataFrame) -> Scored | None:
        """What is said of totals of months: they hold no order days, so that no model of them is told."""
        return None if self.basis == "historical" else _refused(features.index, ("ltv.months", {}))

    def estimate(self, features: pd.DataFrame, fitted: Mapping[str, Any]) -> pd.DataFrame:
        """What a model that was fitted expects of every customer in the `horizon_weeks`, indexed like `features`.

        alive_rate: 0–1, 1 for who ordered on one day only · order_days_count, value (currency), each with `_low` and
        `_high`: 95 % for not knowing the parameters exactly. Null where an input is. KeyError where nothing was fitted.
        """
        require_columns(features, self.needs)
        purchases, share = self._purchases(features.dropna(subset=list(self.needs)))
        found = estimate(purchases, self.horizon_weeks, share, fitted)
        known = features.index[features[list(self.needs)].notna().all(axis=1)]
        return pd.DataFrame(dict(found), index=known).reindex(features.index)

    def expect_total(self, features: pd.DataFrame, fitted: Mapping[str, Any]) -> dict[str, float] | None:
        """The same over all customers together, with `horizon_weeks`; None where no model was fitted."""
        if read(fitted) is None:
            return None
        purchases, share = self._purchases(features)
        total = estimate_total(purchases, self.horizon_weeks, share, fitted)
        return {"horizon_weeks": self.horizon_weeks, **total}

    def _purchases(self, features: pd.DataFrame) -> tuple[Purchases, scales.Floats | None]:
        """Histories and gross margins of the customers of `features`, all of whose inputs are known."""
        given = {name: scales.as_floats(features[name]) for name in self.needs}
        return purchases_of(*(given[name] for name in HISTORY)), given.get("margin_share")

    def _segments(self, alive: scales.Floats, repeat_count: scales.Floats) -> NDArray[np.object_]:
        conditions = [repeat_count == 0, alive >= self.active_rate, alive < self.gone_rate]
        return np.select(conditions, ["once", "active", "gone"], "fading").astype(object)

    def _scored(
        self,
        index: pd.Index,
        values: scales.Floats,
        model: Mapping[str, tuple[float, ...]],
        fitted: Mapping[str, Any] | None,
    ) -> Scored:
        """Score of values (currency, null = unknown) by the curve of these customers, or by the one in `fitted`."""
        exact: dict[str, Any] | None = None
        if fitted is None:
            worth, share = scales.running_share(values)
            exact = {**model, "value": worth, "share": share}
            fitted = dict(zip(CURVE, scales.thinned(worth, share, KNOTS), strict=True))
        curve: Mapping[str, Any] = fitted if exact is None else exact
        points = scales.rounded(scales.read_share(values, curve["value"], curve["share"]))
        is_modelled = self.basis == "modelled"
        return Scored(
            scores=pd.Series(points, index=index, name="score"),
            parts=pd.DataFrame({"value": points}, index=index),
            fitted={**model, **{name: tuple(fitted[name]) for name in CURVE}},
            labels=LABELS if is_modelled else {"value": SO_FAR},
            maxima={"value": 100.0},
            reads={} if is_modelled else {"value": self.value},
            exact=exact,
        )


def _refused(index: pd.Index, reason: Reason) -> Scored:
    nothing = pd.Series(np.nan, index=index, name="score")
    parts = pd.DataFrame({"value": nothing}, index=index)
    return Scored(nothing, parts, {}, LABELS, maxima={"value": 100.0}, verdict=reason, is_refused=True)
