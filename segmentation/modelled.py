"""What a model of value expects of customers: as columns of a list, and of one customer in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isnan
from typing import Any

import pandas as pd

from segmentation.i18n import Language
from segmentation.standing import Standing

Money = Callable[[float], str]
COUNTS = ("order_days_count", "renewals_count")
ENDS = ("", "_low", "_high")
DIGITS = 3


def estimate_customers(standing: Standing, customers: Sequence[str]) -> pd.DataFrame | None:
    """As `Ltv.estimate`, indexed by customer, nulls for who is not rated; None where the method models no value."""
    if not _is_modelled(standing):
        return None
    wanted = pd.Index(customers, name="customer_id")
    rated = wanted.intersection(standing.scored.scores.dropna().index)
    found: pd.DataFrame = standing.method.estimate(standing.features.loc[rated], standing.scored.fitted)  # type: ignore[attr-defined]
    return found.reindex(wanted)


def modelled_columns(standing: Standing, customers: pd.Series, language: Language) -> dict[str, pd.Series]:
    """Header → value with its range, the expected count and the chance of each customer; nothing without a model."""
    found = estimate_customers(standing, customers.tolist())
    if found is None:
        return {}
    weeks, count = _weeks(standing), _count_of(found)
    shown = [*(f"value{end}" for end in ENDS), count, "alive_rate"]
    digits = {"alive_rate": 3, count: 2}
    return {
        language.say(f"modelled.column.{_called(name, count)}", n=weeks): pd.Series(
            found[name].round(digits.get(name, 2)).to_numpy(), customers.index
        )
        for name in shown
    }


def say_modelled(standing: Standing, customer_id: str, language: Language, money: Money) -> list[str]:
    """What is expected of one customer, with ranges; empty where nothing is modelled of it."""
    found = estimate_customers(standing, [customer_id])
    if found is None or isnan(found["value"].iloc[0]):
        return []
    told, count = found.iloc[0], _count_of(found)
    if told["alive_rate"] == 0:
        return [language.say("modelled.ended")]
    counts = {f"count{end}": language.number(told[f"{count}{end}"], 1) for end in ENDS}
    facts = {"n": _weeks(standing), **_amounts(told.to_dict(), language, money), **counts}
    said = [language.say(f"modelled.one.{count}", **facts)]
    if not isnan(told["alive_rate"]):
        chance = language.percent(told["alive_rate"])
        said.append(language.say(f"modelled.chance.{count}", chance=chance))
    return said


def say_total(standing: Standing, language: Language, money: Money) -> str | None:
    """What is expected of all rated customers together, with ranges; None where nothing is modelled."""
    if not _is_modelled(standing):
        return None
    rated = standing.scored.scores.dropna().index
    found = standing.method.expect_total(standing.features.loc[rated], standing.scored.fitted)  # type: ignore[attr-defined]
    count = next(name for name in COUNTS if name in found)
    counts = {f"count{end}": language.number(round(found[f"{count}{end}"])) for end in ENDS}
    return language.say(f"modelled.total.{count}", **_amounts(found, language, money), **counts)


def _amounts(told: Mapping[Any, Any], language: Language, money: Money) -> dict[str, str]:
    """Value and its ends; in figures where the usual short form would make them look alike."""
    values = {f"value{end}": float(told[f"value{end}"]) for end in ENDS}
    short = {name: money(value) for name, value in values.items()}
    if len(set(short.values())) == len(set(values.values())):
        return short
    return {name: language.exact_money(float(f"{value:.{DIGITS}g}")) for name, value in values.items()}


def _is_modelled(standing: Standing) -> bool:
    return not standing.scored.is_refused and getattr(standing.method, "basis", "historical") != "historical"


def _weeks(standing: Standing) -> int:
    return int(getattr(standing.method, "horizon_weeks", 0))


def _count_of(found: pd.DataFrame) -> str:
    return next(name for name in COUNTS if name in found.columns)


def _called(name: str, count: str) -> str:
    return f"chance.{count}" if name == "alive_rate" else name
