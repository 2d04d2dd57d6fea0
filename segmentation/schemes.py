"""The scheme: everything a person decides about tiers, frozen, named, and written as TOML (format = 1)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import tomli_w

from segmentation.errors import SettingError

FORMAT = 1
UNRATED = "unrated"
RESERVED_NAMES = frozenset({UNRATED, "all", "other"})  # rows that stand beside the tiers in tables of results
ABSENT_PARAM = "none"

CutKind = Literal["score", "customers", "value", "number", "hours"]
OwnerLevel = Literal["senior", "any", "automated"]
Outcome = Literal["win_rate", "first_order", "repurchase", "revenue_per_customer", "recorded"]
CUT_KINDS: tuple[CutKind, ...] = ("score", "customers", "value", "number", "hours")
OUTCOMES: tuple[Outcome, ...] = ("win_rate", "first_order", "repurchase", "revenue_per_customer", "recorded")

# defaults.md 4: minutes with travel and preparation; automatic kinds are behaviour, not effort.
DEFAULT_MINUTES: Mapping[str, float] = {
        "visit": 180.0, "meeting": 60.0, "call": 15.0, "not_reached": 3.0, "message": 10.0, "email": 10.0,
        "quotation": 60.0, "sample": 120.0, "event": 20.0, "ticket": 30.0, "login": 0.0, "automatic": 0.0,
        "other": 15.0,
}  # fmt: skip


@dataclass(frozen=True)
class Standard:
    """What one customer of a tier is promised: contacts per month by touch kind, and in words the rest."""

    contacts_per_month: Mapping[str, float]
    owner_level: OwnerLevel = "any"
    response_hours: int = 72
    review_months: int = 6

    def minutes_per_month(self, minutes: Mapping[str, float]) -> float:
        """Minutes one customer needs a month: Σ contacts × minutes of their kind."""
        return sum(count * minutes[kind] for kind, count in self.contacts_per_month.items())


# defaults.md 6, top tier first; a scheme with more tiers repeats the last, *unrated* has its own.
STANDARDS: tuple[Standard, ...] = (
    Standard({"visit": 1.0, "call": 3.0, "message": 4.0}, "senior", 24, 1),
    Standard({"visit": 1 / 3, "call": 1.0, "message": 2.0}, "any", 48, 3),
    Standard({"call": 1 / 3, "message": 1.0}, "any", 72, 6),
)
UNRATED_STANDARD = Standard({"call": 2.0, "message": 1.0}, "any", 24, 1)


@dataclass(frozen=True)
class TierPolicy:
    """Ordered tier names, best first, and the lines between them.

    `cuts` has one entry per line (len(names) − 1), all stated as `kind`:
    score = points 0–100, falling; customers, value = cumulative share 0–1, rising; number = cumulative
    customers, rising; hours = hours a month of that tier alone.
    """

    names: tuple[str, ...] = ("A", "B", "C")
    kind: CutKind = "customers"
    cuts: tuple[float, ...] = (0.1, 0.4)

    def __post_init__(self) -> None:
        if not 2 <= len(self.names) <= 6:
            raise SettingError("e.setting", name="tiers", value=len(self.names), rule=">= 2, <= 6")
        if len(set(self.names)) != len(self.names) or any(
            not n.strip() or n in RESERVED_NAMES for n in self.names
        ):
            raise SettingError("e.setting.names", names=", ".join(self.names))
        if self.kind not in CUT_KINDS:
            raise SettingError("e.setting", name="kind", value=self.kind, rule=" | ".join(CUT_KINDS))
        if len(self.cuts) != len(self.names) - 1:
            raise SettingError(
                "e.setting", name="cuts", value=len(self.cuts), rule=f"== {len(self.names) - 1}"
            )
        self._check_order()

    def _check_order(self) -> None:
        if any(not 0 <= cut < float("inf") for cut in self.cuts):
            raise SettingError("e.setting", name="cuts", value=str(self.cuts), rule=">= 0")
        pairs = list(zip(self.cuts, self.cuts[1:], strict=False))
        if self.kind == "score" and any(a < b for a, b in pairs):
            raise SettingError("e.setting", name="cuts", value=str(self.cuts), rule="falling")
        if self.kind in ("customers", "value", "number") and any(a > b for a, b in pairs):
            raise SettingError("e.setting", name="cuts", value=str(self.cuts), rule="rising")
        if self.kind in ("customers", "value") and any(cut > 1 for cut in self.cuts):
            raise SettingError("e.setting", name="cuts", value=str(self.cuts), rule="<= 1")


_LINED = frozenset({"name", "revision", "policy"})  # what `Scheme.unlined` leaves out


@dataclass(frozen=True)
class Scheme:
    """A named, versioned decision; `method_params` are the method's own fields, `fitted` its frozen edges.

    `lines_within`: the feature whose groups have lines of their own (`within.COLUMNS`), "" where all share them.
    """

    name: str = "default"
    revision: int = 0
    method: str = "rfm"
    method_params: Mapping[str, Any] = field(default_factory=dict)
    fitted: Mapping[str, tuple[float, ...]] | None = None
    policy: TierPolicy = TierPolicy()
    lines_within: str = ""
    outcome: Outcome = "repurchase"
    outcome_days: int = 90
    minimum_history_days: int = 90
    minimum_orders: int = 2
    standards: tuple[Standard, ...] = STANDARDS
    unrated_standard: Standard = UNRATED_STANDARD
    minutes: Mapping[str, float] = field(default_factory=lambda: DEFAULT_MINUTES)
    working_hours_per_month: float = 165.0
    selling_share: float = 0.6

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise SettingError("e.setting", name="outcome", value=self.outcome, rule=" | ".join(OUTCOMES))
        if not 1 <= self.outcome_days <= 3650:
            raise SettingError(
                "e.setting", name="outcome_days", value=self.outcome_days, rule=">= 1, <= 3650"
            )
        if not 0 <= self.selling_share <= 1:
            raise SettingError("e.setting", name="selling_share", value=self.selling_share, rule=">= 0, <= 1")

    def standard(self, rank: int) -> Standard:
        """The standard of the tier at `rank` (0 best); below the last written one the last holds."""
        return self.standards[min(rank, len(self.standards) - 1)]

    def changed(self, **values: Any) -> Scheme:
        """A copy with some values replaced."""
        found = replace(self, **values)
        if _LINED.issuperset(values) and "unlined" in self.__dict__:
            found.__dict__["unlined"] = self.unlined  # a moved line leaves it as it is
        return found

    @property
    def id(self) -> str:
        """First 12 hex of sha256 of the canonical TOML (definitions.md, *Ids*)."""
        return hashlib.sha256(to_toml(self).encode()).hexdigest()[:12]

    @cached_property
    def unlined(self) -> str:
        """The canonical TOML of all but name and lines: what moving a line leaves as it is; a key for caches."""
        return to_toml(self.changed(name="-", revision=0, policy=TierPolicy()))

    def __hash__(self) -> int:
        return hash(to_toml(self))


def _standard_to_dict(standard: Standard) -> dict[str, Any]:
    return {
        "contacts_per_month": dict(standard.contacts_per_month),
        "owner_level": standard.owner_level,
        "response_hours": standard.response_hours,
        "review_months": standard.review_months,
    }


def _standard_from_dict(raw: Mapping[str, Any]) -> Standard:
    contacts = {kind: float(n) for kind, n in raw["contacts_per_month"].items()}
    return Standard(contacts, raw["owner_level"], raw["response_hours"], raw["review_months"])


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value) if value[key] is not None}
    if isinstance(value, (tuple, list)):
        return [_sorted(item) for item in value]
    return value


def to_toml(scheme: Scheme) -> str:
    """Canonical TOML: keys sorted, absent values left out; equal schemes give equal bytes."""
    raw = {
        "format": FORMAT,
        "name": scheme.name,
        "revision": scheme.revision,
        "method": {"name": scheme.method, "params": _params_to_dict(scheme.method_params)},
        "fitted": None
        if scheme.fitted is None
        else {k: list(map(float, v)) for k, v in scheme.fitted.items()},
        "policy": {
            "names": scheme.policy.names,
            "kind": scheme.policy.kind,
            "cuts": [float(cut) for cut in scheme.policy.cuts],
            "within": scheme.lines_within or None,
        },
        "outcome": {"name": scheme.outcome, "days": scheme.outcome_days},
        "rating": {
            "minimum_history_days": scheme.minimum_history_days,
            "minimum_orders": scheme.minimum_orders,
        },
        "playbook": {
            "tiers": [_standard_to_dict(s) for s in scheme.standards],
            "unrated": _standard_to_dict(scheme.unrated_standard),
        },
        "effort": {
            "minutes": {kind: float(n) for kind, n in scheme.minutes.items()},
            "working_hours_per_month": float(scheme.working_hours_per_month),
            "selling_share": float(scheme.selling_share),
        },
    }
    return tomli_w.dumps(_sorted(raw))


def _params_to_dict(params: Mapping[str, Any]) -> dict[str, Any]:
    """TOML has no null, and a window of all history (None) must not come back as the method's default."""
    return {key: ABSENT_PARAM if value is None else value for key, value in params.items()}


