"""Rules: ordered conditions a person builds without code; whoever meets one, and none before it, is its segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.answers import YES, Answers, answer, top_lines
from segmentation.condition_forms import from_plain
from segmentation.conditions import Condition, columns, conditions
from segmentation.coverage import NOBODY, Coverage, cover, first_match
from segmentation.errors import SettingError
from segmentation.features import ATTRIBUTE_PREFIX
from segmentation.i18n import Text
from segmentation.methods.base import Scored, check_params, param, require_columns, window_param
from segmentation.rule_presets import ELSE, EVERYBODY_ELSE, PRESETS, Rule, RuleSet
from segmentation.schemes import CutKind
from segmentation.segment_order import SEGMENT_LINES, order_scores, order_segments

OWN, CAPPED = "own", "distributor"
MOST_RULES, MOST_WINDOWS, NAME_CHARACTERS = 20, 4, 60
PART, CAP = "matched_rule", "payment_cap"
LABELS: Mapping[str, Text] = {
    PART: Text("Rule that matches", "符合的规则"),
    CAP: Text("Cap: payment overdue", "逾期封顶"),
}


@dataclass(frozen=True)
class Rules:
    """Score = 100·(m − rank)/(m − 1) over the m segments in the order of their rules, everybody else last.

    `rules` holds one's own: ((segment, condition), …), conditions in the form of `condition_forms`; they count with
    preset "own". A rule whose answer is unknown does not match; whoever matches none while an answer is unknown could
    belong to it, and gets no score instead of the lowest. The distributor preset caps the score where too large a
    share of payments is overdue; an unknown share caps nothing. What is frozen are the lines of "among the highest".
    """

    name: ClassVar[str] = "rules"
    text: ClassVar[Text] = Text("Rules", "规则")
    help: ClassVar[Text] = Text(
        "If this and that, then this segment: conditions of your own, the first that matches decides.",
        "符合哪条规则就归入哪个客户群：条件自己定，从上往下先符合的为准。",
    )
    needs: ClassVar[tuple[str, ...]] = ()
    usual_lines: ClassVar[tuple[CutKind, tuple[float, ...]]] = SEGMENT_LINES

    window_days: int | None = window_param(
        365,
        Text(
            "What is counted or summed is of this period, unless a condition names its own.",
            "次数和金额只统计这段时间；条件里另写了时间的除外。",
        ),
    )
    preset: str = param(
        "b2b",
        Text("Which rules", "用哪套规则"),
        help=Text(
            "Rules to start from; your own are built line by line.",
            "可以从现成的规则开始，也可以逐条自己定。",
        ),
        unit="choice",
        choices=(*((name, told.text) for name, told in PRESETS.items()), (OWN, Text("My own", "自己定"))),
    )
    overdue_share: float = param(
        0.2,
        Text("Overdue from", "逾期款超过"),
        help=Text(
            "Share of the amounts ordered more than 90 days ago that is still unpaid.",
            "下单超过 90 天仍未回款的部分，占这些订单金额的比例。",
        ),
        unit="share",
        low=0.0,
        high=0.95,
        step=0.05,
    )
    cap_score: int = param(
        50,
        Text("Score at most, when overdue", "逾期时最高得分"),
        help=Text(
            "Whoever pays late gets no more points than this; 100 = no cap.",
            "逾期的客户得分不超过这个数；100 表示不封顶。",
        ),
        unit="points",
        low=0,
        high=100,
        step=5,
    )
    rules: tuple[Any, ...] = ()
    other: str = ""

    def __post_init__(self) -> None:
        check_params(self)
        told = _own(self.rules, self.other) if self.preset == OWN else PRESETS[self.preset]
        object.__setattr__(self, "_told", told)
        windows = {c.window_days for rule in told.rules for c in conditions(rule.condition)} - {None}
        if len(windows) > MOST_WINDOWS:
            raise SettingError("e.setting", name="windows", value=len(windows), rule=f"<= {MOST_WINDOWS}")

    @property
    def rule_set(self) -> RuleSet:
        """The rules in force."""
        told: RuleSet = self.__dict__["_told"]
        return told

    @property
    def columns(self) -> tuple[str, ...]:
        """Every feature the rules read, each once."""
        read = [name for rule in self.rule_set.rules for name in columns(rule.condition)]
        return tuple(dict.fromkeys([*read, *(["overdue_share"] if self._is_capped else [])]))

    @property
    def attributes(self) -> tuple[str, ...]:
        """Extra columns of the customers table the rules read."""
        return tuple(c.removeprefix(ATTRIBUTE_PREFIX) for c in self.columns if c.startswith(ATTRIBUTE_PREFIX))

    @property
    def reads_undated(self) -> bool:
        """Whether a rule reads what is recorded without a date."""
        return not all(c.told.is_dated for rule in self.rule_set.rules for c in conditions(rule.condition))

    @property
    def dimension_count(self) -> int:
        """How many fields the rules ask about."""
        return len({c.field for rule in self.rule_set.rules for c in conditions(rule.condition)})

    @property
    def idle_params(self) -> frozenset[str]:
        return frozenset() if self.preset == CAPPED else frozenset({"overdue_share", "cap_score"})

    @property
    def _is_capped(self) -> bool:
        return self.preset == CAPPED and self.cap_score < 100

    def score(self, features: pd.DataFrame, fitted: Mapping[str, tuple[float, ...]] | None = None) -> Scored:
        """Segment and score of everybody; null where no rule matches and one cannot be answered."""
        require_columns(features, self.columns)
        told, lines = self.rule_set, fitted
        if lines is None:
            lines = top_lines([rule.condition for rule in told.rules], features)
        answers = [answer(rule.condition, features, lines) for rule in told.rules]
        names = list(told.segments)
        ranks = np.array([*(names.index(rule.segment) for rule in told.rules)], np.int64)
        place = first_match(answers, len(features))
        rank = np.where(place == NOBODY, len(names) - 1, place)
        rank[place >= 0] = ranks[place[place >= 0]]
        if not told.rules:
            rank[:] = NOBODY
        parts, most = self._parts(order_scores(rank, len(names)), features)
        scores = pd.Series(sum(parts.values()), index=features.index, name="score", dtype=float)
        verdict = _verdict(told, cover(answers, len(features)))
        return Scored(
            scores=scores,
            parts=pd.DataFrame(parts, index=features.index, dtype=float),
            fitted=lines,
            labels={**told.segments, **{name: LABELS[name] for name in parts}},
            segments=order_segments(rank, names, features.index),
            maxima=most,
            reads={PART: self.columns[0]} if len(self.columns) == 1 else {},
            verdict=verdict,
            is_refused=not told.rules,
        )

    def cover(
        self, features: pd.DataFrame, fitted: Mapping[str, tuple[float, ...]] | None = None
    ) -> Coverage:
        """How many customers each rule takes, matches and cannot answer; gaps and overlaps."""
        require_columns(features, self.columns)
        nodes = [rule.condition for rule in self.rule_set.rules]
        lines = top_lines(nodes, features) if fitted is None else fitted
        return cover([answer(node, features, lines) for node in nodes], len(features))

    def _parts(
        self, points: NDArray[np.float64], features: pd.DataFrame
    ) -> tuple[dict[str, NDArray[np.float64]], dict[str, float]]:
        """What the matched rule gives, and what the cap takes away."""
        if not self._is_capped:
            return {PART: points}, {PART: 100.0}
        late: Answers = answer(Condition("overdue_share", ">", 100 * self.overdue_share, "percent"), features)
        capped = np.where(late == YES, np.minimum(points, self.cap_score), points)
        return {PART: points, CAP: capped - points}, {PART: 100.0, CAP: 0.0}


def _own(plain: Any, other: Any) -> RuleSet:
    """One's own rules; SettingError for what makes none, too many, or a name that is none."""
    if not isinstance(plain, tuple | list) or len(plain) > MOST_RULES:
        raise SettingError("e.setting", name="rules", value=str(plain)[:60], rule=f"<= {MOST_RULES}")
    rules = []
    for entry in plain:
        if not isinstance(entry, tuple | list) or len(entry) != 2:
            raise SettingError("e.rule.form", form=repr(entry)[:60])
        name = _name(entry[0])
        rules.append(Rule(name, Text(name, name), from_plain(entry[1])))
    last = (ELSE, EVERYBODY_ELSE) if other == "" else (_name(other), Text(other, other))
    if rules and len({rule.segment for rule in rules} | {last[0]}) < 2:
        raise SettingError("e.setting", name="segments", value=1, rule=">= 2")
    return RuleSet(Text("My own", "自己定"), tuple(rules), last)


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > NAME_CHARACTERS:
        raise SettingError("e.rule.name", limit=NAME_CHARACTERS)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise SettingError("e.rule.name", limit=NAME_CHARACTERS) from error
    return value


def _verdict(told: RuleSet, found: Coverage) -> tuple[str, Mapping[str, Any]] | None:
    """What the person should know: no rule at all, customers no rule can place, rules that take nobody."""
    if not told.rules:
        return "rules.none", {}
    if found.undecided_count:
        return "rules.undecided", {"n": found.undecided_count}
    idle = [rule.text for rule, taken in zip(told.rules, found.first, strict=True) if not taken]
    is_anybody = found.first.sum() + found.gap_count > 0
    if not idle or not is_anybody:
        return None
    listed = Text("; ".join(text.en for text in idle), "、".join(text.zh for text in idle))
    return "rules.idle", {"n": len(idle), "names": listed}
