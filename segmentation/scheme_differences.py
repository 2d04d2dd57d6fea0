"""What two schemes have differently: each decision in words, and how many customers it would move.

Differences are message ids with facts, told in either language by `tell_difference`; text that came from a person
(tier names, columns of a file) passes through the reader's `escape`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from segmentation.comparisons import Comparison, compare
from segmentation.i18n import Language, Text
from segmentation.methods.base import Method, Param, params_of, window_param
from segmentation.methods.registry import make
from segmentation.rosters import Roster
from segmentation.schemes import UNRATED, Scheme, Standard, TierPolicy
from segmentation.standing import Standing
from segmentation.tuning import Evaluation
from segmentation.within import COLUMNS

SHARES = frozenset({"customers", "value"})
_TOGETHER = Text("everybody", "全部客户")
_WINDOWS: Mapping[int | None, Text] = dict(window_param(None, Text("", "")).metadata["param"]["choices"])


@dataclass(frozen=True)
class Word:
    """A fact that is itself a message."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Share:
    """A fact told as a percentage."""

    value: float


@dataclass(frozen=True)
class Tier:
    """A tier's name, told as each language labels it."""

    name: str


@dataclass(frozen=True)
class Difference:
    """One decision on which two schemes differ. Facts 'before' and 'after' are what each of them says."""

    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class CustomerDifference:
    """How many customers stand otherwise under the second scheme; `in_count` and `out_count` get into the rated ones or
    out of them. The five counts add up to all customers. `revenue`: currency, of those who stand otherwise."""

    up_count: int
    down_count: int
    in_count: int
    out_count: int
    same_count: int
    revenue: float

    @property
    def moved_count(self) -> int:
        return self.up_count + self.down_count + self.in_count + self.out_count


def count_moves(
    standing: Standing, before: tuple[Roster, Evaluation], after: tuple[Roster, Evaluation]
) -> CustomerDifference:
    """Customers of one data version and date held by the lines of two schemes; `standing` is that of the second.

    Tiers are compared by name where the second scheme has all names of the first, else by position.
    """
    (their_roster, theirs), (our_roster, ours) = before, after
    other = Comparison("published", theirs.scheme.name, theirs.names, their_roster.place(theirs.cuts))
    moved = compare(standing, our_roster, our_roster.place(ours.cuts), ours.names, other)
    counts = moved.counts
    came_in, went_out = int(counts[-1, :-1].sum()), int(counts[:-1, -1].sum())
    return CustomerDifference(
        moved.up_count, moved.down_count, came_in, went_out, moved.same_count, moved.revenue
    )


def list_differences(before: Scheme, after: Scheme) -> tuple[Difference, ...]:
    """Every decision that is not the same, method first; names and revisions are no decisions.

    SettingError where a scheme's method or one of its parameters is none.
    """
    return (
        *_method(before, after),
        *_policy(before.policy, after.policy),
        *_within(before, after),
        *_outcome(before, after),
        *_playbook(before, after),
        *_effort(before, after),
    )


def tell_difference(
    difference: Difference, language: Language, escape: Callable[[str], str] = lambda text: text
) -> str:
    """The difference as one line."""
    return language.say(
        difference.code,
        **{name: _tell(fact, language, escape) for name, fact in difference.facts.items()},
    )


def _tell(fact: Any, language: Language, escape: Callable[[str], str]) -> Any:
    if isinstance(fact, Word):
        return language.say(fact.code, **fact.facts)
    if isinstance(fact, Share):
        return language.percent(fact.value, 0 if round(fact.value * 100, 1) % 1 == 0 else 1)
    if isinstance(fact, Tier):
        return escape(language.tier(fact.name))
    if isinstance(fact, bool):
        return language.say("diff.yes" if fact else "diff.no")
    if isinstance(fact, (tuple, list)):
        told = [str(language.fact(_tell(item, language, escape))) for item in fact]
        return language.say("list.comma").join(told) if told else language.say("diff.nothing")
    return escape(fact) if isinstance(fact, str) else fact


def _changed(code: str, before: Any, after: Any, **facts: Any) -> list[Difference]:
    return [] if before == after else [Difference(code, {**facts, "before": before, "after": after})]


def _method(before: Scheme, after: Scheme) -> list[Difference]:
    theirs, ours = (make(scheme.method, dict(scheme.method_params)) for scheme in (before, after))
    if type(theirs) is not type(ours):
        window = theirs.window_days, ours.window_days
        spans = [_WINDOWS.get(days) or Word("diff.days.count", {"n": days}) for days in window]
        return [
            *_changed("diff.method", theirs.text, ours.text),
            *_changed("diff.window", *spans),
            *_fitted(before, after),
        ]
    idle: frozenset[str] = getattr(theirs, "idle_params", frozenset()) & getattr(
        ours, "idle_params", frozenset()
    )
    declared = {told.name: told for told in params_of(ours)}
    names = [told.name for told in fields(ours) if told.name not in idle]  # type: ignore[arg-type]
    found = [difference for name in names for difference in _param(name, declared.get(name), theirs, ours)]
    return [*found, *_fitted(before, after)]


