"""What a model expects of customers, in lists and sentences, and held against what came: drawn contracts."""

from __future__ import annotations

import datetime as dt
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.explanations import explain
from segmentation.holdouts import hold_out
from segmentation.i18n import Language
from segmentation.lists import COLUMNS, list_customers
from segmentation.methods.ltv import Ltv
from segmentation.modelled import modelled_columns, say_modelled, say_total
from segmentation.schemes import Scheme
from segmentation.tuning import evaluate, prepare
from tests.clv.cdnow import CALIBRATED_ON, read_days, skip_without_data, summarise
from tests.random_worlds import MemoryBook

AS_OF = dt.date(2026, 6, 30)
ENGLISH, CHINESE = Language("en"), Language("zh")
COUNT = 600


@cache
def book() -> MemoryBook:
    """Contracts of a year since 2015, renewed at a chance of the customer's own and a few days early."""
    rng = np.random.default_rng(12)
    rows = []
    for number in range(COUNT):
        began = dt.date(2015, 1, 1) + dt.timedelta(int(rng.integers(0, 4000)))
        leaves, amount = rng.beta(0.8, 3.0), float(np.round(rng.gamma(2.0, 5000.0), 2))
        rows.append((f"c{number:03d}", began, "won", "new", amount))
        for year in range(1, 13):
            decided = began + dt.timedelta(365 * year - int(rng.integers(0, 20)))
            is_lost = bool(rng.random() < leaves)
            rows.append((f"c{number:03d}", decided, "lost" if is_lost else "won", "renewal", amount))
            if is_lost:
                break
    frame = pd.DataFrame(rows, columns=["customer_id", "closed_on", "state", "kind", "amount"])
    frame = frame[frame["closed_on"] <= AS_OF].assign(
        term_months=12.0, deal_id=lambda told: [f"d{place}" for place in range(len(told))]
    )
    return MemoryBook({"deals": frame}, AS_OF)


def money(amount: float) -> str:
    return f"{amount:,.0f}"


@cache
def scheme(basis: str = "renewals") -> Scheme:
    return Scheme(method="ltv", method_params={"basis": basis, "horizon_weeks": 52})


@cache
def standing(basis: str = "renewals") -> Any:
    told: Any = book()
    return prepare(told, scheme(basis), AS_OF).now


def test_a_list_has_the_modelled_value_of_everybody_rated() -> None:
    found: Any = book()
    listed = list_customers(standing(), evaluate(found, scheme(), AS_OF), ENGLISH)
    headers = [name for name in listed.columns if name not in COLUMNS]
    assert headers == [
        "Modelled value, next 52 weeks", "Modelled value from", "Modelled value to",
        "Modelled renewals, next 52 weeks", "Modelled chance to renew next time",
    ]  # fmt: skip
    rated = listed["score"].notna()
    assert listed.loc[rated, headers].notna().all(axis=None) and listed.loc[~rated, headers].isna().all(
        axis=None
    )
    value, low, high = (listed.loc[rated, name] for name in headers[:3])
    assert (low <= value).all() and (value <= high).all()
    assert value.is_monotonic_decreasing  # best score first, and the score follows the value
    chinese = modelled_columns(standing(), listed["customer_id"], CHINESE)
    assert list(chinese) == [
        "未来 52 周估算价值",
        "估算价值下限",
        "估算价值上限",
        "未来 52 周估算续约次数",
        "估算下次续约概率",
    ]


def test_value_so_far_is_not_called_modelled() -> None:
    so_far = standing("historical")
    assert modelled_columns(so_far, pd.Series(["c001"]), ENGLISH) == {}
    assert say_modelled(so_far, "c001", ENGLISH, money) == [] and say_total(so_far, ENGLISH, money) is None


