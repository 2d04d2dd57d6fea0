"""The scoreboard: every contender replayed at the same past dates, judged on what happened next, told plainly.

A contender beats the simple sort where its AUC is higher on the same customers and dates and the chance of such a
difference, corrected for as many contenders as were looked at (Holm 1979), is at most 5 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from segmentation.schemes import Scheme
from segmentation.store import Book
from segmentation.validation.contenders import BASELINE, Contender, method_of
from segmentation.validation.course import Tell, run
from segmentation.validation.measures import Measures, measure
from segmentation.validation.past import Judging, Refusal, choose_dates
from segmentation.validation.significance import LEVEL, holm

VerdictCode = Literal["baseline", "beats", "no_better", "worse", "too_few", "not_point_in_time", "cannot_run"]
RANKED: tuple[VerdictCode, ...] = ("beats", "no_better", "worse")
NAN = float("nan")


@dataclass(frozen=True)
class Line:
    """One contender's line. `measures` is None where nothing could be judged; `reason` then says why. The corrected
    chances are those of the measures after as many looks as there are ways to score on the board."""

    contender: Contender
    verdict: VerdictCode
    measures: Measures | None = None
    reason: Refusal | None = None
    corrected_vs_base: float = NAN
    corrected_vs_luck: float = NAN

    @property
    def is_ranked(self) -> bool:
        return self.verdict in RANKED

    @property
    def beats_luck(self) -> bool:
        """Whether it ranks better than chance."""
        told = self.measures
        return told is not None and told.auc.value > 0.5 and self.corrected_vs_luck <= LEVEL


@dataclass(frozen=True)
class Scoreboard:
    """`lines`: first the ranked ones, most skill first; then what could not be ranked, as it was given. `baseline`: the
    simple sort itself, None where nothing could be judged."""

    data_version: int
    judging: Judging
    baseline: Line | None
    lines: tuple[Line, ...]

    def rates_of(self, line: Line) -> tuple[float, ...]:
        """What happened in the best 10 %, the next 30 % and the rest: shares, or currency per customer; () where
        nothing was judged."""
        unit = 10_000 if self.judging.outcome == "revenue_per_customer" else 1
        return () if line.measures is None else tuple(rate / unit for rate in line.measures.rates)

    @property
    def winners(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.verdict == "beats")


def judge(
    book: Book, contenders: Sequence[Contender], scheme: Scheme, tell: Tell | None = None
) -> Scoreboard:
    """Replay all contenders. Outcome, days, and who is too new for the simple sort to rate are those of `scheme`.
    `tell(done, all)` is called after each date."""
    judging = choose_dates(book, scheme.outcome, scheme.outcome_days)
    runs = {
        contender.scoring: contender
        for contender in contenders
        if contender.problem is None and _has_date(contender, judging)
    }
    course = run(book, judging, scheme, runs, tell)
    found = {
        key: measure(
            trials,
            by_luck=course.luck_of(key),
            lately=course.lately.get(key, ()),
            is_base=key == BASELINE,
        )
        for key, trials in course.trials.items()
    }
    lines = [_line(contender, judging, found, course.refusals) for contender in contenders]
    simple = Contender(BASELINE, "baseline", BASELINE, scheme)
    baseline = Line(simple, "baseline", found[BASELINE]) if BASELINE in found else None
    return rank(book.version.number, judging, baseline, lines)


def _has_date(contender: Contender, judging: Judging) -> bool:
    return contender.is_point_in_time and judging.outcome != "recorded"


def _line(
    contender: Contender,
    judging: Judging,
    found: Mapping[str, Measures],
    refusals: Mapping[str, Refusal],
) -> Line:
    """A contender as far as it can be told without the others: `no_better` stands for whatever `rank` will say."""
    if contender.problem is not None:
        return Line(contender, "cannot_run", reason=Refusal(*contender.problem))
    if not _has_date(contender, judging):
        return Line(contender, "not_point_in_time")
    measures = found.get(contender.scoring)
    if measures is None:
        window_days = method_of(contender).window_days
        facts = {"have": judging.have_days, "need": judging.need_days(window_days)}
        short = Refusal("board.cannot.short", facts)
        return Line(contender, "cannot_run", reason=refusals.get(contender.scoring, short))
    return Line(contender, "no_better" if measures.has_enough else "too_few", measures)


def rank(data_version: int, judging: Judging, baseline: Line | None, lines: Sequence[Line]) -> Scoreboard:
    """Correct the chances for having looked at all of `lines`, and say who beats the simple sort. Contenders that score
    alike were looked at once; of those with too few cases nothing is concluded, so they do not count."""
    judged = {}
    for line in lines:
        if line.measures is not None and line.is_ranked:
            judged[_scoring(line)] = line.measures
    if baseline is not None and baseline.measures is not None and baseline.measures.has_enough:
        judged[BASELINE] = baseline.measures
    against = dict(zip(judged, holm([told.chance_vs_base for told in judged.values()]), strict=True))
    luck = dict(zip(judged, holm([told.chance_vs_luck for told in judged.values()]), strict=True))
    told = [
        replace(
            line,
            verdict=_verdict(line, against.get(_scoring(line), NAN)),
            corrected_vs_base=against.get(_scoring(line), NAN),
            corrected_vs_luck=luck.get(_scoring(line), NAN),
        )
        if line.is_ranked
        else line
        for line in lines
    ]
    order = sorted(told, key=lambda line: (not line.is_ranked, -_skill(line), line.contender.key))
    if baseline is not None:
        baseline = replace(baseline, corrected_vs_luck=luck.get(BASELINE, NAN))
    return Scoreboard(data_version, judging, baseline, tuple(order))


def _scoring(line: Line) -> str:
    return line.contender.scoring


def _skill(line: Line) -> float:
    return line.measures.skill.value if line.is_ranked and line.measures is not None else 0.0


def _verdict(line: Line, corrected: float) -> VerdictCode:
    if not corrected <= LEVEL:
        return "no_better"
    return "beats" if _skill(line) > 0 else "worse"
