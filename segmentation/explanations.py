"""Why a customer is where it is: the arithmetic of its score, and what would reach the next tier."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.i18n import Language, Text
from segmentation.schemes import UNRATED
from segmentation.standing import TEN_THOUSAND, Standing

SAME_SCORE = 1e-6
_PROBES = 65  # points per round: three rounds find a line to one part in 250,000 of the way
_ROUNDS = 3
Money = Callable[[float], str]


@dataclass(frozen=True)
class Part:
    """One summand of a score. `feature` and `value` (its unit) where the part reads exactly one, else None."""

    name: str
    label: Text
    points: float
    most: float | None
    feature: str | None = None
    value: float | None = None


@dataclass(frozen=True)
class Way:
    """A value of one feature that alone would reach the next line, everything else and all edges held fixed.

    `label` is the part's, None where several features feed that part.
    """

    part: str
    label: Text | None
    feature: str
    value: float
    is_at_least: bool


@dataclass(frozen=True)
class Explanation:
    """`cut` is the line the customer passed (None in the lowest tier), `next_tier`, `next_cut`, `gap` the line above
    (None in the highest tier or where the tier above is empty); points 0–100. `reason` only where unrated."""

    customer_id: str
    name: str
    tier: str
    score: float | None
    parts: tuple[Part, ...]
    cut: float | None = None
    next_tier: str | None = None
    next_cut: float | None = None
    ways: tuple[Way, ...] = ()
    reason: str | None = None

    @property
    def gap(self) -> float | None:
        if self.next_cut is None or self.score is None:
            return None
        return self.next_cut - self.score


def explain(standing: Standing, customer_id: str, cuts: Sequence[float], names: Sequence[str]) -> Explanation:
    """The tier of one customer under score lines `cuts` (falling) between the tiers `names` (best first).

    KeyError where nobody of that id is known on the standing's date.
    """
    name = str(standing.features.at[customer_id, "name"])
    reason: Any = standing.reasons.at[customer_id]
    if not pd.isna(reason):
        return Explanation(customer_id, name, UNRATED, None, (), reason=str(reason))
    score = _number(standing.scored.scores.at[customer_id])
    rank = int(sum(score < cut for cut in cuts))
    trial = _Trial(standing, customer_id)
    reads = trial.reads()
    next_cut = float(cuts[rank - 1]) if rank and math.isfinite(cuts[rank - 1]) else None
    return Explanation(
        customer_id=customer_id,
        name=name,
        tier=names[rank],
        score=score,
        parts=_parts(standing, customer_id, reads),
        cut=float(cuts[rank]) if rank < len(cuts) else None,
        next_tier=names[rank - 1] if next_cut is not None else None,
        next_cut=next_cut,
        ways=() if next_cut is None else _ways(standing, trial, reads, next_cut),
    )


def _parts(standing: Standing, customer_id: str, reads: Mapping[str, tuple[str, ...]]) -> tuple[Part, ...]:
    scored = standing.scored
    found = []
    for name in scored.parts.columns:
        features = [feature for feature, parts in reads.items() if name in parts]
        only = features[0] if len(features) == 1 else None
        value = None if only is None else _number(standing.features.at[customer_id, only])
        points = _number(scored.parts.at[customer_id, name])
        found.append(
            Part(
                name,
                _label(standing, name),
                0.0 if math.isnan(points) else points,
                scored.maxima.get(name),
                only,
                None if value is None or math.isnan(value) else value,
            )
        )
    return tuple(found)


def _number(cell: Any) -> float:
    """One cell of a frame as a float, null as NaN."""
    return math.nan if pd.isna(cell) else float(cell)


def _label(standing: Standing, part: str) -> Text:
    return standing.scored.labels.get(part, Text(part, part))


class _Trial:
    """One customer scored again and again with single features changed, the edges of everybody held fixed."""

    def __init__(self, standing: Standing, customer_id: str) -> None:
        self._standing = standing
        self.customer_id = customer_id
        self._row = standing.features.loc[[customer_id]]
        numbers = self._row.select_dtypes("number").columns
        self.features = tuple(name for name in numbers if not name.endswith("_e4"))
        self.limits = {name: self._limits(name) for name in self.features}

    def own(self, feature: str) -> float:
        return float(self._row[feature].astype("float64").iloc[0])

    def _limits(self, feature: str) -> tuple[float, float]:
        """Lowest and highest value anybody has or the method has an edge at: beyond them nothing is promised."""
        values = self._standing.features[feature].astype("float64")
        scored = self._standing.scored
        fed = [part for part, name in scored.reads.items() if name == feature]
        edges = [edge for part in fed for edge in scored.edges.get(part, ()) if math.isfinite(edge)]
        low = float(np.nanmin(values)) if values.notna().any() else 0.0
        high = float(np.nanmax(values)) if values.notna().any() else 0.0
        return min(low, 0.0), max([high, *edges])

    def score(self, changes: Sequence[tuple[str, float]]) -> tuple[NDArray[np.float64], pd.DataFrame]:
        """Scores and parts of the customer, once unchanged (first) and once per (feature, value)."""
        rows = self._row.iloc[np.zeros(len(changes) + 1, dtype=int)].copy()
        rows.index = pd.Index([f"{place:06d}" for place in range(len(rows))], name=self._row.index.name)
        for feature in {feature for feature, _ in changes}:
            column = rows[feature].astype("float64").to_numpy(copy=True)
            for place, (changed, value) in enumerate(changes, 1):
                column[place] = value if changed == feature else column[place]
            rows[feature] = column
            if f"{feature}_e4" in rows.columns and not np.isnan(column).any():
                rows[f"{feature}_e4"] = np.rint(column * TEN_THOUSAND).astype("int64")
        known = self._standing.scored
        scored = self._standing.method.score(rows, known.exact or known.fitted)
        return scored.scores.to_numpy(dtype=float), scored.parts

    def reads(self) -> dict[str, tuple[str, ...]]:
        """Feature → the parts it moves, found by trying both ends of its range; features that move none are absent."""
        changes = [(name, limit) for name in self.features for limit in self.limits[name]]
        _, parts = self.score(changes)
        table = parts.to_numpy(dtype=float)
        moved = ~np.isclose(table[1:], table[0], equal_nan=True)
        found: dict[str, tuple[str, ...]] = {}
        for place, name in enumerate(self.features):
            hits = moved[2 * place] | moved[2 * place + 1]
            if hits.any():
                found[name] = tuple(parts.columns[hits])
        return found


def _ways(
    standing: Standing, trial: _Trial, reads: Mapping[str, tuple[str, ...]], cut: float
) -> tuple[Way, ...]:
    own_score = _number(standing.scored.scores.at[trial.customer_id])
    if abs(trial.score([])[0][0] - own_score) > SAME_SCORE:
        return ()  # the method cannot repeat one customer's score alone: nothing can be promised
    found = []
    shared = [part for parts in reads.values() for part in parts]
    for feature, parts in reads.items():
        label = _label(standing, parts[0]) if shared.count(parts[0]) == 1 else None
        low, high = trial.limits[feature]
        own = trial.own(feature)
        start = own if not math.isnan(own) else low
        for limit in (high, low):
            value = _first_that_reaches(trial, feature, start, limit, cut)
            if value is not None:
                found.append(Way(parts[0], label, feature, value, limit >= start))
                break
    order = {name: place for place, name in enumerate(standing.scored.parts.columns)}
    return tuple(sorted(found, key=lambda way: (order[way.part], way.feature)))


def _first_that_reaches(trial: _Trial, feature: str, start: float, limit: float, cut: float) -> float | None:
    """The value nearest to `start`, on the way to `limit`, at which the score reaches `cut`; None if none does."""
    is_rising = limit > start
    if limit == start or trial.score([(feature, limit)])[0][1] < cut:
        return None
    near, far = start, limit
    for _ in range(_ROUNDS):
        points = np.linspace(near, far, _PROBES)
        passed = np.flatnonzero(trial.score([(feature, point) for point in points])[0][1:] >= cut)
        if not len(passed) or passed[0] == 0:
            break
        near, far = float(points[passed[0] - 1]), float(points[passed[0]])
    rounded = _round(feature, far, is_rising)
    reaches = trial.score([(feature, rounded)])[0][1] >= cut
    return rounded if reaches else far


def _round(feature: str, value: float, is_rising: bool) -> float:
    """Whole days and counts, amounts to three figures, always away from where the customer is now."""
    step = 1.0
    if feature.endswith("_share"):
        step = 0.01
    elif not feature.endswith(("_days", "_count")) and value:
        step = 10.0 ** (math.floor(math.log10(abs(value))) - 2)
    towards = math.ceil if is_rising else math.floor
    # A line met to within the search's own step is met exactly: 12.000003 orders are 12.
    exact = round(value / step)
    whole = exact if abs(value / step - exact) < 1e-3 else towards(value / step)
    return float(whole * step)


def join_sentences(sentences: Sequence[str], language: Language) -> str:
    """Sentences one after another: Chinese puts no space between them."""
    return ("" if language.code == "zh" else " ").join(sentence for sentence in sentences if sentence)


def say_value(language: Language, money: Money, feature: str, value: float | None) -> str:
    """A feature's value with its unit, as a sentence needs it."""
    if value is None:
        return language.say("why.unknown")
    if feature.endswith("_days"):
        return language.say("why.days", n=round(value))
    if feature.endswith("_share"):
        return language.percent(value)
    if feature.endswith("_count"):
        return language.number(value, 0)
    return money(value) if feature in MONEY else language.number(value)


