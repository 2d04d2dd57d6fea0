"""Why a probability is what it is: the fields that drive it, the fields not believed, and one customer's reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from segmentation.i18n import Language, Text
from segmentation.methods.propensity_model.fields import label
from segmentation.methods.propensity_model.leaks import LeftOut
from segmentation.methods.propensity_model.learning import Learned

BASE = "base"


@dataclass(frozen=True)
class Contribution:
    """One field of one customer against the average customer: `log_odds` above 0 speaks for the outcome."""

    part: str
    label: Text
    log_odds: float


def top_reasons(
    parts: pd.Series, labels: Mapping[str, Text], most: int = 3
) -> tuple[tuple[Contribution, ...], tuple[Contribution, ...]]:
    """(for, against) the outcome: up to `most` parts of one customer each, the strongest first, equal ones by name.

    `parts` is a row of `Scored.parts` on the log-odds scale; its base, the average customer, is no reason.
    """
    known = [
        Contribution(str(name), labels.get(str(name), Text(str(name), str(name))), float(value))
        for name, value in parts.items()
        if name != BASE and not pd.isna(value) and value != 0
    ]
    ranked = sorted(known, key=lambda part: (-abs(part.log_odds), part.part))
    speaking_for = tuple(part for part in ranked if part.log_odds > 0)[:most]
    return speaking_for, tuple(part for part in ranked if part.log_odds < 0)[:most]


def tell_left_out(learned: Learned, language: Language) -> tuple[str, ...]:
    """Why each field was not learned from, in sentences; those that seem to know the outcome first."""
    ordered = sorted(learned.left_out, key=lambda left: not left.is_leak)
    return tuple(language.say(f"propensity.left_out.{left.code}", **_facts(left)) for left in ordered)


def _facts(left: LeftOut) -> dict[str, object]:
    facts = dict(left.facts)
    if "other" in facts:
        facts |= {"name": label(left.column), "other": label(str(facts["other"]))}
    return facts


def name_drivers(learned: Learned, language: Language) -> pd.DataFrame:
    """`Learned.drivers` with its fields in words."""
    named = learned.drivers["field"].map(lambda column: label(str(column)).in_(language.code))
    return learned.drivers.assign(field=named)
