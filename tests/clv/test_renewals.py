"""Renewals: what is learned from contracts and what is refused, expectations against a hand-drawn future."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation.clv.histories import Floats
from segmentation.clv.renewals import (
    WEEKS_PER_MONTH,
    Contracts,
    Geometric,
    Learned,
    contracts_of,
    estimate,
    estimate_total,
    expected,
    fit_geometric,
    learn,
    next_chance,
    read,
)
from segmentation.clv.shifted_beta_geometric import ShiftedBetaGeometric, fit_shifted_beta_geometric
from segmentation.i18n import Language
from tests.clv.test_shifted_beta_geometric import HIGH_END, REGULAR, customers

YEAR = 12 * WEEKS_PER_MONTH


def drawn(count: int, seed: int, chance: Floats | float) -> tuple[Floats, Floats]:
    """Renewals and losses of customers who are asked up to nine times and leave with a chance of their own."""
    rng = np.random.default_rng(seed)
    lasted, asked = rng.geometric(np.broadcast_to(chance, count)) - 1, rng.integers(0, 10, count)
    return np.minimum(lasted, asked).astype(float), (lasted < asked).astype(float)


def say(told: Learned) -> tuple[str, dict[str, object]]:
    """Code and facts of a refusal or remark, which must read as a sentence in both languages."""
    reason = told.refusal or told.remark
    assert reason is not None
    for language in (Language("en"), Language("zh")):
        said = language.say(reason[0], **reason[1])
        assert said != reason[0] and "{" not in said
    return reason[0], dict(reason[1])


@pytest.mark.parametrize(("cohort", "alpha", "beta"), [(HIGH_END, 0.668, 3.806), (REGULAR, 0.704, 1.182)])
def test_the_published_parameters_are_learned(cohort: tuple[int, ...], alpha: float, beta: float) -> None:
    renewed, lost = customers(cohort)
    told = learn(renewed.astype(float), lost.astype(float))
    assert told.refusal is None and told.remark is None
    assert told.written["shifted_beta_geometric"][:2] == pytest.approx([alpha, beta], abs=5e-4)


def test_customers_of_one_chance_are_told_to_be_alike() -> None:
    renewed, lost = drawn(2000, 1, 0.2)
    told = learn(renewed, lost)
    decided = int(renewed.sum() + lost.sum())
    assert say(told) == ("ltv.renewals.alike", {"won": int(renewed.sum()), "decided": decided})
    with_lapsed = {"n": 7, "won": int(renewed.sum()), "decided": decided}
    assert say(learn(renewed, lost, 7)) == ("ltv.renewals.alike.lapsed", with_lapsed)
    theta = told.written["geometric"][0]
    assert theta == pytest.approx(lost.sum() / decided) and theta == pytest.approx(0.2, abs=0.02)
    assert np.exp(np.sqrt(told.written["geometric_covariance"][0])) == pytest.approx(
        1 + np.sqrt((1 - theta) / (theta * decided)), abs=1e-3
    )


def test_differences_are_claimed_where_there_are_none_at_most_once_in_twenty() -> None:
    """The ratio lies on the end of its range: half of χ², so that 5 % asked for are 2.5 %."""
    claims = sum("shifted_beta_geometric" in learn(*drawn(300, seed, 0.25)).written for seed in range(200))
    assert claims <= 10


def test_refusals_say_why() -> None:
    renewed, lost = drawn(400, 2, np.random.default_rng(3).beta(0.7, 2.0, 400))
    asked = np.flatnonzero((renewed > 0) | (lost > 0))
    few = asked[:49]
    assert say(learn(renewed[few], lost[few])) == ("ltv.renewals.few", {"n": 49, "least": 50})
    unknown = np.full(50, np.nan)
    begun_before = np.append(renewed[few], unknown), np.append(lost[few], unknown)
    assert say(learn(*begun_before)) == ("ltv.renewals.start", {"n": 49, "least": 50})
    stayed = np.where(np.cumsum(lost) > 9, 0.0, lost)
    assert say(learn(np.maximum(renewed, 1), stayed)) == ("ltv.renewals.lost", {"n": 9, "least": 10})
    assert not learn(renewed[few], lost[few]).written
    nobody_stays = np.zeros(60), np.ones(60)
    assert say(learn(*nobody_stays)) == ("ltv.renewals.won", {"n": 0, "least": 10})


def test_customers_who_leave_only_at_their_fifth_renewal_do_not_fit() -> None:
    renewed = np.tile([4.0, 4.0, 6.0, 1.0], 100)
    lost = np.tile([1.0, 1.0, 0.0, 0.0], 100)
    code, facts = say(learn(renewed, lost))
    assert code == "ltv.renewals.unfit" and facts["actual"] == 200


def test_the_model_the_renewals_were_drawn_from_is_not_refused() -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        assert learn(*drawn(3000, seed, rng.beta(0.8, 3.0, 3000))).refusal is None


def some_contracts() -> Contracts:
    return Contracts(
        renewal_count=np.array([0.0, 2.0, 5.0, 1.0, 3.0]),
        amount=np.array([1200.0, 2400.0, 360.0, 0.0, 500.0]),
        term_weeks=np.array([YEAR, 2 * YEAR, YEAR / 4, np.nan, YEAR]),
        due_weeks=np.array([20.0, 90.0, 3.0, np.nan, 0.0]),
    )


@pytest.mark.parametrize("model", [ShiftedBetaGeometric(0.7, 2.5), Geometric(0.25)], ids=["differs", "alike"])
@pytest.mark.parametrize("weeks", [52, 156])
def test_what_is_expected_is_the_mean_of_drawn_futures(
    model: ShiftedBetaGeometric | Geometric, weeks: int
) -> None:
    told, rng, rounds = some_contracts(), np.random.default_rng(9), 40_000
    for row in range(5):
        value, signed = 0.0, 0
        n, amount, term, due = (
            float(part[row]) for part in (told.renewal_count, told.amount, told.term_weeks, told.due_weeks)
        )
        if not np.isnan(due):
            if isinstance(model, Geometric):
                leaves = np.full(rounds, model.theta)
            else:  # who renewed n times is likelier one who stays
                leaves = rng.beta(model.alpha, model.beta + n, rounds)
            more = rng.geometric(leaves) - 1
            asked = int(np.ceil((weeks - due) / term)) if weeks > due else 0
            renewals = np.minimum(more, asked)
            ends = np.minimum(due + renewals * term, weeks)
            value, signed = float(amount / term * ends.mean()), float(renewals.mean())  # type: ignore[assignment]
        assert expected(model, told, weeks, "value")[row] == pytest.approx(value, rel=0.02)
        assert expected(model, told, weeks, "renewals")[row] == pytest.approx(signed, rel=0.03, abs=1e-12)


def test_a_running_contract_is_sure_and_a_lost_one_worth_nothing() -> None:
    told, model = some_contracts(), ShiftedBetaGeometric(0.7, 2.5)
    value = expected(model, told, 20, "value")
    assert value[0] == pytest.approx(1200 * 20 / YEAR) and value[3] == 0
    assert next_chance(model, told) == pytest.approx([2.5 / 3.2, 4.5 / 5.2, 7.5 / 8.2, 0, 5.5 / 6.2])


def test_the_range_of_the_total_is_that_of_fits_to_customers_drawn_again() -> None:
    rng = np.random.default_rng(5)
    renewed, lost = drawn(1500, 6, rng.beta(0.7, 2.5, 1500))
    written = learn(renewed, lost).written
    told = some_contracts()
    total = estimate_total(told, 156, written)
    values = []
    for _ in range(60):
        again = rng.integers(0, 1500, 1500)
        model, _ = fit_shifted_beta_geometric(renewed[again], lost[again] == 1)
        values.append(expected(model, told, 156, "value").sum())
    spread = np.log(total["value_high"] / total["value"]) / 1.96
    assert np.std(np.log(values)) == pytest.approx(spread, rel=0.35)
    one = estimate(told, 156, written)
    assert one["value"].sum() == pytest.approx(total["value"])
    assert (one["value_low"] <= one["value"]).all() and one["value_high"][3] == 0


def test_what_if_changes_one_input_and_the_others_give_way() -> None:
    given = {
        "renewal_count": np.array([-2.0, 3.7]), "contract_amount": np.array([100.0, 100.0]),
        "contract_term_months": np.array([0.0, 12.0]), "renewal_due_days": np.array([-40.0, 7.0]),
    }  # fmt: skip
    found = contracts_of(given)
    assert found.renewal_count.tolist() == [0, 3] and found.due_weeks.tolist() == [0, 1]
    assert np.isfinite(expected(Geometric(0.2), found, 52, "value")).all()


def test_one_chance_has_the_likelihood_of_its_renewals() -> None:
    renewed, lost = drawn(200, 4, 0.3)
    model, top = fit_geometric(renewed, lost)
    decided = renewed.sum() * np.log(1 - model.theta) + lost.sum() * np.log(model.theta)
    assert top.log_likelihood == pytest.approx(decided)
    near = ShiftedBetaGeometric(model.theta * 1e7, (1 - model.theta) * 1e7).log_likelihood(renewed, lost == 1)
    assert near == pytest.approx(decided, abs=1e-3)


def test_without_a_model_nothing_is_expected() -> None:
    assert read({}) is None
    with pytest.raises(KeyError):
        estimate_total(some_contracts(), 52, {})