def _param(name: str, told: Param | None, theirs: Method, ours: Method) -> list[Difference]:
    before, after = getattr(theirs, name), getattr(ours, name)
    if told is None:  # it has no control: its own name must do
        return _changed("diff.param", before, after, label=name)
    return _changed("diff.param", _value(told, before), _value(told, after), label=told.text)


def _value(told: Param, value: Any) -> Any:
    """A parameter's value as its control shows it."""
    if told.choices:
        return dict(told.choices).get(value, value)
    return Share(float(value)) if told.unit == "share" else value


def _fitted(before: Scheme, after: Scheme) -> list[Difference]:
    if before.fitted == after.fitted:
        return []
    if before.fitted and after.fitted:
        return [Difference("diff.fitted.other", {})]
    return [Difference("diff.fitted.fixed" if after.fitted else "diff.fitted.free", {})]


def _within(before: Scheme, after: Scheme) -> list[Difference]:
    """Whose lines they are: everybody's, or those of each group of a column."""
    names = [COLUMNS.get(scheme.lines_within, _TOGETHER) for scheme in (before, after)]
    return _changed("diff.within", *names)


def _policy(before: TierPolicy, after: TierPolicy) -> list[Difference]:
    names = _changed("diff.names", tuple(map(Tier, before.names)), tuple(map(Tier, after.names)))
    theirs, ours = (
        tuple(_line(policy, place) for place in range(len(policy.cuts))) for policy in (before, after)
    )
    if before.kind != after.kind:
        facts = {
            "kind_before": Word(f"tune.kind.{before.kind}"),
            "kind_after": Word(f"tune.kind.{after.kind}"),
        }
        return [*names, Difference("diff.kind", {**facts, "before": theirs, "after": ours})]
    if len(theirs) != len(ours):
        return [*names, *_changed("diff.lines", theirs, ours)]
    lines = zip(theirs, ours, after.names, strict=False)
    return [*names, *(told for a, b, name in lines for told in _changed("diff.line", a, b, tier=Tier(name)))]


def _line(policy: TierPolicy, place: int) -> Any:
    """A line in the unit it is stated in."""
    cut = policy.cuts[place]
    if policy.kind in SHARES:
        return Share(cut)
    if policy.kind == "number":
        return Word("tune.line.count", {"n": round(cut)})
    return Word("diff.points" if policy.kind == "score" else "diff.hours", {"value": cut})


def _outcome(before: Scheme, after: Scheme) -> list[Difference]:
    outcomes = (Word(f"tune.outcome.{scheme.outcome}") for scheme in (before, after))
    return [
        *_changed("diff.outcome", *outcomes),
        *_changed("diff.days", before.outcome_days, after.outcome_days),
        *_changed("diff.history", before.minimum_history_days, after.minimum_history_days),
        *_changed("diff.orders", before.minimum_orders, after.minimum_orders),
    ]


def _playbook(before: Scheme, after: Scheme) -> list[Difference]:
    names = max(before.policy.names, after.policy.names, key=len)
    told = [
        difference
        for rank, name in enumerate(names)
        for difference in _standard(before.standard(rank), after.standard(rank), name)
    ]
    return [*told, *_standard(before.unrated_standard, after.unrated_standard, UNRATED)]


def _standard(before: Standard, after: Standard, name: str) -> list[Difference]:
    tier = Tier(name)
    owners = (Word(f"diff.owner.{standard.owner_level}") for standard in (before, after))
    return [
        *_by_kind("diff.contacts", before.contacts_per_month, after.contacts_per_month, tier=tier),
        *_changed("diff.owner", *owners, tier=tier),
        *_changed("diff.response", before.response_hours, after.response_hours, tier=tier),
        *_changed("diff.review", before.review_months, after.review_months, tier=tier),
    ]


def _effort(before: Scheme, after: Scheme) -> list[Difference]:
    shares = (Share(scheme.selling_share) for scheme in (before, after))
    return [
        *_by_kind("diff.minutes", before.minutes, after.minutes),
        *_changed("diff.working", before.working_hours_per_month, after.working_hours_per_month),
        *_changed("diff.selling", *shares),
    ]


def _by_kind(
    code: str, before: Mapping[str, float], after: Mapping[str, float], **facts: Any
) -> list[Difference]:
    """A number per kind of contact; a kind that is not named counts as none of it."""
    return [
        difference
        for kind in dict.fromkeys([*before, *after])
        for difference in _changed(
            code, before.get(kind, 0.0), after.get(kind, 0.0), kind=Word(f"touch.{kind}"), **facts
        )
    ]
