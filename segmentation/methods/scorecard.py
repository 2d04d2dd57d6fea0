"""Scorecard: points for value and for behaviour, each from its own inputs, with bands, caps and half-lives.

With "three factors" it is the card of a small firm: amount, last order, contacts, of whatever the data hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from segmentation import scales
from segmentation.errors import SettingError
from segmentation.i18n import Text
from segmentation.methods.base import (
    Scored,
    check_params,
    columns_param,
    param,
    require_columns,
    window_param,
)
from segmentation.planes import VALUE_BEHAVIOUR, Plane
from segmentation.score_cards import BY_NAME, INPUTS, LEADS, THREE_FACTORS, TWO_FACTORS, Input

ATTRIBUTE = "attribute:"
Card = Mapping[str, tuple[float, ...]]  # what is frozen: points and edges by input, the weight of value
ATTRIBUTES_USED = 3
OF_OWN_CARD = frozenset(
    {"value_share", "attribute_points", "order_count_cap", *(f"{name}_points" for name in BY_NAME)}
)

CELLS: Mapping[str, Text] = {
    "high_active": Text("High value, active", "价值高、互动多"),
    "high_quiet": Text("High value, quiet", "价值高、互动少"),
    "low_active": Text("Low value, active", "价值低、互动多"),
    "low_quiet": Text("Low value, quiet", "价值低、互动少"),
}


def _whole(default: int, told: Text, meaning: Text, unit: str, span: tuple[int, int, int]) -> Any:
    low, high, step = span
    return param(default, told, help=meaning, unit=unit, low=low, high=high, step=step)


def _points(default: int, told: Text) -> Any:
    label = Text(f"Points: {told.en}", f"分值：{told.zh}")
    meaning = Text("Most points of this input, within its axis.", "这一项最多得几分，只与同方向的项相比。")
    return _whole(default, label, meaning, "points", (0, 100, 5))


def _cap(default: int, told: Text) -> Any:
    meaning = Text("From this number on an input earns all of its points.", "达到这个数即得满分（封顶分）。")
    return _whole(default, told, meaning, "count", (1, 100, 1))


_COLUMNS = Text("Those to count; none picked: all numbers.", "选择计入的列；不选则计入所有数字列。")


@dataclass(frozen=True)
class Scorecard:
    """Axis = 100·Σ points / Σ most points; score = w·value + (1−w)·behaviour, w = `value_share`.

    Points of an input: bands, most·(band−1)/(b−1) over quantile bands · cap, most·min(count, cap)/cap · decay,
    most·½^(days/half-life), 0 where it never happened. An input without data for a customer gives its points to the
    others of its axis, an axis without data to the other axis. `attributes` names extra columns of the customers
    table (larger = better), banded on the value axis; where nothing else holds data up to three of them carry the
    three-factor card.
    """

    name: ClassVar[str] = "scorecard"
    text: ClassVar[Text] = Text("Scorecard", "评分表")
    help: ClassVar[Text] = Text(
        "What a customer brings and how it behaves, as two scores. For rare large orders, and for leads.",
        "分别给“价值”和“行为”打分再合并。适合订单少而大的业务，也适合线索。",
    )
    needs: ClassVar[tuple[str, ...]] = ()
    plane: ClassVar[Plane] = VALUE_BEHAVIOUR

    window_days: int | None = window_param(
        365,
        Text(
            "Orders and contacts of this period before the as-of date count; the last order of all history.",
            "统计截至日期之前这段时间的订单和跟进；最近下单看全部历史。",
        ),
    )
    preset: Literal["own", "three_factors", "leads"] = param(
        "own",
        Text("Which card", "用哪种评分表"),
        help=Text(
            "Three factors: amount 50, last order 30, contacts 20, or what the data hold. Leads: contacts and deals.",
            "三要素：金额 50、最近下单 30、跟进 20，缺的由现有数据代替。线索：只看跟进和商机。",
        ),
        unit="choice",
        choices=(
            ("own", Text("The points set here", "自己设定分值")),
            ("three_factors", Text("Three factors", "三要素")),
            ("leads", Text("Leads: behaviour only", "线索：只看行为")),
        ),
    )
    value_share: float = param(
        0.5,
        Text("Weight of value", "价值分所占比重"),
        help=Text("The rest is behaviour.", "其余为行为分。"),
        unit="share",
        low=0.0,
        high=1.0,
        step=0.05,
    )
    amount_points: int = _points(60, BY_NAME["amount"].text)
    margin_points: int = _points(0, BY_NAME["margin"].text)
    order_count_points: int = _points(40, BY_NAME["order_count"].text)
    last_order_points: int = _points(40, BY_NAME["last_order"].text)
    contacts_points: int = _points(30, BY_NAME["contacts"].text)
    last_contact_points: int = _points(20, BY_NAME["last_contact"].text)
    open_deals_points: int = _points(10, BY_NAME["open_deals"].text)
    attribute_points: int = _points(0, Text("each extra column", "每个附加列"))
    bands: int = _whole(
        5,
        Text("Bands of amounts", "金额分几档"),
        Text("Equal amounts always share a band.", "金额相同的客户在同一档。"),
        "bins",
        (2, 10, 1),
    )
    order_count_cap: int = _cap(10, Text("Orders for all points", "下单几次得满分"))
    contacts_cap: int = _cap(12, Text("Contacts for all points", "跟进几次得满分"))
    open_deals_cap: int = _cap(3, Text("Open deals for all points", "进行中的商机几个得满分"))
    half_life_days: int = _whole(
        90,
        Text("Points halve every (days)", "每多少天减半"),
        Text("Points of the last order and contact fade with time.", "最近下单和最近跟进的得分随时间递减。"),
        "days",
        (7, 730, 1),
    )
    attributes: tuple[str, ...] = columns_param(_COLUMNS)

    def __post_init__(self) -> None:
        check_params(self)
        wanted = [getattr(self, f"{told.name}_points") for told in INPUTS]
        if self.preset == "own" and not sum(wanted) + self.attribute_points > 0:
            raise SettingError("e.setting", name="points", value=0, rule="> 0")

    @property
    def idle_params(self) -> frozenset[str]:
        """A fixed card reads no points of one's own and no order count."""
        return frozenset() if self.preset == "own" else OF_OWN_CARD

    def score(self, features: pd.DataFrame, fitted: Mapping[str, tuple[float, ...]] | None = None) -> Scored:
        """Both axes, the score and its parts; null where a customer has no input with data."""
        inputs = self._inputs(features)
        wanted, card = self._fit(features, inputs) if fitted is None else ({}, dict(fitted))
        used = [told for told in inputs if card.get(f"points {told.name}", (0.0,))[0] > 0]
        shares = {told.name: self._share(told, features, card) for told in used}
        axes, parts, most = _axes(used, shares, card, features.index)
        known = parts.notna().any(axis=1)
        return Scored(
            scores=scales.summed(parts).where(known),
            parts=parts,
            fitted=card,
            labels={told.name: told.text for told in inputs} | dict(CELLS),
            segments=_cells(axes),
            axes=axes,
            edges={told.name: card[f"edges {told.name}"] for told in used if told.shape == "bands"},
            maxima=_maxima(used, card),
            most=most,
            reads={told.name: told.column for told in used},
            verdict=_verdict(wanted, used),
            is_refused=bool(len(features)) and not used,
        )

    def _inputs(self, features: pd.DataFrame) -> list[Input]:
        """The inputs `features` can serve; KeyError when there is none, or a named attribute is missing."""
        require_columns(features, [ATTRIBUTE + name for name in self.attributes])
        columns = [ATTRIBUTE + name for name in self.attributes] or [
            name for name in map(str, features.columns) if name.startswith(ATTRIBUTE)
        ]
        extra = [
            Input(column, column, "value", "bands", Text(*[column.removeprefix(ATTRIBUTE)] * 2))
            for column in columns
        ]
        found = [told for told in (*INPUTS, *extra) if told.column in features.columns]
        if not found:
            require_columns(features, [told.column for told in INPUTS])
        return found

    def _fit(self, features: pd.DataFrame, inputs: list[Input]) -> tuple[Mapping[str, float], Card]:
        """Points wanted, and the card for this data: those of inputs that hold any, weight of value, edges."""
        columns = {told.name: scales.as_floats(features[told.column]) for told in inputs}
        held = {told.name: told for told in inputs if _has_data(told, columns[told.name])}
        wanted = self._wanted(list(held))
        points = {name: float(most) for name, most in wanted.items() if name in held and most > 0}
        share = self.value_share
        if self.preset != "own":
            of_value = sum(most for name, most in points.items() if held[name].axis == "value")
            share = of_value / max(sum(points.values()), 1.0)
        card: dict[str, tuple[float, ...]] = {"value_share": (share,)}
        for name, most in points.items():
            card[f"points {name}"] = (most,)
            if held[name].shape == "bands":
                card[f"edges {name}"] = scales.quantile_edges(columns[name], self.bands)
        return wanted, card

    def _wanted(self, held: list[str]) -> Mapping[str, float]:
        extra = sorted(name for name in held if name.startswith(ATTRIBUTE))
        if self.preset == "own":
            own = {told.name: getattr(self, f"{told.name}_points") for told in INPUTS}
            return own | dict.fromkeys(extra, self.attribute_points)
        if self.preset == "three_factors" and {"amount", "last_order"} & set(held):
            return THREE_FACTORS if "contacts" in held else TWO_FACTORS
        if set(LEADS) & set(held):
            return LEADS
        return dict.fromkeys(extra[:ATTRIBUTES_USED], 1.0)

    def _share(self, told: Input, features: pd.DataFrame, card: Card) -> scales.Floats:
        """0–1 of the points of one input, null where unknown."""
        values = scales.as_floats(features[told.column])
        if told.shape == "bands":
            numbers = scales.bin_numbers(values, card[f"edges {told.name}"], self.bands)
            return np.where(np.isnan(values), np.nan, (numbers - 1) / (self.bands - 1))
        if told.shape == "cap":
            return scales.capped_share(values, getattr(self, f"{told.name}_cap"))
        # No date here means it never happened, which is known: no points, and nothing to give to others.
        return np.nan_to_num(scales.decayed_share(values, self.half_life_days), nan=0.0)


