"""LTV: customers by the value they have brought so far, or by the value a model expects of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from segmentation import scales
from segmentation.clv import renewals, written
from segmentation.clv.forecasts import FORECASTS, Given, OrderForecast
from segmentation.clv.renewals import Learned, Reason
from segmentation.errors import SettingError
from segmentation.i18n import Text
from segmentation.methods.base import Scored, check_params, param, require_columns, window_param
from segmentation.schemes import CutKind

KNOTS = 2000  # what a published scheme carries at most of the curve from value to score
HISTORY = OrderForecast.columns
CURVE = ("value", "share")  # the curve from value to score, beside the models
SO_FAR = Text("Value so far", "迄今为止的价值")
MODELLED = Text("Modelled value", "估算价值")


def _chance(default: float, en: str, zh: str, low: float, high: float) -> Any:
    help_text = Text(
        "By the modelled chance that the customer will order again at all, or renew the next time.",
        "按模型估算的“还会下单”（或“下次会续约”）的可能性划分。",
    )
    return param(default, Text(en, zh), help=help_text, unit="share", low=low, high=high, step=0.05)


@dataclass(frozen=True)
class Ltv:
    """Score = 100 × share of all value held by customers with value ≤ own, as in ABC: a line at 30 is therefore "the
    customers who bring 70 %", whatever the currency and the horizon.

    Modelled value = E[Y(t)] of BG/NBD (of NBD where nobody is seen to leave) × E[Z] of Gamma-Gamma (× own gross profit
    share). Order days count, not orders; refunds are left out; nothing is discounted. By renewals: the contract that
    runs, and what follows it by shifted beta-geometric. `fitted`: the parameters by the letters of the papers
    (`letters`), time in weeks, the covariances of their logarithms row by row, and the curve from value to score.
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
    letters: ClassVar[Mapping[str, tuple[str, ...]]] = {**written.LETTERS, **renewals.LETTERS}

    basis: Literal["modelled", "renewals", "historical"] = param(
        "modelled",
        Text("Value is", "价值口径"),
        help=Text(
            "By orders, by renewals: what a model expects, not a forecast. Renewals suit contracts with a term (deals "
            "of kind renewal). So far: what was really bought.",
            "按订单、按续约：由模型估算，不是预测。按续约适合有期限的合同（类型为续约的商机）。迄今为止：实际已发生的采购。",
        ),
        unit="choice",
        choices=(
            ("modelled", Text("Modelled by orders", "按订单估算")),
            ("renewals", Text("Modelled by renewals", "按续约估算")),
            ("historical", Text("So far", "迄今为止")),
        ),
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
        forecast = FORECASTS.get(self.basis)
        needs, columns = (
            ((self.value,), (self.value,)) if forecast is None else (forecast.needs, forecast.columns)
        )
        if self.basis == "modelled" and self.value == "margin":
            needs, columns = (*needs, "margin_share"), (*columns, "margin_share")
        object.__setattr__(self, "needs", needs)
        object.__setattr__(self, "columns", columns)

    @property
    def dimension_count(self) -> int | None:
        """One where past value alone counts; a model weighs recency, frequency and value itself."""
        return 1 if self.basis == "historical" else None

    @property
    def idle_params(self) -> frozenset[str]:
        """The window where a model reads all history, gross profit where contracts have none; what only a model knows
        where there is none."""
        if self.basis == "historical":
            return frozenset({"horizon_weeks", "active_rate", "gone_rate"})
        return frozenset({"window_days", "value"} if self.basis == "renewals" else {"window_days"})

    def score(self, features: pd.DataFrame, fitted: Mapping[str, Any] | None = None) -> Scored:
        """Score and segment of every customer whose inputs are known; refused where no model may be used."""
        require_columns(features, self.columns)
        if self.basis == "historical":
            return self._scored(features.index, scales.as_floats(features[self.value]), {}, fitted)
        known = features[list(self.needs)].notna().all(axis=1).to_numpy()
        forecast, given = FORECASTS[self.basis], self._given(features[known])
        if fitted is None:
            learned = forecast.learn(given, self.horizon_weeks)
        else:
            learned = Learned({name: fitted[name] for name in fitted if name not in CURVE})
        model = learned.written
        if not forecast.can_read(model):
            nobody: Reason = ("ltv.renewals.nobody" if self.basis == "renewals" else "ltv.nobody", {})
            return _refused(
                features.index, (learned.refusal if known.any() else nobody) or ("ltv.frozen", {})
            )
        values = np.full(len(features), np.nan)
        values[known] = forecast.value(given, self.horizon_weeks, model)
        segments = np.full(len(features), None, dtype=object)
        segments[known] = forecast.segments(given, model, self.active_rate, self.gone_rate)
        scored = self._scored(features.index, values, model, fitted)
        return replace(
            scored, segments=pd.Series(segments, index=features.index, name="segment"), verdict=learned.remark
        )

    def refuse_months(self, features: pd.DataFrame) -> Scored | None:
        """What is said of totals of months: they hold no order days, so that no model of them is told."""
        return _refused(features.index, ("ltv.months", {})) if self.basis == "modelled" else None

    def estimate(self, features: pd.DataFrame, fitted: Mapping[str, Any]) -> pd.DataFrame:
        """What a model that was fitted expects of every customer in the `horizon_weeks`, indexed like `features`.

        alive_rate: 0–1, chance to order ever again (null for who ordered on one day only) or to renew the next time ·
        order_days_count or renewals_count, value (currency), each with `_low` and `_high`: 95 % for not knowing the
        parameters exactly. Null where an input is. KeyError where nothing was fitted.
        """
        require_columns(features, self.columns)
        known = features.dropna(subset=list(self.needs))
        found = FORECASTS[self.basis].estimate(self._given(known), self.horizon_weeks, fitted)
        return pd.DataFrame(dict(found), index=known.index).reindex(features.index)

    def expect_total(self, features: pd.DataFrame, fitted: Mapping[str, Any]) -> dict[str, float] | None:
        """The same over all customers together, with `horizon_weeks`; None where no model was fitted."""
        forecast = FORECASTS.get(self.basis)
        if forecast is None or not forecast.can_read(fitted):
            return None
        total = forecast.estimate_total(self._given(features), self.horizon_weeks, fitted)
        return {"horizon_weeks": self.horizon_weeks, **total}

    def _given(self, features: pd.DataFrame) -> Given:
        return {name: scales.as_floats(features[name]) for name in self.columns}

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
        forecast = FORECASTS.get(self.basis)
        return Scored(
            scores=pd.Series(points, index=index, name="score"),
            parts=pd.DataFrame({"value": points}, index=index),
            fitted={**model, **{name: tuple(fitted[name]) for name in CURVE}},
            labels={"value": SO_FAR} if forecast is None else {"value": MODELLED, **forecast.labels},
            maxima={"value": 100.0},
            reads={} if forecast is not None else {"value": self.value},
            exact=exact,
        )


def _refused(index: pd.Index, reason: Reason) -> Scored:
    nothing = pd.Series(np.nan, index=index, name="score")
    parts = pd.DataFrame({"value": nothing}, index=index)
    return Scored(
        nothing, parts, {}, {"value": MODELLED}, maxima={"value": 100.0}, verdict=reason, is_refused=True
    )
