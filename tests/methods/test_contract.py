"""The contract every discovered method keeps: this file names none of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_index_equal, assert_series_equal

from segmentation.errors import SettingError
from segmentation.features import (
    COUNT_COLUMNS,
    DATE_COLUMNS,
    DAY_COLUMNS,
    LINE_COLUMNS,
    MONEY_COLUMNS,
    PAYMENT_COLUMNS,
    PROFILE_NUMBER_COLUMNS,
    PROFILE_TEXT_COLUMNS,
    TEXT_COLUMNS,
    WINDOWED_COLUMNS,
)
from segmentation.i18n import Text
from segmentation.methods.base import LEARNED_THROUGH, History, Method, Param, Scored, learns, params_of
from segmentation.methods.registry import broken_methods, methods
from segmentation.methods.registry import make as make_bare
from segmentation.schemes import Scheme, from_toml, to_toml

NAMES = tuple(methods())
TOLERANCE = 1e-6


def make_features(count: int = 400, seed: int = 7) -> pd.DataFrame:
    """Customers with every feature, many ties, refunds, and holes where a feature may be null."""
    rng = np.random.default_rng(seed)
    index = pd.Index([f"c{number:05d}" for number in range(count)], name="customer_id")
    frame = pd.DataFrame(index=index)
    frame[[*TEXT_COLUMNS, *PROFILE_TEXT_COLUMNS]] = "x"
    for name in DATE_COLUMNS:
        frame[name] = pd.Timestamp("2026-01-01") - pd.to_timedelta(rng.integers(0, 900, count), unit="D")
    for name in (*COUNT_COLUMNS, *DAY_COLUMNS):
        frame[name] = rng.poisson(2, count)
    for name in MONEY_COLUMNS:
        amounts = np.round(rng.gamma(0.6, 4000, count), 2) * rng.choice([1, 1, 1, 1, 0, -1], count)
        frame[name] = amounts
        frame[f"{name}_e4"] = np.rint(amounts * 1e4).astype(np.int64)
    for name in ("recency_days", "touch_recency_days", "tenure_days", "order_interval_days"):
        frame[name] = rng.integers(0, 700, count).astype(float)
    for name in (
        "receivable",
        "won_amount",
        "repeat_order_share",
        *LINE_COLUMNS,
        *PAYMENT_COLUMNS,
        *PROFILE_NUMBER_COLUMNS,
    ):
        frame[name] = rng.random(count)
    frame[["has_order", "has_contact"]] = True
    frame["attribute:seats"] = rng.integers(1, 9, count).astype(float)
    frame["attribute:age"] = np.where(rng.random(count) < 0.2, np.nan, rng.integers(18, 80, count))
    frame.loc[rng.random(count) < 0.2, ["margin", "touch_recency_days"]] = np.nan
    frame = frame.assign(**repeat_orders(count, seed), **contracts(count, seed))
    other = {f"{name}@91": frame[name].sample(frac=1, random_state=9).to_numpy() for name in WINDOWED_COLUMNS}
    return frame.assign(**other)


def repeat_orders(count: int, seed: int) -> dict[str, Any]:
    """Orders after the first of customers who order at a rate of their own and leave after some order."""
    rng = np.random.default_rng(seed)
    rate, leaves = rng.gamma(1.0, 0.02, count), rng.beta(1.0, 3.0, count)
    age, days, last, is_there = rng.integers(100, 900, count), 0.0, np.zeros(count), np.ones(count, bool)
    repeats = np.zeros(count, int)
    while is_there.any():
        days = np.ceil(days + rng.exponential(1 / rate))
        is_there = is_there & (days <= age)
        repeats, last = repeats + is_there, np.where(is_there, days, last)
        is_there = is_there & (rng.random(count) >= leaves)
    share = np.where(rng.random(count) < 0.2, np.nan, np.round(rng.uniform(-0.1, 0.6, count), 2))
    return {
        "repeat_order_days_count": repeats, "order_span_days": last, "recency_days": age - last,
        "repeat_amount": np.round(repeats * rng.gamma(4.0, 400.0, count), 0), "margin_share": share,
    }  # fmt: skip


def contracts(count: int, seed: int) -> dict[str, Any]:
    """Contracts of a year of customers who renew at a chance of their own; some without a contract, some without a
    beginning on record."""
    rng = np.random.default_rng(seed)
    age, lasted = rng.integers(30, 2200, count), rng.geometric(rng.beta(0.7, 2.5, count)) - 1
    renewed = np.minimum(lasted, age // 365)
    lost = lasted < age // 365
    is_known, has_contract = rng.random(count) < 0.8, rng.random(count) < 0.9
    amount = np.where(lost, 0.0, np.round(rng.gamma(2.0, 3000.0, count), 2))
    told = {
        "contract_amount": amount,
        "contract_term_months": np.where(lost, np.nan, 12.0),
        "renewal_due_days": np.where(lost, np.nan, 365.0 * (renewed + 1) - age - rng.integers(0, 40, count)),
        "contract_lapsed": lost & (rng.random(count) < 0.2),
        "first_contract_renewals": np.where(is_known, renewed, np.nan),
        "first_contract_lost": np.where(is_known, lost, np.nan),
    }
    shown = {name: np.where(has_contract, values, np.nan) for name, values in told.items()}
    return {"renewal_count": np.where(has_contract, renewed, 0), **shown}


@cache
def history() -> History:
    """Two earlier days of the same customers, of whom those who order much win more often."""
    features = pd.concat([make_features(300, seed=1), make_features(300, seed=2)])
    chance = 1 / (1 + np.exp(3.0 - 0.6 * features["order_count"].to_numpy(float)))
    days = np.repeat(np.array(["2025-06-30", "2025-09-30"], "datetime64[D]"), 300)
    won = (np.random.default_rng(3).random(600) < chance).astype(np.int64)
    return History(features, days, np.ones(600, np.int64), won, "win_rate", 90, dt.date(2025, 12, 31))


@cache
def taught(kind: type[Method]) -> type[Method]:
    """A class that learns from outcomes with a history at hand, so that all are asked in the same way."""

    def score(self: Any, features: pd.DataFrame, fitted: Any = None) -> Scored:
        return kind.score(self, features, fitted, history=history())  # type: ignore[call-arg]

    return type(kind.__name__, (kind,), {"score": score})


def make(name: str, params: Mapping[str, Any] | None = None) -> Method:
    """The method, with a history at hand where it learns from outcomes."""
    method = make_bare(name, params)
    if not learns(method):
        return method
    values = {told.name: getattr(method, told.name) for told in fields(method)}  # type: ignore[arg-type]
    return taught(type(method))(**values)


def variants(name: str) -> Iterator[tuple[str, Method]]:
    """The method as it comes, and with each parameter at the ends of its range and at each of its choices."""
    usual = make(name)
    yield "default", usual
    for told in params_of(usual):
        ends: list[Any] = [choice for choice, _ in told.choices]
        ends += [end for end in (told.low, told.high) if end is not None]
        for value in ends:
            yield f"{told.name}={value}", replace(usual, **{told.name: _typed(told, value)})  # type: ignore[type-var]


def _typed(told: Param, value: Any) -> Any:
    return int(value) if type(told.default) is int and isinstance(value, float) else value


CASES = [
    # All that is asked of one method goes to one worker, which scores the usual customers once.
    pytest.param(method, id=f"{name}-{label}", marks=pytest.mark.xdist_group(f"{name}-{label}"))
    for name in NAMES
    for label, method in variants(name)
]
usual_customers = cache(make_features)


@pytest.fixture(scope="module")
def features() -> pd.DataFrame:
    return usual_customers()


@lru_cache(maxsize=8)
def usual_scores(method: Method) -> Scored:
    """What a method says of the usual customers: most of the contract compares something with it."""
    return method.score(rated(usual_customers(), method))


def rated(features: pd.DataFrame, method: Method) -> pd.DataFrame:
    """What a method is given: customers whose needs are known."""
    return features.dropna(subset=list(method.needs)) if method.needs else features


def check_form(scored: Scored, features: pd.DataFrame) -> None:
    """Total and exclusive: one score 0–100 or null for each customer, one segment or none, parts that add up."""
    assert_index_equal(scored.scores.index, features.index)
    assert_index_equal(scored.parts.index, features.index)
    known = scored.scores.notna()
    if scored.is_refused:
        assert not known.any() and scored.verdict is not None
    assert scored.scores[known].between(0, 100).all()
    if scored.parts_unit == "points":
        gap = (scored.parts.sum(axis=1) - scored.scores)[known].abs()
        assert not len(gap) or gap.max() < TOLERANCE
        most = pd.Series(scored.maxima) if scored.most is None else scored.most
        assert not ((scored.parts - most)[scored.parts.columns] > TOLERANCE).any(axis=None)
    elif known.any():
        chance = 100 / (1 + np.exp(-scored.parts.sum(axis=1)))
        assert (chance - scored.scores)[known].abs().max() < TOLERANCE
    assert set(scored.parts.columns) <= set(scored.labels)
    if scored.segments is not None:
        assert_index_equal(scored.segments.index, features.index)
        named = scored.segments.dropna()
        assert set(named) <= set(scored.labels)
        assert not set(named.index) & set(features.index[~known])
    if scored.axes is not None:
        assert_index_equal(scored.axes.index, features.index)
        assert scored.axes.stack().dropna().between(0, 100).all()


def check_same(one: Scored, other: Scored) -> None:
    assert_series_equal(one.scores, other.scores, check_exact=True)
    assert_frame_equal(one.parts, other.parts, check_exact=True)
    if one.segments is not None and other.segments is not None:
        assert_series_equal(one.segments, other.segments)


def test_every_file_works_and_the_three_of_the_first_screen_are_there() -> None:
    assert broken_methods() == ()
    assert {"rfm", "abc", "scorecard"} <= set(NAMES)


@pytest.mark.parametrize("method", CASES)
def test_the_columns_it_names_are_all_it_reads(method: Method, features: pd.DataFrame) -> None:
    columns = list(getattr(method, "columns", features.columns))
    given = rated(features, method)
    check_same(method.score(given[columns]), usual_scores(method))


@pytest.mark.parametrize("method", CASES)
def test_parameters_said_to_change_nothing_learned_change_nothing_of_it(
    method: Method, features: pd.DataFrame
) -> None:
    usual, given = make(method.name), rated(features, method)
    unlearned: frozenset[str] = getattr(method, "unlearned", frozenset())
    changed = {
        told.name for told in params_of(method) if getattr(method, told.name) != getattr(usual, told.name)
    }
    if changed and changed <= unlearned:
        scored, fitted = usual_scores(method), usual_scores(usual).fitted
        assert scored.fitted == fitted
        check_same(method.score(given, fitted), scored)


@pytest.mark.parametrize("method", CASES)
def test_total_and_exclusive(method: Method, features: pd.DataFrame) -> None:
    scored = usual_scores(method)
    check_form(scored, rated(features, method))
    assert scored.is_refused or scored.scores.notna().all()


@pytest.mark.parametrize("method", CASES)
def test_row_order_does_not_matter(method: Method, features: pd.DataFrame) -> None:
    given = rated(features, method)
    shuffled = given.iloc[np.random.default_rng(1).permutation(len(given))]
    usual, other = usual_scores(method), method.score(shuffled)
    assert usual.fitted == other.fitted
    assert_series_equal(usual.scores, other.scores.reindex(given.index), check_exact=True)
    if usual.segments is not None and other.segments is not None:
        assert_series_equal(usual.segments, other.segments.reindex(given.index))


@pytest.mark.parametrize("method", CASES)
def test_equal_customers_score_equal(method: Method, features: pd.DataFrame) -> None:
    given = rated(features, method)
    twins = given.set_axis([f"{name}-twin" for name in given.index])
    scored = method.score(pd.concat([given, twins]))
    first, second = scored.scores.iloc[: len(given)], scored.scores.iloc[len(given) :]
    assert np.array_equal(first, second, equal_nan=True)


@pytest.mark.parametrize("method", CASES)
def test_inputs_stay_unchanged_and_the_same_comes_twice(method: Method, features: pd.DataFrame) -> None:
    given = rated(features, method).copy()
    before = given.copy(deep=True)
    again = method.score(given)
    assert_frame_equal(given, before, check_exact=True)
    check_same(again, usual_scores(method))


@pytest.mark.parametrize("method", CASES)
def test_frozen_edges_give_the_same_scores(method: Method, features: pd.DataFrame) -> None:
    given = rated(features, method)
    fitted = usual_scores(method)
    assert all(isinstance(edges, tuple) for edges in fitted.fitted.values())
    check_same(fitted, method.score(given, fitted.fitted))
    # One customer alone, and through the file a scheme is written to.
    scheme = from_toml(to_toml(Scheme(method=method.name, fitted=fitted.fitted)))
    alone = method.score(given.iloc[[5]], scheme.fitted)
    assert np.array_equal(alone.scores, fitted.scores.iloc[[5]], equal_nan=True)


@pytest.mark.parametrize("method", CASES)
def test_one_customer_works(method: Method, features: pd.DataFrame) -> None:
    one = rated(features, method).iloc[[0]]
    check_form(method.score(one), one)


@pytest.mark.parametrize("method", CASES)
def test_nobody_works(method: Method, features: pd.DataFrame) -> None:
    nobody = features.iloc[:0]
    check_form(method.score(nobody), nobody)


@pytest.mark.parametrize("method", CASES)
def test_constant_columns_work(method: Method, features: pd.DataFrame) -> None:
    one = rated(features, method).iloc[[0]]
    same = pd.concat([one] * 50).set_axis([f"c{number}" for number in range(50)])
    scored = method.score(same)
    check_form(scored, same)
    assert scored.scores.nunique(dropna=False) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_column_is_named_with_near_matches(name: str, features: pd.DataFrame) -> None:
    method = make(name)
    for column in method.needs:
        with pytest.raises(KeyError, match=f"{column}.*{column}x"):
            method.score(features.rename(columns={column: f"{column}x"}))
    with pytest.raises(KeyError, match=r"'(\w+)'.*\1x"):
        method.score(features.rename(columns=lambda column: f"{str(column).split(':')[-1]}x"))


@pytest.mark.parametrize("name", NAMES)
def test_texts_stand_in_both_languages(name: str, features: pd.DataFrame) -> None:
    method = make(name)
    texts: list[Text] = [method.text, method.help]
    for told in params_of(method):
        texts += [told.text, told.help, *(text for _, text in told.choices)]
    scored = usual_scores(method)
    texts += [label for key, label in scored.labels.items() if not key.startswith("attribute:")]
    assert all(text.en.strip() and text.zh.strip() for text in texts), [
        t for t in texts if not t.zh or not t.en
    ]


@pytest.mark.parametrize("name", NAMES)
def test_parameters_can_be_drawn_and_are_bounded(name: str) -> None:
    method = make(name)
    for told in params_of(method):
        assert told.choices or (told.low is not None and told.high is not None and told.step), told.name
        assert told.unit, told.name
        if not told.choices and told.low is not None and told.high is not None:
            assert told.low <= told.default <= told.high
            for outside in (told.low - 1, told.high + 1):
                with pytest.raises(SettingError) as refused:
                    make(name, {told.name: outside})
                assert refused.value.facts["name"] == told.name
        if told.choices:
            with pytest.raises(SettingError):
                make(name, {told.name: "no such choice"})


@pytest.mark.parametrize("method", CASES)
def test_a_scheme_carries_every_parameter(method: Method) -> None:
    params = {told.name: getattr(method, told.name) for told in params_of(method)}
    back = from_toml(to_toml(Scheme(method=method.name, method_params=params)))
    assert make(back.method, back.method_params) == method


@pytest.mark.parametrize("name", NAMES)
def test_who_learns_from_outcomes_refuses_without_any_and_says_until_when_it_looked(
    name: str, features: pd.DataFrame
) -> None:
    method = make_bare(name)
    if not learns(method):
        return
    given = rated(features, method)
    refused = method.score(given)
    assert refused.is_refused and refused.verdict is not None and "nothing" in refused.verdict[0]
    learned = method.score(given, None, history())
    assert learned.fitted[LEARNED_THROUGH] == (history().ends_on.toordinal(),)
    assert not learned.is_refused
