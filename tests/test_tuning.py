"""The one result everybody reads, against the same figures worked out customer by customer."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation.allocation.current import budget_by_tier, read_budget, rule_shares
from segmentation.comparisons import Comparison, compare, cross, grades_in_file, keep_sales_order
from segmentation.effort import build_effort
from segmentation.outcomes import build_outcomes
from segmentation.overrides import NOBODY
from segmentation.rosters import Roster, assign
from segmentation.schemes import OUTCOMES, UNRATED, Scheme, TierPolicy
from segmentation.store import Book
from segmentation.tuning import ALL, Evaluation, draw_lines, evaluate, freeze_lines, prepare
from tests.evaluations import simple_sort
from tests.worlds import make_book

DAY = pd.Timestamp("2024-11-01")


def dates(random: np.random.Generator, count: int, days: int) -> np.ndarray:
    return (DAY + pd.to_timedelta(random.integers(0, days, count), unit="D")).strftime("%Y-%m-%d").to_numpy()


def frames(seed: int = 1, customers: int = 300) -> dict[str, pd.DataFrame]:
    """A trading company of `customers` over two years, drawn from a seed."""
    random = np.random.default_rng(seed)
    ids = np.array([f"C{place:05d}" for place in range(customers)])
    weight = random.pareto(1.2, customers) + 0.05
    orders, touches, deals = customers * 10, customers * 8, customers * 2
    opened = dates(random, deals, 600)
    state = random.choice(["won", "lost", "open"], deals)
    closed = pd.Series(opened).map(pd.Timestamp) + pd.to_timedelta(random.integers(1, 130, deals), unit="D")
    return {
        "customers": pd.DataFrame(
            {"customer_id": ids, "name": [f"Firm {i}" for i in ids], "grade": random.choice([*"ABC", None], customers)}
        ),
        "orders": pd.DataFrame(
            {
                "order_id": [f"O{place}" for place in range(orders)],
                "line": "1",
                "customer_id": random.choice(ids, orders, p=weight / weight.sum()),
                "ordered_on": dates(random, orders, 730),
                "amount": np.round(random.lognormal(7, 1, orders) * random.choice([1, 1, 1, -0.2], orders), 2),
            }
        ),
        "touches": pd.DataFrame(
            {
                "touch_id": [f"T{place}" for place in range(touches)],
                "customer_id": random.choice(ids[: customers * 2 // 3], touches),
                "at": dates(random, touches, 730),
                "kind": random.choice(["visit", "call", "message"], touches),
                "rep": random.choice(["R1", "R2", "R3"], touches),
            }
        ),
        "deals": pd.DataFrame(
            {
                "deal_id": [f"D{place}" for place in range(deals)],
                "customer_id": random.choice(ids, deals),
                "opened_on": opened,
                "closed_on": closed.dt.strftime("%Y-%m-%d").where(state != "open").to_numpy(),
                "state": state,
                "amount": 1000,
            }
        ),
    }  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return make_book(tmp_path_factory.mktemp("tuning"), **frames())


def as_of(book: Book) -> dt.date:
    assert book.data_through_on is not None
    return book.data_through_on


SCHEMES = {
    "score": TierPolicy(("A", "B", "C"), "score", (80.0, 40.0)),
    "customers": TierPolicy(("A", "B", "C", "D"), "customers", (0.1, 0.4, 0.7)),
    "value": TierPolicy(("A", "B", "C"), "value", (0.7, 0.9)),
    "number": TierPolicy(("A", "B"), "number", (40.0,)),
    "hours": TierPolicy(("A", "B", "C"), "hours", (60.0, 90.0)),
}


@pytest.mark.parametrize("policy", SCHEMES.values(), ids=SCHEMES)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_totals_are_those_of_the_customers(book: Book, policy: TierPolicy, outcome: str) -> None:
    scheme = Scheme(policy=policy, outcome=outcome)
    base = prepare(book, scheme, as_of(book))
    evaluation = draw_lines(base, scheme)
    tiers = assign(base.now, evaluation.cuts, evaluation.names)
    for name in evaluation.rows:
        mine = base.now.features[tiers == name]
        row = evaluation.tiers.cells(name)
        assert row["customers"] == len(mine)
        assert row["revenue"] == pytest.approx(mine["amount"].sum())
        assert row["won_amount"] == pytest.approx(mine["won_amount"].sum())
        hours = build_effort(book, as_of(book), scheme.minutes)["hours_now"].reindex(mine.index)
        assert row["recorded_customers"] == hours.notna().sum()
        if hours.notna().any():
            assert row["hours_now"] == pytest.approx(hours.sum(), abs=1e-3)
        else:
            assert np.isnan(row["hours_now"])
    assert evaluation.tiers["customers"].sum() == evaluation.population == len(base.now.features)
    assert evaluation.tiers["customers_share"].sum() == pytest.approx(1)
    _check_rates(book, evaluation, base, outcome)


def _check_rates(book: Book, evaluation: Evaluation, base, outcome: str) -> None:
    assert base.checked is not None
    tiers = assign(base.checked, evaluation.check_cuts, evaluation.names)
    outcomes = build_outcomes(book, outcome, base.checked.as_of, evaluation.scheme.outcome_days).reindex(
        tiers.index
    )
    for name in (*evaluation.rows, ALL):
        mine = outcomes if name == ALL else outcomes[tiers == name]
        row = evaluation.rates.cells(name)
        assert row["n"] == mine["n"].sum()
        if row["n"] == 0:
            assert np.isnan(row["rate"])
        elif outcome == "revenue_per_customer":
            assert row["rate"] == pytest.approx(mine["value"].mean())
            assert pd.isna(row["k"])
        else:
            assert row["k"] == mine["k"].sum()
            assert row["rate"] == pytest.approx(mine["k"].sum() / mine["n"].sum())
            assert row["low"] <= row["rate"] <= row["high"]


def test_an_empty_tier_does_not_hide_its_neighbours(book: Book) -> None:
    scheme = Scheme(policy=TierPolicy(("A", "B", "C"), "score", (60.0, 60.0)), outcome="repurchase")
    evaluation = evaluate(book, scheme, as_of(book))
    assert evaluation.tiers.at("B", "customers") == 0
    (told,) = evaluation.verdicts
    assert (told.upper, told.lower) == ("A", "C") and told.code == "higher"


def test_needed_hours_are_the_playbook(book: Book) -> None:
    evaluation = evaluate(book, Scheme(), as_of(book))
    minutes = {"A": 265.0, "B": 95.0, "C": 15.0, UNRATED: 40.0}
    for name, each in minutes.items():
        row = evaluation.tiers.cells(name)
        assert row["hours_needed"] == pytest.approx(row["customers"] * each / 60)
    assert evaluation.capacity.needed_hours == pytest.approx(evaluation.tiers["hours_needed"].sum())


def test_sellers_seen_at_work_stand_in_for_a_missing_table(book: Book, tmp_path: Path) -> None:
    seen = evaluate(book, Scheme(), as_of(book)).capacity
    assert (seen.sellers, seen.source) == (3, "observed")
    assert seen.available_hours == pytest.approx(3 * 165 * 0.6)
    reps = pd.DataFrame(
        {"rep_id": ["1", "2", "3"], "hours_per_month": [100, None, 80], "left_on": [None, None, "2025-01-01"]}
    )
    told = evaluate(make_book(tmp_path, **frames(), reps=reps), Scheme(), as_of(book)).capacity
    assert (told.sellers, told.assumed_sellers, told.source) == (2, 1, "reps")
    assert told.available_hours == pytest.approx((100 + 165) * 0.6)
    assert told.is_feasible == (told.needed_hours <= told.available_hours)


def test_a_team_that_has_left_has_no_hours(tmp_path: Path) -> None:
    reps = pd.DataFrame({"rep_id": ["1", "2"], "hours_per_month": [100, 80], "left_on": ["2025-01-01"] * 2})
    told = evaluate(make_book(tmp_path, **frames(customers=30), reps=reps), Scheme(), dt.date(2026, 5, 1))
    assert (told.capacity.sellers, told.capacity.available_hours) == (0, 0)
    assert told.capacity.is_feasible is False


def test_the_check_date_lies_one_window_back(book: Book) -> None:
    evaluation = evaluate(book, Scheme(outcome_days=90), as_of(book))
    assert evaluation.replayed_on == as_of(book) - dt.timedelta(days=90)
    earlier = dt.date(2026, 3, 1)
    assert evaluate(book, Scheme(outcome_days=90), earlier).replayed_on == earlier


def test_too_short_a_history_is_said_and_nothing_is_judged(book: Book) -> None:
    evaluation = evaluate(book, Scheme(method_params={"window_days": 730}, outcome_days=90), as_of(book))
    assert evaluation.replayed_on is None
    assert evaluation.check.missing_days == 730 + 90 - 730 > 0
    assert np.isnan(evaluation.rates["rate"]).all()
    assert evaluation.verdicts == ()
    assert evaluation.tiers["customers"].sum() == 300


def test_published_lines_stay_where_they_are(book: Book) -> None:
    scheme = Scheme()
    base = prepare(book, scheme, as_of(book))
    drawn = draw_lines(base, scheme)
    frozen = freeze_lines(base, drawn)
    assert frozen.policy.kind == "score"
    again = evaluate(book, frozen, as_of(book))
    pd.testing.assert_frame_equal(again.tiers.frame, drawn.tiers.frame)
    earlier = dt.date(2026, 5, 1)
    assert evaluate(book, frozen, earlier).cuts == drawn.cuts
    assert prepare(book, frozen, earlier).now.scored.fitted == base.now.scored.fitted
    assert prepare(book, scheme, earlier).now.scored.fitted != base.now.scored.fitted


def test_who_would_move_counts_every_customer_once(book: Book) -> None:
    base = prepare(book, Scheme(), as_of(book))
    evaluation, roster = draw_lines(base, Scheme()), Roster.of(base.now)
    ours = roster.place(evaluation.cuts)
    sizes = [int(size) for size in evaluation.tiers["customers"][:-1]]
    for other in (grades_in_file(base.now), simple_sort(roster, sizes, evaluation.names)):
        assert other is not None
        movement = compare(base.now, roster, ours, evaluation.names, other)
        assert movement.matrix.to_numpy().sum() == 300
        assert movement.same_count + movement.moved_count == 300
        assert list(movement.matrix.sum()) == list(evaluation.tiers["customers"])
        assert len(movement.rows()) == movement.moved_count
    itself = Comparison("published", "x", evaluation.names, ours)
    still = compare(base.now, roster, ours, evaluation.names, itself)
    assert not len(still.rows()) and still.same_count == 300


def test_movement_equals_the_same_counted_customer_by_customer(book: Book) -> None:
    base = prepare(book, Scheme(), as_of(book))
    evaluation, roster = draw_lines(base, Scheme()), Roster.of(base.now)
    tiers = assign(base.now, evaluation.cuts, evaluation.names)
    names = [*evaluation.names, "unrated"]
    assert [names[place] for place in roster.place(evaluation.cuts)] == tiers.tolist()
    other = grades_in_file(base.now)
    assert other is not None
    movement = compare(base.now, roster, roster.place(evaluation.cuts), evaluation.names, other)
    theirs = base.now.features["grade"].fillna("").replace("", "unrated")
    counted = pd.crosstab(theirs, tiers).reindex(index=[*other.names, "unrated"], columns=names, fill_value=0)
    assert (movement.matrix.to_numpy() == counted.to_numpy()).all()
    rank = {name: place for place, name in enumerate(evaluation.names)}
    steps = [
        other.names.index(theirs[id_]) - rank[tiers[id_]]
        for id_ in tiers.index
        if theirs[id_] != "unrated" and tiers[id_] != "unrated"
    ]
    assert (movement.up_count, movement.down_count) == (sum(s > 0 for s in steps), sum(s < 0 for s in steps))
    listed = pd.DataFrame(movement.list_customers()).set_index("customer_id")
    assert listed["revenue"].is_monotonic_decreasing
    assert listed["revenue"].sum() == pytest.approx(movement.revenue)
    assert (listed["ours"] == tiers[listed.index]).all() and (listed["theirs"] == theirs[listed.index]).all()
    assert (listed["revenue"] == base.now.features.loc[listed.index, "amount"]).all()
    assert movement.list_customers(movement.rows(3))["customer_id"] == list(listed.index[:3])


def test_simple_sort_takes_the_largest_at_equal_sizes(book: Book) -> None:
    base = prepare(book, Scheme(), as_of(book))
    evaluation, roster = draw_lines(base, Scheme()), Roster.of(base.now)
    nowhere = Comparison("simple_sort", "", evaluation.names, np.empty(0, np.int8))
    lines = NOBODY.lines(evaluation.cuts, evaluation.names)
    movement = cross(base.now, roster, lines, nowhere, keep_sales_order(roster))
    places = pd.Series(movement.theirs(np.arange(300)), index=base.now.features.index)
    rated = base.now.features[base.now.reasons.isna()]["revenue_12m_e4"]
    assert (places[base.now.reasons.notna()] == 3).all()
    first = rated[places[rated.index] == 0]
    assert len(first) == evaluation.tiers.at("A", "customers") > 0
    assert first.min() >= rated.drop(first.index).max()


def test_the_rule_of_thumb() -> None:
    assert rule_shares(3) == pytest.approx((1 / 2, 1 / 3, 1 / 6))
    assert sum(rule_shares(6)) == pytest.approx(1)


def test_budget_by_tier_is_a_monthly_mean_and_unknown_without_lines(book: Book, tmp_path: Path) -> None:
    assert budget_by_tier(read_budget(book, as_of(book)), "ABC").frame.isna().all().all()
    spend = pd.DataFrame(
        {"month": ["2026-08-01", "2026-09-01", "2026-10-01", "2026-10-01"], "channel": ["x", "x", "x", "y"],
         "tier": ["A", "A", "B", None], "amount": [300, 300, 90, 30]}
    )  # fmt: skip
    lines = read_budget(make_book(tmp_path, **frames(), spend=spend), dt.date(2026, 10, 30))
    budget = budget_by_tier(lines, "ABC")
    assert dict(zip(budget.index, budget["amount"], strict=True)) == pytest.approx(
        {"A": 200.0, "B": 30.0, "C": 0.0, "other": 10.0}
    )
    assert budget["share"].sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("written", "names", "tier"),
    [
        ("A 类", ("A", "B"), "A"),
        ("a级客户", ("A", "B"), "A"),
        ("Tier B", ("A", "B"), "B"),
        ("战略", ("战略客户", "普通客户"), "战略客户"),
        ("tier 1", ("Tier 1", "Tier 2"), "Tier 1"),
        ("Z", ("A", "B"), "other"),
        ("", ("A", "B"), "other"),
    ],
)
def test_a_budget_line_names_a_tier_as_people_write_it(
    written: str, names: tuple[str, ...], tier: str
) -> None:
    budget = budget_by_tier(pd.Series([5.0], index=[written]), names)
    assert [name for name in budget.index if budget.at(name, "amount") > 0] == [tier]


def test_a_move_of_the_lines_reads_no_customer(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    base = prepare(book, Scheme(), as_of(book))
    monkeypatch.setattr(type(book), "query", lambda *_, **__: pytest.fail("a query ran"))
    scheme = Scheme(policy=TierPolicy(("A", "B", "C"), "score", (70.0, 30.0)))
    assert draw_lines(base, scheme).tiers["customers"].sum() == 300
