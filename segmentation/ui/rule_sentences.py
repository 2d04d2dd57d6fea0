"""The rule of an evaluation in sentences: lines as reached, who stays together on them, points, window."""

from __future__ import annotations

from typing import Any

import numpy as np

from segmentation.figures.theme import Look
from segmentation.ladder import Ladder
from segmentation.schemes import CutKind
from segmentation.standing import Standing
from segmentation.tuning import Evaluation
from segmentation.ui.escape import plain
from segmentation.within import COLUMNS

SHARE_KINDS = frozenset({"customers", "value"})
NOTICEABLE_SHARE, NOTICEABLE_HOURS_SHARE = 0.005, 0.05


class RuleSentences:
    """How one evaluation names tiers and numbers, and its rule in sentences."""

    def __init__(self, evaluation: Evaluation, look: Look) -> None:
        self.evaluation, self.look = evaluation, look
        self.language = look.language
        self.tiers = evaluation.tiers

    def say(self, message_id: str, /, **facts: Any) -> str:
        return self.language.say(message_id, **facts)

    def tier(self, name: str) -> str:
        return plain(self.language.tier(name), 24)

    def value(self, row: str, column: str) -> float:
        return self.tiers.at(row, column)

    def percent(self, row: str, column: str) -> str:
        return self.language.percent(self.value(row, column))

    def count(self, row: str) -> int:
        return int(self.value(row, "customers"))

    def rule(self, standing: Standing) -> str:
        """The rule as a sentence: lines, who stays together on them, points, window."""
        told = [self.lines(), *self.ties(standing.ladder), self.points(standing), self.window(standing)]
        return " ".join(sentence for sentence in told if sentence)

    def in_short(self, standing: Standing) -> str:
        """Lines and points: what fits on the one line under the headline."""
        by = self.evaluation.scheme.lines_within
        among = self.say("rule.within", name=COLUMNS[by].in_(self.language.code)) if by in COLUMNS else ""
        return " ".join(told for told in (self.lines(), among, self.points(standing)) if told)

    def lines(self) -> str:
        """The lines as they came out: shares and numbers are those reached, not those asked for."""
        solved, names, number = self.evaluation.solved, self.evaluation.names, self.language.number
        told = []
        for place, (name, cut) in enumerate(zip(names, self.evaluation.cuts, strict=False)):
            facts = {"tier": self.tier(name), "cut": number(cut, 1)} | self._reached(place)
            code = f"rule.{solved.kind}.line" if self.count(name) else "rule.line.nobody"
            told.append(self.say(code, **facts))
        joined = self.say("rule.separator").join(told)
        return self.say(f"rule.{solved.kind}", lines=joined, last=self.tier(names[-1]))

    def line(self, place: int) -> str:
        """What stands over the slider of a line: its tier and what the line reaches."""
        solved, name = self.evaluation.solved, self.evaluation.names[place]
        cut = self.language.number(self.evaluation.cuts[place], 1)
        return self.say(f"tune.line.{solved.kind}", tier=self.tier(name), cut=cut, **self._reached(place))

    def _reached(self, place: int) -> dict[str, str]:
        """The line's target as it was reached; hours as they were given, for they are not meant to be used up."""
        solved, number = self.evaluation.solved, self.language.number
        got = solved.got[place]
        return {
            "share": self.language.percent(got) if solved.kind in SHARE_KINDS else "",
            "number": number(got, 0),
            "hours": number(solved.asked[place], 0),
        }

    def ties(self, ladder: Ladder) -> list[str]:
        """One sentence per line that customers of equal score keep from where it was asked for."""
        solved, told = self.evaluation.solved, []
        if solved.kind == "score" or self.one_score(ladder):
            return []
        lines = zip(self.evaluation.names, self.evaluation.cuts, solved.asked, solved.got, strict=False)
        for name, cut, asked, got in lines:
            together = _count_on_line(ladder, cut, is_above=got > asked)
            # A tier without anybody has no line of its own: the tier above has told who stays together.
            is_far = abs(got - asked) >= _noticeable(solved.kind, asked)
            if together > 1 and is_far and self.count(name):
                facts = {"asked": self._amount(asked), "got": self._amount(got)}
                told.append(self.say("rule.ties", tier=self.tier(name), n=together, **facts))
        return told

    def one_score(self, ladder: Ladder) -> str:
        """That no line can separate anybody, where all rated customers have the same score."""
        rated = sum(self.count(name) for name in self.evaluation.names)
        return self.say("rule.one_score", n=rated) if rated > 1 and len(ladder.scores) == 1 else ""

    def _amount(self, value: float) -> str:
        """A line's target in its own unit."""
        kind = self.evaluation.solved.kind
        if kind in SHARE_KINDS:
            return self.language.percent(value)
        shown = self.language.number(value, 0)
        return self.say("fig.hours", hours=shown) if kind == "hours" else shown

    def points(self, standing: Standing) -> str:
        scored = standing.scored
        parts = [
            self.say(
                "rule.part",
                weight=self.language.number(most, 0),
                name=plain(scored.labels[part].in_(self.language.code)),
            )
            for part, most in scored.maxima.items()
            if most > 0 and part in scored.labels
        ]
        return self.say("rule.points", parts=self.say("rule.part.separator").join(parts)) if parts else ""

    def window(self, standing: Standing) -> str:
        days, as_of = standing.method.window_days, self.evaluation.as_of
        if days is None:
            return self.say("rule.window.all", as_of=as_of)
        months = round(days / 30.4375)
        if abs(months * 30.4375 - days) < 4:
            return self.say("rule.window", n=months, as_of=as_of)
        return self.say("rule.window.days", n=days, as_of=as_of)

    def movement_of_lines(self) -> str:
        is_fixed = self.evaluation.scheme.fitted is not None and self.evaluation.scheme.policy.kind == "score"
        return self.say("rule.frozen" if is_fixed else "rule.relative")


def _noticeable(kind: CutKind, asked: float) -> float:
    """From here on the reader sees that a line did not go where it was asked to."""
    if kind in SHARE_KINDS:
        return NOTICEABLE_SHARE
    return NOTICEABLE_HOURS_SHARE * asked if kind == "hours" else 1.0


def _count_on_line(ladder: Ladder, cut: float, *, is_above: bool) -> int:
    """Customers of the last score taken, or of the first one left out: the group the line may not split."""
    taken = int(np.count_nonzero(ladder.scores >= cut))
    sizes = np.diff(ladder.totals["customers"])
    group = taken - 1 if is_above else taken
    return int(sizes[group]) if 0 <= group < sizes.size else 0