def test_a_sentence_says_the_numbers_of_the_list() -> None:
    told = standing()
    customer = str(told.scored.scores.idxmax())
    row = modelled_columns(told, pd.Series([customer]), ENGLISH)
    value, low, high, renewals, chance = (float(column.iloc[0]) for column in row.values())
    said = say_modelled(told, customer, ENGLISH, money)
    assert f"{money(value)} under contract ({money(low)}–{money(high)})" in said[0]
    assert f"{ENGLISH.number(renewals, 1)} renewals" in said[0] and ENGLISH.percent(chance) in said[1]
    for language in (ENGLISH, CHINESE):
        assert all(
            "{" not in words and "modelled." not in words
            for words in say_modelled(told, customer, language, money)
        )


def test_the_total_is_the_sum_of_the_list() -> None:
    told = standing()
    listed = modelled_columns(told, pd.Series(told.features.index), ENGLISH)
    total = float(next(iter(listed.values())).sum())
    said = say_total(told, ENGLISH, money)
    assert said is not None and f"**{money(total)}**" in said
    assert say_total(told, CHINESE, money) is not None
    coarse = say_total(told, ENGLISH, lambda _: "4M")
    assert coarse is not None and "4M" not in coarse and f"**{float(f'{total:.3g}'):,.0f}**" in coarse


def test_renewals_of_a_year_are_held_against_the_model_of_the_year_before() -> None:
    found: Any = book()
    held = hold_out(found, AS_OF, 52, "renewals")
    assert held.holdout is not None and held.calibrated_on == dt.date(2025, 7, 1)
    told = held.holdout
    assert told.actual == pytest.approx(told.expected, rel=0.12)
    running = hand_count(held.calibrated_on)
    assert told.customer_count.sum() == running
    assert hold_out(found, dt.date(2017, 1, 1), 52, "renewals").refusal is not None


def hand_count(day: dt.date) -> int:
    """Customers who have signed and not lost by the day."""
    deals = read_deals()
    known = deals[deals["closed_on"] <= day]
    return int((known.groupby("customer_id")["state"].last() == "won").sum())


@cache
def read_deals() -> pd.DataFrame:
    frame = (
        book()
        ._root.execute("SELECT customer_id, closed_on, state FROM deals ORDER BY customer_id, closed_on")
        .df()
    )
    return frame.assign(closed_on=frame["closed_on"].dt.date)


def test_nothing_is_modelled_of_who_is_not_rated() -> None:
    told = standing()
    frame = told.features.assign(contract_amount=np.nan)
    other = SimpleNamespace(method=told.method, scored=told.scored, features=frame)
    found = modelled_columns(other, pd.Series(["nobody"]), ENGLISH)  # type: ignore[arg-type]
    assert all(column.isna().all() for column in found.values())


def test_after_a_refusal_nothing_is_modelled() -> None:
    told = standing()
    few = told.features.iloc[:20]
    refused: Any = SimpleNamespace(method=told.method, features=few, scored=told.method.score(few))
    assert refused.scored.is_refused
    assert modelled_columns(refused, pd.Series(["c001"]), ENGLISH) == {}
    assert say_total(refused, ENGLISH, money) is None


@skip_without_data
def test_of_one_order_day_no_chance_is_told() -> None:
    told, orders = summarise(read_days(), CALIBRATED_ON), Ltv(horizon_weeks=39)
    one: Any = SimpleNamespace(method=orders, features=told, scored=orders.score(told))
    again = told["repeat_order_days_count"] > 0
    said = {
        name: say_modelled(one, str(told.index[again == name][0]), CHINESE, money) for name in (True, False)
    }
    assert len(said[True]) == 2 and len(said[False]) == 1
    assert "下单" in said[True][0] and "%" in said[True][1]


def test_of_an_ended_contract_one_sentence_is_said() -> None:
    told = standing()
    ended = told.features.index[told.features["renewal_due_days"].isna()]
    assert say_modelled(told, str(ended[0]), ENGLISH, money) == [ENGLISH.say("modelled.ended")]
    names = told.scored.labels
    part = explain(told, str(ended[0]), (50.0, 20.0), ("A", "B", "C")).parts[0]
    assert names[part.name].en == "Modelled value" and part.feature is None and part.value is None
