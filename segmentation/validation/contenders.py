"""Who is judged: every method of the registry as the proposal would set it, and every saved scheme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from segmentation.errors import TierboardError
from segmentation.features import TEXT_COLUMNS
from segmentation.methods.base import Method, params_of
from segmentation.methods.registry import make, methods
from segmentation.schemes import Scheme, TierPolicy, to_toml

Kind = Literal["method", "scheme", "baseline"]
BASELINE = "baseline"
# Columns of the customers table: they carry no date, so that of a past day nobody knows what they said.
UNDATED = frozenset({*TEXT_COLUMNS, "receivable"})


@dataclass(frozen=True)
class Contender:
    """A way to score customers. `key` is unique on a scoreboard; `name`: of the method, or of the scheme with its
    revision as a link has it; `problem`: why it cannot even be set up (a message id and facts), else None."""

    key: str
    kind: Kind
    name: str
    scheme: Scheme
    problem: tuple[str, Mapping[str, Any]] | None = None

    @property
    def scoring(self) -> str:
        """What decides its scores at a past date, as text: equal for contenders that score alike.

        What was learned or drawn on a later day is left out: it is learned anew on every date.
        """
        return to_toml(judged_scheme(self.scheme))

    @property
    def is_point_in_time(self) -> bool:
        """Whether its scores of a past day read only what was known then."""
        return self.problem is not None or not reads_undated(self.scheme)


def judged_scheme(scheme: Scheme) -> Scheme:
    """The part of a scheme that makes scores: nothing learned later, no lines, no name, the method's values in full."""
    method = make(scheme.method, scheme.method_params)
    told = {each.name: getattr(method, each.name) for each in params_of(method)}
    asked = scheme if _learns(method) else Scheme()  # of the others no score hangs on what is asked
    return Scheme(
        name="-",
        method=scheme.method,
        method_params={**scheme.method_params, **told},
        policy=TierPolicy(),
        lines_within=scheme.lines_within,
        outcome=asked.outcome,
        outcome_days=asked.outcome_days,
        minimum_history_days=scheme.minimum_history_days,
        minimum_orders=scheme.minimum_orders,
    )


def _learns(method: Method) -> bool:
    """Whether the method learns from outcomes."""
    return bool(getattr(method, "learns_from_outcomes", False))


def reads_undated(scheme: Scheme) -> bool:
    """Whether the method reads anything without a date: extra columns, those of the customers table (where it says so
    in `reads_undated`, or by the columns it names), or results without one."""
    method = make(scheme.method, scheme.method_params)
    attributes: tuple[str, ...] = getattr(method, "attributes", ())
    if attributes or scheme.lines_within or getattr(method, "reads_undated", False):
        return True
    if _learns(method) and scheme.outcome == "recorded":
        return True
    read = {*method.needs, *(getattr(method, "columns", None) or ())}
    return bool(read & UNDATED)


def list_contenders(proposed: Scheme, saved: Iterable[Scheme]) -> tuple[Contender, ...]:
    """Every method with the values the proposal would give it, by name, then the saved schemes in their order."""
    found = [_of_method(name, proposed) for name in sorted(methods())]
    for scheme in saved:
        name = f"{scheme.name}.{scheme.revision}"
        found.append(Contender(f"scheme:{name}", "scheme", name, scheme, _problem_of(scheme)))
    return tuple(found)


def _of_method(name: str, proposed: Scheme) -> Contender:
    """The proposed method with the proposed values; another one with its own and, where it takes it, the period."""
    window = proposed.method_params.get("window_days")
    tried: list[dict[str, Any]] = [{"window_days": window}, {}]
    if name == proposed.method:
        tried.insert(0, dict(proposed.method_params))
    scheme = proposed
    for params in tried:
        scheme = proposed.changed(
            name=name, method=name, method_params=params, fitted=None, policy=TierPolicy()
        )
        if _problem_of(scheme) is None:
            break
    return Contender(f"method:{name}", "method", name, scheme, _problem_of(scheme))


def _problem_of(scheme: Scheme) -> tuple[str, Mapping[str, Any]] | None:
    """Why the method cannot be made with the values of a scheme (it may be of a method that is gone)."""
    try:
        make(scheme.method, scheme.method_params)
    except TierboardError as error:
        return error.code, error.facts
    return None


def method_of(contender: Contender) -> Method:
    """The method of a contender without a problem."""
    return make(contender.scheme.method, contender.scheme.method_params)