def _param_from(value: Any) -> Any:
    return None if value == ABSENT_PARAM else _tuples(value)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def from_toml(text: str) -> Scheme:
    """The scheme written in `text`; SettingError when it is not one, or of a newer format."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError("e.scheme.toml", detail=str(error)) from error
    if raw.get("format") != FORMAT:
        raise SettingError("e.setting", name="format", value=raw.get("format"), rule=f"== {FORMAT}")
    try:
        return _from_dict(raw)
    except (KeyError, TypeError, AttributeError) as error:
        raise SettingError("e.scheme.toml", detail=str(error)) from error


def _from_dict(raw: Mapping[str, Any]) -> Scheme:
    fitted, policy, effort = raw.get("fitted"), raw["policy"], raw["effort"]
    return Scheme(
        name=raw["name"],
        revision=raw["revision"],
        method=raw["method"]["name"],
        method_params={key: _param_from(value) for key, value in raw["method"].get("params", {}).items()},
        fitted=None if fitted is None else {key: tuple(value) for key, value in fitted.items()},
        policy=TierPolicy(tuple(policy["names"]), policy["kind"], tuple(policy["cuts"])),
        lines_within=policy.get("within", ""),
        outcome=raw["outcome"]["name"],
        outcome_days=raw["outcome"]["days"],
        minimum_history_days=raw["rating"]["minimum_history_days"],
        minimum_orders=raw["rating"]["minimum_orders"],
        standards=tuple(_standard_from_dict(s) for s in raw["playbook"]["tiers"]),
        unrated_standard=_standard_from_dict(raw["playbook"]["unrated"]),
        minutes=dict(effort["minutes"]),
        working_hours_per_month=effort["working_hours_per_month"],
        selling_share=effort["selling_share"],
    )