def _has_data(told: Input, values: scales.Floats) -> bool:
    """Whether an input says anything at all here: a count or sum of nothing but zeros was never recorded."""
    return bool((~np.isnan(values)).any() if told.shape == "decay" else np.nan_to_num(values).any())


def _axes(
    used: list[Input], shares: Mapping[str, scales.Floats], card: Card, index: pd.Index
) -> tuple[pd.DataFrame, ...]:
    """Axis scores 0–100; the parts, what each input adds to the tier score; and the most it could add."""
    weights = {"value": card["value_share"][0], "behaviour": 1 - card["value_share"][0]}
    most = {axis: np.zeros(len(index)) for axis in weights}
    earned = {axis: np.zeros(len(index)) for axis in weights}
    points = {told.name: card[f"points {told.name}"][0] for told in used}
    for told in used:
        most[told.axis] += points[told.name] * ~np.isnan(shares[told.name])
        earned[told.axis] += points[told.name] * np.nan_to_num(shares[told.name])
    axes = {axis: 100 * _ratio(earned[axis], most[axis]) for axis in weights}
    weight = {axis: np.where(most[axis] > 0, share, 0.0) for axis, share in weights.items()}
    whole = weight["value"] + weight["behaviour"]
    each = {
        told.name: np.where(np.isnan(shares[told.name]), np.nan, 100 * points[told.name])
        * _ratio(weight[told.axis], most[told.axis] * whole)
        for told in used
    }
    parts = {name: each[name] * shares[name] for name in each}
    return tuple(pd.DataFrame(told, index=index, dtype=float) for told in (axes, parts, each))


