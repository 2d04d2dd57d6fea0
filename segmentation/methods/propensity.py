"""Propensity: the probability of the outcome, learned from what happened to customers like these before.

Logistic regression (Hosmer, Lemeshow & Sturdivant 2013), or additive boosting where it ranks later cases better beyond
its interval. Score = 100·p; parts are log-odds, against the average customer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from segmentation import scales
from segmentation.i18n import Text
from segmentation.methods.base import (
    BASE,
    LEARNED_THROUGH,
    History,
    Scored,
    check_params,
    columns_param,
    param,
    require_columns,
    window_param,
)
from segmentation.methods.propensity_model.fields import ATTRIBUTE, DATED, label
from segmentation.methods.propensity_model.learning import Learned, Refusal, learn
from segmentation.methods.propensity_model.ranking import Area
from segmentation.methods.propensity_model.regression import probability
from segmentation.methods.propensity_model.terms import from_fitted, summed

Fitted = Mapping[str, tuple[float, ...]]
AVERAGE = Text("Average customer", "平均水平")
# Who can have the outcome at all: for the others there is no probability.
ANYBODY, WITHOUT_ORDER, WITH_ORDER = 0.0, 1.0, 2.0
ASKED = {"first_order": WITHOUT_ORDER, "repurchase": WITH_ORDER}
DIGITS = 12  # what is written down: sums of other processors may differ beyond

# What was learned stays with the history it was learned from, and goes with it.
_LEARNED: WeakKeyDictionary[History, dict[tuple[float, bool], Learned | Refusal]] = WeakKeyDictionary()
_COLUMNS = Text("Without a date: read as recorded today.", "这些列没有日期，按当前记录读取。")


@dataclass(frozen=True)
class Propensity:
    """Score 100·p; log-odds of p = base + Σ parts. It refuses below 50 wins, or 50 cases without one.

    `attributes` names columns of the customers table: they carry no date and are read as recorded today. A field that
    seems to know the outcome is left out unless `suspects` says otherwise, and named either way (`Learned.left_out`).
    """

    name: ClassVar[str] = "propensity"
    text: ClassVar[Text] = Text("Propensity", "成交概率")
    help: ClassVar[Text] = Text(
        "The chance that it happens next, learned from what happened to customers like these. Needs at least 50 wins.",
        "从过去同类客户的结果中学习，估计接下来成交的可能性。至少需要 50 次成交。",
    )
    needs: ClassVar[tuple[str, ...]] = ()
    learns_from_outcomes: ClassVar[bool] = True

    window_days: int | None = window_param(
        365,
        Text(
            "Orders, contacts and deals of this period before each day learned from.",
            "统计每个学习日期之前这段时间的订单、跟进和商机。",
        ),
    )
    suspects: Literal["left_out", "kept"] = param(
        "left_out",
        Text("Fields that seem to know the outcome", "疑似事后才有的字段"),
        help=Text(
            "Such a field ranks the past very well and nobody beforehand: the length of a call that ended in a sale.",
            "这类字段解释过去很准，对事前判断没有用，例如成交那通电话的时长。",
        ),
        unit="choice",
        choices=(("left_out", Text("Leave out", "不采用")), ("kept", Text("Use all the same", "仍然采用"))),
    )
    caution: float = param(
        1.0,
        Text("Caution with few cases", "样本少时的谨慎程度"),
        help=Text(
            "Draws every effect towards none; large numbers of cases outweigh it.",
            "把各项影响往“没有影响”的方向收一收；样本多时作用很小。",
        ),
        unit="points",
        low=0.5,
        high=100.0,
        step=0.5,
    )
    attributes: tuple[str, ...] = columns_param(_COLUMNS)

    def __post_init__(self) -> None:
        check_params(self)

    @property
    def columns(self) -> tuple[str, ...]:
        """The only features it reads."""
        return (*DATED, "has_order", *(ATTRIBUTE + name for name in self.attributes))

    def score(
        self, features: pd.DataFrame, fitted: Fitted | None = None, history: History | None = None
    ) -> Scored:
        """Scores of all who can have the outcome; all null, with the reason, where nothing can be learned."""
        require_columns(features, (*DATED, "has_order"))
        learned: Learned | None = None
        if fitted is None:
            found = Refusal("propensity.refused.nothing") if history is None else self._learn(history)
            if isinstance(found, Refusal) or history is None:
                return _refused(features, found if isinstance(found, Refusal) else Refusal(""))
            learned, fitted = found, _told(found, history)
        if "base" not in fitted:
            return _refused(features, Refusal("propensity.refused.nothing"))
        model = from_fitted(fitted)
        parts = model.parts(features)
        score = np.round(100 * probability(summed(parts)), scales.SCORE_DECIMALS)
        is_asked = _can_have(features, fitted["asked"][0])
        labels = {BASE: AVERAGE, **{name: label(name) for name in model.terms}}
        return Scored(
            scores=pd.Series(np.where(is_asked, score, np.nan), index=features.index, name="score"),
            parts=parts.where(pd.Series(is_asked, index=features.index), np.nan),
            fitted=dict(fitted),
            labels=labels,
            parts_unit="log_odds",
            reads={name: name for name in model.terms if name in DATED},
            verdict=_verdict(fitted, learned),
            learned=learned,
        )

    def _learn(self, history: History) -> Learned | Refusal:
        settings = (float(self.caution), self.suspects == "kept")
        known = _LEARNED.setdefault(history, {})
        if settings not in known:
            known[settings] = learn(history, penalty=settings[0], keeps_suspects=settings[1])
        return known[settings]


def _told(learned: Learned, history: History) -> dict[str, tuple[float, ...]]:
    """What is frozen: the model, who it is for, until when it looked, and what it was worth."""
    told = learned.model.told() | {
        "asked": (ASKED.get(history.outcome, ANYBODY),),
        LEARNED_THROUGH: (float(history.ends_on.toordinal()),),
        "learned_from": (float(learned.cases), float(learned.wins)),
        "checked": (float(learned.is_later), *_measures(learned.area)),
    }
    return {key: tuple(float(f"{value:.{DIGITS}g}") for value in values) for key, values in told.items()}


def _measures(area: Area) -> tuple[float, ...]:
    """wins, losses, area, low, high; zeros where nothing could be checked: a file of numbers has no room for none."""
    measures = (area.wins, area.losses, area.area, area.low, area.high)
    return (0.0,) * len(measures) if math.isnan(area.area) else tuple(map(float, measures))


def _can_have(features: pd.DataFrame, asked: float) -> np.ndarray:
    """Whether the outcome is still open to a customer."""
    has_order = features["has_order"].to_numpy(dtype=bool)
    return np.ones(len(features), bool) if asked == ANYBODY else has_order == (asked == WITH_ORDER)


def _refused(features: pd.DataFrame, why: Refusal) -> Scored:
    scores = pd.Series(np.nan, index=features.index, name="score")
    return Scored(
        scores=scores,
        parts=pd.DataFrame(index=features.index),
        fitted={},
        labels={},
        parts_unit="log_odds",
        verdict=(why.code, why.facts),
        is_refused=True,
        learned=why,
    )


def _verdict(fitted: Fitted, learned: Learned | None) -> tuple[str, Mapping[str, Any]]:
    """What the score is worth, and which fields were not believed."""
    is_later, wins, losses, area, low, high = fitted["checked"]
    found = Area(area, low, high, int(wins), int(losses))
    cases, won = fitted["learned_from"]
    facts: dict[str, Any] = {"cases": int(cases), "wins": int(won)}
    if not found.wins:
        return "propensity.unchecked", facts
    facts |= {"area": round(100 * found.area), "lo": round(100 * found.low), "hi": round(100 * found.high)}
    suspects = [] if learned is None else [told.name for told in learned.left_out if told.is_leak]
    if suspects:
        facts["names"] = Text(", ".join(suspects), "、".join(suspects))
    ending = ".suspects" if suspects else ""
    worth = "chance" if not found.beats_chance else "later" if is_later else "others"
    return f"propensity.{worth}{ending}", facts
