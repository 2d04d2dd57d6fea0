"""LTV: the published CDNOW model behind a score, what it refuses and why, and how it stays as it was published."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation.clv.bg_nbd import fit_bg_nbd
from segmentation.clv.customer_values import _unfit, purchases_of
from segmentation.clv.histories import collapse
from segmentation.clv.likelihoods import Top
from segmentation.clv.nbd import Nbd
from segmentation.errors import SettingError
from segmentation.i18n import Language
from segmentation.methods.ltv import HISTORY, Ltv
from segmentation.schemes import Scheme, from_toml, to_toml
from tests.clv.cdnow import CALIBRATED_ON, read_days, skip_without_data, summarise
from tests.methods.test_contract import make_features


@pytest.fixture(scope="module")
def features() -> pd.DataFrame:
    return make_features(600, 3)


def refusal(features: pd.DataFrame, **params: object) -> tuple[str, dict[str, object]]:
    """Code and facts of a refusal, which must read as a sentence in both languages."""
    scored = Ltv(**params).score(features)  # type: ignore[arg-type]
    assert scored.is_refused and scored.scores.isna().all() and scored.verdict is not None
    assert scored.fitted == {}
    code, facts = scored.verdict
    for language in (Language("en"), Language("zh")):
        said = language.say(code, **facts)
        assert said != code and "{" not in said
    return code, dict(facts)


@skip_without_data
def test_the_published_model_stands_behind_the_score() -> None:
    told = summarise(read_days(), CALIBRATED_ON)
    scored = Ltv(horizon_weeks=39).score(told)
    assert scored.verdict is None
    told_by = {name: scored.fitted[name] for name in ("bg_nbd", "gamma_gamma")}
    letters = {name: dict(zip(Ltv.letters[name], told_by[name], strict=True)) for name in told_by}
    assert letters["bg_nbd"] == pytest.approx(
        {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259, "log_likelihood": -9582.43}, abs=0.005
    )
    assert letters["gamma_gamma"] == pytest.approx(
        {"p": 6.25, "q": 3.74, "v": 15.44, "log_likelihood": -4055.92}, abs=0.01
    )
    total = Ltv(horizon_weeks=39).expect_total(told, scored.fitted)
    assert total is not None and total["order_days_count"] == pytest.approx(1653.4, abs=0.05)
    assert scored.segments is not None and (scored.segments == "once").sum() == 1411


def test_the_score_is_the_share_of_value_held_by_customers_of_no_more(features: pd.DataFrame) -> None:
    scored = Ltv(horizon_weeks=26).score(features)
    values = Ltv(horizon_weeks=26).estimate(features, scored.fitted)["value"]
    for customer in features.index[::60]:
        share = values[values <= values[customer]].sum() / values.sum()
        assert scored.scores[customer] == pytest.approx(100 * share, abs=1e-6)


def test_segments_follow_the_chance_and_one_order_day_says_nothing(features: pd.DataFrame) -> None:
    method = Ltv(active_rate=0.8, gone_rate=0.2)
    scored = method.score(features)
    alive = method.estimate(features, scored.fitted)["alive_rate"]
    assert scored.segments is not None
    repeats = features["repeat_order_days_count"] > 0
    assert ((scored.segments == "once") == ~repeats).all() and (alive.isna() == ~repeats).all()
    assert ((scored.segments == "active") == (repeats & (alive >= 0.8))).all()
    assert ((scored.segments == "gone") == (repeats & (alive < 0.2))).all()
    assert {"once", "active", "fading", "gone"} == set(scored.segments)


def test_gross_profit_is_modelled_sales_at_the_own_margin_and_a_loss_scores_nothing(
    features: pd.DataFrame,
) -> None:
    given = features.dropna(subset=["margin_share"])
    sales, profit = Ltv(), Ltv(value="margin")
    fitted = profit.score(given)
    value = profit.estimate(given, fitted.fitted)
    expected = sales.estimate(given, fitted.fitted)["value"] * given["margin_share"]
    pd.testing.assert_series_equal(value["value"], expected, check_names=False)
    assert (value["value_low"] <= value["value"]).all() and (value["value"] <= value["value_high"]).all()
    at_a_loss = given["margin_share"] < 0
    assert at_a_loss.any() and (fitted.scores[at_a_loss] == 0).all()


def test_value_so_far_is_that_of_the_window_and_needs_no_model(features: pd.DataFrame) -> None:
    method = Ltv(basis="historical", value="margin", window_days=365)
    scored = method.score(features)
    assert method.needs == ("margin",) and method.window_days == 365
    assert scored.segments is None and set(scored.fitted) == {"value", "share"}
    assert scored.scores.isna().equals(features["margin"].isna())
    ordered = features["margin"].dropna().sort_values().index
    assert scored.scores[ordered].is_monotonic_increasing


def test_a_published_model_scores_other_customers_without_learning_from_them(features: pd.DataFrame) -> None:
    fitted = Ltv().score(features).fitted
    published = from_toml(to_toml(Scheme(method="ltv", fitted=fitted))).fitted
    other = make_features(40, 9)
    assert Ltv().score(other).is_refused
    scored = Ltv().score(other, published)
    assert not scored.is_refused and scored.scores.notna().all()
    assert scored.fitted == fitted
    once_more = Ltv().score(pd.concat([other, features.add_suffix("x", axis=0)]), published)
    assert (once_more.scores[other.index] == scored.scores).all()
    assert Ltv().score(other, {}).verdict == ("ltv.frozen", {})


def test_customers_too_young_to_be_rated_once_are_not_learned_from(features: pd.DataFrame) -> None:
    """Of the young only repeaters would be there: learned from, they would make everybody a repeater."""
    usual = Ltv().score(features)
    young = features.iloc[:200].add_suffix("-young", axis=0).assign(
        repeat_order_days_count=3, order_span_days=60.0, recency_days=5.0, repeat_amount=300.0
    )  # fmt: skip
    both = Ltv().score(pd.concat([features, young]))
    for model in ("bg_nbd", "gamma_gamma"):
        assert both.fitted[model] == usual.fitted[model]
    assert both.scores.notna().all()


def test_refusals_say_why(features: pd.DataFrame) -> None:
    repeats = features["repeat_order_days_count"] > 0
    few = pd.concat([features[~repeats], features[repeats].iloc[:49]])
    assert refusal(few) == ("ltv.repeaters", {"n": 49, "least": 50})
    assert refusal(features.assign(margin_share=np.nan), value="margin") == ("ltv.nobody", {})
    history = (features["order_span_days"] + features["recency_days"]).max()
    short = features[features["order_span_days"] + features["recency_days"] < 150]
    code, facts = refusal(pd.concat([short.add_suffix(str(n), axis=0) for n in range(9)]), horizon_weeks=156)
    assert (code, facts["horizon"]) == ("ltv.horizon", 156) and history > 800
    code, facts = refusal(features.assign(repeat_amount=0.0))
    assert (code, facts["n"]) == ("ltv.spenders", 0)


def test_a_history_of_less_than_two_gaps_is_too_short(features: pd.DataFrame) -> None:
    rare = features.assign(
        repeat_order_days_count=1,
        order_span_days=np.linspace(60, 100, len(features)).round(),
        recency_days=20.0,
    )
    code, facts = refusal(rare, horizon_weeks=4)
    assert code == "ltv.short" and facts["weeks"] < 2 * facts["gap"]


def test_a_clockwork_has_no_model(features: pd.DataFrame) -> None:
    """Everybody orders every four weeks and nobody leaves: no spread for the model to learn."""
    age = 7 * np.random.default_rng(1).integers(40, 100, len(features)).astype(float)
    clockwork = features.assign(
        repeat_order_days_count=age // 28, order_span_days=28 * (age // 28), recency_days=age % 28
    )
    assert refusal(clockwork)[0] == "ltv.alike"


@pytest.mark.parametrize("seed", range(3))
def test_customers_of_one_rate_are_told_to_be_alike(features: pd.DataFrame, seed: int) -> None:
    """Chance alone makes their counts differ: the model would rank luck."""
    rng = np.random.default_rng(seed)
    age = rng.integers(300, 700, len(features))
    days = np.cumsum(np.ceil(rng.exponential(90, (len(features), 40))), axis=1)
    for leaves in (0.0, 0.08):
        stays = np.cumprod(rng.random(days.shape) >= leaves, axis=1).astype(bool)
        seen = (days <= age[:, None]) & np.column_stack([np.ones(len(days), bool), stays[:, :-1]])
        count = seen.sum(axis=1)
        span = np.where(count > 0, days[np.arange(len(days)), np.maximum(count - 1, 0)], 0.0)
        alike = features.assign(
            repeat_order_days_count=count, order_span_days=span, recency_days=age - span,
            repeat_amount=rng.gamma(3.0, 50.0, len(features)) * count,
        )  # fmt: skip
        assert refusal(alike)[0] == "ltv.alike"


def test_customers_who_all_stopped_at_once_do_not_fit(features: pd.DataFrame) -> None:
    """Weekly orders in one season and none in the two years after: no gradual leaving gives that."""
    rng = np.random.default_rng(2)
    count = rng.integers(0, 12, len(features))
    burst = features.assign(
        repeat_order_days_count=count, order_span_days=7.0 * count, recency_days=700.0 - 7.0 * count,
        repeat_amount=50.0 * count * rng.gamma(3.0, 1.0, len(features)),
    )  # fmt: skip
    assert refusal(burst)[0] in ("ltv.unfit", "ltv.no_top")


def test_spend_that_goes_with_frequency_is_said_and_refused_where_it_is_too_close(
    features: pd.DataFrame,
) -> None:
    count = features["repeat_order_days_count"].to_numpy(float)
    noise = np.random.default_rng(4).gamma(4.0, 1.0, len(features))
    some = features.assign(repeat_amount=count * noise * np.maximum(count, 1) ** 0.35)
    told = Ltv().score(some)
    assert told.verdict is not None and told.verdict[0] == "ltv.related" and not told.is_refused
    assert 0.3 < told.verdict[1]["correlation"] < 0.6
    code, facts = refusal(features.assign(repeat_amount=count * noise * np.maximum(count, 1) ** 2))
    assert code == "ltv.too_related" and facts["correlation"] > 0.6


def test_what_if_changes_one_input_and_the_others_give_way(features: pd.DataFrame) -> None:
    fitted = Ltv().score(features).fitted
    one = features[features["repeat_order_days_count"] == 5].iloc[[0]]
    for column, values in {
        "repeat_order_days_count": (-1.0, 0.0, 3.7, 1e4), "order_span_days": (-5.0, 0.0, 0.4, 1e4),
        "recency_days": (-3.0, 0.0, 1e5), "repeat_amount": (-10.0, 0.0, 1e9),
    }.items():  # fmt: skip
        for value in values:
            assert Ltv().score(one.assign(**{column: value}), fitted).scores.between(0, 100).all(), column


def test_the_range_of_the_total_is_that_of_fits_to_customers_drawn_again(features: pd.DataFrame) -> None:
    method, rng, drawn = Ltv(horizon_weeks=26), np.random.default_rng(5), []
    fitted = method.score(features).fitted
    total = method.expect_total(features, fitted)
    assert total is not None
    rows = purchases_of(*(features[name].to_numpy(float) for name in HISTORY)).histories
    given = rows.repeat_count, rows.last_weeks, rows.age_weeks
    for _ in range(20):
        chosen = rng.choice(rows.row, len(rows.row))
        model, _ = fit_bg_nbd(collapse(*(part[chosen] for part in given)))
        drawn.append(model.expected_after(*given, 26.0) @ rows.customer_count)
    spread = np.log(total["order_days_count_high"] / total["order_days_count"]) / 1.96
    assert np.std(np.log(drawn)) == pytest.approx(spread, rel=0.4)
    assert total["value_low"] < total["value"] < total["value_high"]


def test_settings_that_contradict_are_refused() -> None:
    with pytest.raises(SettingError, match="gone_rate"):
        Ltv(active_rate=0.5, gone_rate=0.55)


@pytest.mark.parametrize(("ratio", "is_fit"), [(0.79, False), (0.81, True), (1.24, True), (1.26, False)])
def test_a_model_that_misses_the_orders_it_was_learned_from_is_refused(
    features: pd.DataFrame, ratio: float, is_fit: bool
) -> None:
    purchases = purchases_of(*(features[name].to_numpy(float) for name in HISTORY))
    seen = purchases.histories
    rate = float(seen.repeat_count @ seen.customer_count) / float(seen.age_weeks @ seen.customer_count)
    model = Nbd(ratio * rate * 5.0, 5.0)
    top = Top(model.parameters, 0.0, np.eye(2), is_converged=True, is_boundary=False)
    told = _unfit(model, top, seen)
    assert (told is None) is is_fit
    if told is not None:
        assert told[0] == "ltv.unfit"


def test_orders_of_customers_who_never_leave_are_modelled_without_leaving(features: pd.DataFrame) -> None:
    rng = np.random.default_rng(8)
    age, rate = rng.integers(300, 700, len(features)), rng.gamma(1.1, 1 / 95, len(features))
    days = [np.cumsum(np.ceil(rng.exponential(1 / one, 400))) for one in rate]
    seen = [own[own <= until] for own, until in zip(days, age, strict=True)]
    count = np.array([len(own) for own in seen])
    span = np.array([own[-1] if len(own) else 0.0 for own in seen])
    told = features.assign(
        repeat_order_days_count=count, order_span_days=span, recency_days=age - span,
        repeat_amount=rng.gamma(3.0, 50.0, len(features)) * count,
    )  # fmt: skip
    scored = Ltv().score(told)
    assert not scored.is_refused and scored.verdict is not None
    assert (
        scored.verdict[0] == "ltv.nobody_leaves" and "nbd" in scored.fitted and "bg_nbd" not in scored.fitted
    )
    assert scored.segments is not None and set(scored.segments) == {"active", "once"}
    found = Ltv().estimate(told, scored.fitted)
    r, alpha, _ = scored.fitted["nbd"]
    assert found["order_days_count"].to_numpy() == pytest.approx(52 * (r + count) / (alpha + age / 7))
    assert (found["order_days_count_low"] < found["order_days_count_high"]).all()
    again = Ltv().score(told, scored.fitted)
    assert again.scores.equals(scored.scores)


def test_totals_of_months_are_refused_and_the_value_so_far_is_not() -> None:
    nobody = pd.DataFrame(index=pd.Index(["C1"]))
    refused = Ltv().refuse_months(nobody)
    assert refused is not None and refused.is_refused and refused.verdict == ("ltv.months", {})
    assert Ltv(basis="historical").refuse_months(nobody) is None


def test_contracts_are_valued_by_what_runs_and_what_will_be_renewed() -> None:
    features = make_features(2500, 11)
    method = Ltv(basis="renewals", horizon_weeks=104)
    assert method.needs == ("contract_amount",) and method.idle_params == {"window_days", "value"}
    scored = method.score(features)
    has_contract = features["contract_amount"].notna()
    assert not scored.is_refused and scored.scores.notna().equals(has_contract)
    letters = dict(
        zip(Ltv.letters["shifted_beta_geometric"], scored.fitted["shifted_beta_geometric"], strict=True)
    )
    assert letters["alpha"] == pytest.approx(0.7, rel=0.35) and letters["beta"] == pytest.approx(
        2.5, rel=0.35
    )
    value = method.estimate(features, scored.fitted)["value"]
    ordered = value.dropna().sort_values().index
    assert scored.scores[ordered].is_monotonic_increasing
    lost = has_contract & features["renewal_due_days"].isna()
    assert lost.any() and (scored.scores[lost] == 0).all() and (value[lost] == 0).all()


def test_segments_of_contracts_say_what_is_over_as_it_is() -> None:
    features = make_features(2500, 11)
    method = Ltv(basis="renewals", active_rate=0.8, gone_rate=0.3)
    scored = method.score(features)
    assert scored.segments is not None
    lost = features["contract_amount"].notna() & features["renewal_due_days"].isna()
    overdue = features["renewal_due_days"] < 0
    lapsed = features["contract_lapsed"] == 1
    assert ((scored.segments == "lost") == (lost & ~lapsed)).all() and lapsed.any()
    assert ((scored.segments == "lapsed") == lapsed).all()
    assert scored.verdict == ("ltv.renewals.differ.lapsed", {"n": lapsed.sum()})
    assert overdue.any() and ((scored.segments == "overdue") == overdue).all()
    chance = method.estimate(features, scored.fitted)["alive_rate"]
    assert ((scored.segments == "active") == (~lost & ~overdue & (chance >= 0.8))).all()
    assert set(scored.segments.dropna()) <= set(scored.labels)


def test_a_published_model_of_renewals_scores_others_and_says_its_total() -> None:
    method, features = Ltv(basis="renewals"), make_features(2500, 11)
    fitted = from_toml(to_toml(Scheme(method="ltv", fitted=method.score(features).fitted))).fitted
    other = make_features(30, 4)
    scored = method.score(other, fitted)
    assert scored.scores.notna().sum() == other["contract_amount"].notna().sum()
    total = method.expect_total(other.dropna(subset=["contract_amount"]), fitted)
    assert total is not None and total["value_low"] < total["value"] < total["value_high"]
    value = method.estimate(other, fitted)["value"]
    assert total["value"] == pytest.approx(value.sum()) and total["horizon_weeks"] == 52
    assert method.score(other, {}).verdict == ("ltv.frozen", {})


def test_without_contracts_renewals_are_refused(features: pd.DataFrame) -> None:
    nobody = features.assign(contract_amount=np.nan)
    assert refusal(nobody, basis="renewals") == ("ltv.renewals.nobody", {})
    assert refusal(features.iloc[:40], basis="renewals")[0] == "ltv.renewals.few"
    assert Ltv(basis="renewals").refuse_months(features) is None