def _ratio(part: scales.Floats, whole: scales.Floats) -> scales.Floats:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def _maxima(used: list[Input], card: Card) -> dict[str, float]:
    """Most score points of each input for a customer of whom everything is known."""
    most = _axes(used, {told.name: np.ones(1) for told in used}, card, pd.RangeIndex(1))[2]
    return {told.name: float(np.nan_to_num(most[told.name].to_numpy())[0]) for told in used}


def _cells(axes: pd.DataFrame) -> pd.Series:
    """The cell of the value × behaviour matrix, lines at 50 points; None where an axis is missing."""
    value, behaviour = axes["value"].to_numpy(float), axes["behaviour"].to_numpy(float)
    conditions = [(value >= 50) & (behaviour >= 50), value >= 50, behaviour >= 50]
    named = np.select(conditions, ["high_active", "high_quiet", "low_active"], "low_quiet")
    return scales.named_segments(named.astype(object), ~np.isnan(value + behaviour), axes.index)


def _verdict(wanted: Mapping[str, float], used: list[Input]) -> tuple[str, Mapping[str, Any]] | None:
    """What the person should know: inputs of the card that hold no data here."""
    if not used:
        return "score.nothing", {}
    missing = [told for told in INPUTS if wanted.get(told.name, 0) > 0 and told not in used]
    if not missing:
        return None
    listed = Text(", ".join(t.text.en for t in missing), "、".join(t.text.zh for t in missing))
    return "score.missing", {"n": len(missing), "total": len(missing) + len(used), "names": listed}