MONEY = frozenset({"amount", "total_amount", "revenue_12m", "margin", "won_amount", "receivable"})


def say_why(explanation: Explanation, language: Language, money: Money) -> str:
    """The sentence a seller understands: tier, score, what it is made of, where the tier starts."""
    facts = {"name": explanation.name, "tier": language.tier(explanation.tier)}
    if explanation.score is None:
        return language.say("why.unrated", **facts, reason=language.say(f"unrated.{explanation.reason}"))
    facts["score"] = language.number(explanation.score, 1)
    facts["parts"] = language.say("list.separator").join(
        _say_part(part, language, money) for part in explanation.parts
    )
    if explanation.cut is None:
        return language.say("why.lowest", **facts)
    return language.say("why", **facts, cut=language.number(explanation.cut, 1))


def _say_part(part: Part, language: Language, money: Money) -> str:
    facts = {"label": part.label.in_(language.code), "points": language.number(part.points, 1)}
    value = None if part.feature is None else say_value(language, money, part.feature, part.value)
    if part.most is None:
        return language.say("why.part.open", **facts)
    facts["max"] = language.number(part.most, 1)
    return (
        language.say("why.part.mixed", **facts)
        if value is None
        else language.say("why.part", **facts, value=value)
    )


def say_next(explanation: Explanation, language: Language, money: Money) -> str:
    """What is missing to the tier above, and which single thing would be enough; empty in the highest tier."""
    if explanation.gap is None or explanation.next_tier is None:
        return ""
    facts = {"gap": language.number(explanation.gap, 1), "next": language.tier(explanation.next_tier)}
    if not explanation.ways:
        return join_sentences([language.say("next.gap", **facts), language.say("next.none")], language)
    ways = language.say("list.separator").join(_say_way(way, language, money) for way in explanation.ways)
    return language.say("next" if len(explanation.ways) > 1 else "next.one", **facts, ways=ways)


def _say_way(way: Way, language: Language, money: Money) -> str:
    code = "way.at_least" if way.is_at_least else "way.at_most"
    label = language.say(f"why.feature.{way.feature}") if way.label is None else way.label.in_(language.code)
    return language.say(code, label=label, value=say_value(language, money, way.feature, way.value))
