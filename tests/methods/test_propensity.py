"""Propensity on made-up histories: planted drivers, leaks, refusals, boosting where it earns it, and the same twice."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from segmentation.drivers import name_drivers, tell_left_out, top_reasons
from segmentation.i18n import Language, Text
from segmentation.methods.base import History
from segmentation.methods.propensity import Propensity
from segmentation.methods.propensity_model.learning import Learned, Refusal, learn
from segmentation.schemes import Scheme, from_toml, to_toml
from tests.methods.propensity_histories import draw, make_history

LONG = os.environ.get("TIERBOARD_LONG") == "1"


def taught(history: History, penalty: float = 1.0, *, keeps_suspects: bool = False) -> Learned:
    found = learn(history, penalty=penalty, keeps_suspects=keeps_suspects)
    assert isinstance(found, Learned), found
    return found


@pytest.fixture(scope="module")
def planted() -> History:
    """Recent buyers win more, an industry less, orders count for nothing; a third of the contacts is not known."""
    random, count = np.random.default_rng(1), 1_500
    recency = random.uniform(0, 360, count)
    industry = random.choice(["trade", "steel", "food", "rare"], count, p=[0.5, 0.3, 0.195, 0.005])
    contact = np.where(random.random(count) < 0.3, np.nan, random.exponential(50, count))
    margin = -0.5 - 0.008 * (recency - 180) - 1.2 * (industry == "steel") - 1.0 * np.isnan(contact)
    columns = {
        "recency_days": recency,
        "attribute:industry": industry,
        "touch_recency_days": contact,
        "order_count": random.poisson(3, count),
        "amount": recency,
    }
    return make_history(columns, draw(random, margin), days=3)


@pytest.fixture(scope="module")
def learned(planted: History) -> Learned:
    return taught(planted)


def test_planted_drivers_are_found_with_the_right_sign_and_counts(planted: History, learned: Learned) -> None:
    table = learned.drivers.set_index(["field", "kind", "level"])
    recency = table.loc[("recency_days", "number", "")]
    assert recency["high"] < 1 and recency["from_value"] < recency["to_value"]
    steel = table.loc[("attribute:industry", "level", "steel")]
    assert steel["high"] < 1
    held = planted.features["attribute:industry"].to_numpy() == "steel"
    assert (steel["count"], steel["k"]) == (held.sum(), planted.k[held].sum())
    assert table.loc[("touch_recency_days", "unknown", ""), "high"] < 1
    nothing = table.loc[("order_count", "number", "")]
    assert nothing["low"] < 1 < nothing["high"]
    levels = table.loc["attribute:industry"]
    assert levels["count"].sum() == len(planted.k) and ("other", "") in levels.index  # rare ones are pooled
    assert table.loc[("attribute:industry", "level", "trade"), "odds_ratio"] == 1


def test_odds_ratios_are_those_planted(learned: Learned) -> None:
    table = learned.drivers.set_index(["field", "kind", "level"])
    steel = table.loc[("attribute:industry", "level", "steel")]
    assert steel["low"] < np.exp(-1.2) < steel["high"]
    silent = table.loc[("touch_recency_days", "unknown", "")]
    assert silent["low"] < np.exp(-1.0) < silent["high"]


def test_a_field_that_says_the_same_is_counted_once(learned: Learned) -> None:
    assert [(left.column, left.code) for left in learned.left_out] == [("amount", "same")]
    assert "Amount in the period" in tell_left_out(learned, Language("en"))[0]


def test_it_is_checked_on_the_last_day_and_learned_from_all(learned: Learned) -> None:
    assert learned.is_later and len(learned.checked_on) == 1 and len(learned.days) == 3
    assert learned.checked_on[0] == learned.days[-1]
    assert learned.area.low > 0.6 and learned.area.wins + learned.area.losses == 500
    assert learned.cases == 1_500


def test_parts_are_against_the_average_customer(planted: History, learned: Learned) -> None:
    parts = learned.model.parts(planted.features)
    assert parts.drop(columns="base").mean().abs().max() < 1e-9


def test_what_it_says_does_not_hang_on_the_order_of_rows(planted: History, learned: Learned) -> None:
    order = np.random.default_rng(2).permutation(len(planted.k))
    mixed = replace(
        planted,
        features=planted.features.iloc[order],
        days=planted.days[order],
        n=planted.n[order],
        k=planted.k[order],
    )
    other = taught(mixed)
    assert other.model.told() == learned.model.told()
    pd.testing.assert_frame_equal(other.drivers, learned.drivers, check_exact=True)
    assert other.area == learned.area


def test_a_scheme_file_gives_the_same_scores(planted: History) -> None:
    method = Propensity(attributes=("industry",))
    features = planted.features[~planted.features.index.duplicated()]
    first = method.score(features, None, planted)
    kept = from_toml(to_toml(Scheme(method="propensity", fitted=first.fitted))).fitted
    again = method.score(features, kept)
    pd.testing.assert_series_equal(first.scores, again.scores, check_exact=True)
    pd.testing.assert_frame_equal(first.parts, again.parts, check_exact=True)
    assert first.verdict == again.verdict
    without = method.score(
        features.drop(columns="attribute:industry"), kept
    )  # a column the new file does not have
    assert without.scores.notna().all()


@pytest.mark.parametrize(("wins", "losses", "code"), [(49, 200, "wins"), (200, 49, "losses"), (50, 50, None)])
def test_it_refuses_below_fifty_and_says_how_many_there_are(wins: int, losses: int, code: str | None) -> None:
    won = np.repeat([1, 0], [wins, losses])
    history = make_history({"recency_days": np.arange(wins + losses) % 97}, won)
    scored = Propensity().score(history.features, None, history)
    assert scored.is_refused == (code is not None)
    if code is not None:
        assert scored.verdict == (f"propensity.refused.{code}", {"have": 49, "need": 50})
        assert scored.scores.isna().all() and not scored.fitted


def test_deals_count_by_case_not_by_customer() -> None:
    """Ten customers with five wins each are fifty wins."""
    history = make_history(
        {"recency_days": np.arange(30)}, np.repeat([5, 0], [10, 20]), trials=np.full(30, 5)
    )
    assert isinstance(learn(history, penalty=1, keeps_suspects=False), Learned)


def test_without_anything_that_tells_customers_apart_it_refuses() -> None:
    history = make_history({"recency_days": np.full(200, 5.0)}, np.arange(200) % 2)
    found = learn(history, penalty=1, keeps_suspects=False)
    assert isinstance(found, Refusal) and found.code == "propensity.refused.fields"


def test_only_who_can_have_the_outcome_has_a_probability() -> None:
    random = np.random.default_rng(3)
    recency = random.exponential(90, 400)
    for outcome, asked in (("first_order", False), ("repurchase", True), ("win_rate", None)):
        history = make_history({"recency_days": recency}, draw(random, -recency / 90), outcome=outcome)
        features = history.features.assign(has_order=np.arange(400) % 2 == 0)
        known = Propensity().score(features, None, history).scores.notna()
        assert (known == (True if asked is None else features["has_order"] == asked)).all()


def test_without_any_signal_the_interval_holds_one_half() -> None:
    """Nothing to find in 93 % of the worlds and more: nobody is told that noise ranks customers."""
    random, worlds = np.random.default_rng(4), 1_000 if LONG else 100
    held = 0
    for _ in range(worlds):
        columns = {"recency_days": random.normal(size=300), "amount": random.normal(size=300)}
        area = taught(make_history(columns, random.random(300) < 0.4, days=3)).area
        held += area.low <= 0.5 <= area.high
    assert held / worlds >= 0.93


def test_boosting_is_taken_where_it_earns_it_and_adds_up() -> None:
    random, count = np.random.default_rng(5), 3_000
    recency = random.uniform(0, 300, count)
    ring = make_history(
        {"recency_days": recency}, draw(random, 2.0 - 4.0 * (np.abs(recency - 150) > 75)), days=3
    )
    found = taught(ring)
    assert found.kind == "boosting" and found.boosting is not None and found.boosting[1] > 0
    assert found.area.area > 0.75
    scored = Propensity().score(ring.features, None, ring)
    near, far = scored.scores[np.abs(recency - 150) < 60], scored.scores[np.abs(recency - 150) > 90]
    assert near.min() > 70 and far.max() < 30
    again = Propensity().score(ring.features, from_toml(to_toml(Scheme(fitted=scored.fitted))).fitted)
    pd.testing.assert_series_equal(scored.scores, again.scores, check_exact=True)
    straight = make_history({"recency_days": recency}, draw(random, 1.5 - 0.01 * recency), days=3)
    assert taught(straight).kind == "regression"


COUNT = 5_000
WON = np.arange(COUNT) % 10 == 0


def leaky(**columns: np.ndarray) -> Learned:
    known = {"attribute:size": np.random.default_rng(6).normal(size=COUNT) + 0.8 * WON}
    return taught(
        make_history(
            known | {f"attribute:{name}": values for name, values in columns.items()}, WON, is_dated=False
        )
    )


def test_fields_that_know_the_outcome_are_left_out_and_explained() -> None:
    random, won = np.random.default_rng(7), WON
    found = leaky(
        minutes=random.normal(5, 1, COUNT) + 3 * won,
        contract_no=np.where(won, "signed", None),
        grade=random.choice(["A", "B"], COUNT),
        remark=np.array([f"r{place}" for place in range(COUNT)]),
    )
    codes = {left.name: left.code for left in found.left_out}
    assert codes == {
        "minutes": "never",
        "contract_no": "filled",
        "grade": "grade",
        "remark": "constant",
    }
    for code in ("en", "zh"):
        told = tell_left_out(found, Language(code))  # type: ignore[arg-type]
        assert all(left.name in " ".join(told) for left in found.left_out)
    assert {left.column for left in found.left_out} & set(found.drivers["field"]) == set()


def test_an_honest_field_stays_and_a_name_alone_condemns_nothing() -> None:
    random, won = np.random.default_rng(8), WON
    found = leaky(last_outcome=np.where(random.random(COUNT) < 0.2 + 0.2 * won, "yes", "no"))
    assert not [left for left in found.left_out if left.is_leak]
    assert "attribute:last_outcome" in set(found.drivers["field"])


def test_a_suspect_is_read_where_the_person_says_so_and_still_named() -> None:
    random, won = np.random.default_rng(9), np.arange(400) % 5 == 0
    history = make_history({"attribute:answer": random.normal(size=400) + 4 * won}, won, is_dated=False)
    kept = taught(history, keeps_suspects=True)
    assert kept.area.area > 0.95 and [(left.name, left.code) for left in kept.left_out] == [
        ("answer", "area")
    ]
    assert isinstance(learn(history, penalty=1, keeps_suspects=False), Refusal)


def test_dates_after_the_day_are_caught() -> None:
    random, count = np.random.default_rng(10), 900
    won = (random.random(count) < 0.4).astype(np.int64)
    dates = np.where(won == 1, "2025-12-01", "2024-01-05").astype(object)
    history = make_history(
        {"recency_days": random.normal(size=count), "attribute:visited": dates}, won, days=3
    )
    assert [(left.name, left.code) for left in taught(history).left_out] == [("visited", "dates")]


def test_what_customers_did_is_not_read_where_the_outcome_has_no_date() -> None:
    """Orders of a sheet without dates may be the outcome itself."""
    random = np.random.default_rng(11)
    won = np.arange(600) % 3 == 0
    columns = {"order_count": won.astype(float), "attribute:size": random.normal(size=600) + won}
    found = taught(make_history(columns, won, is_dated=False))
    assert set(found.drivers["field"]) == {"attribute:size"} and not found.is_later


def test_top_reasons_are_the_largest_on_either_side() -> None:
    parts = pd.Series({"base": 9.0, "a": 0.5, "b": -2.0, "c": 0.7, "d": 0.7, "e": 0.0, "f": np.nan, "g": 0.1})
    speaking_for, against = top_reasons(parts, {"b": Text("Last order", "最近下单")})
    assert [part.part for part in speaking_for] == ["c", "d", "a"]
    assert [(part.part, part.label.zh, part.log_odds) for part in against] == [("b", "最近下单", -2.0)]
    assert top_reasons(parts.iloc[:1], {}) == ((), ())


def test_the_driver_table_speaks_both_languages(learned: Learned) -> None:
    assert "最近下单" in set(name_drivers(learned, Language("zh"))["field"])
    assert "Last order" in set(name_drivers(learned, Language("en"))["field"])
