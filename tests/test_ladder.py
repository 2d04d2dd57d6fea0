"""The ladder equals brute force: every kind of line, ties and refunds included."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segmentation.ladder import Ladder
from segmentation.schemes import TierPolicy

# Few distinct scores: ties are the rule. Amounts in ten-thousandths, refunds among them.
ROWS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 12.5, 33.333333333, 50.0, 75.0, 99.9, 100.0]), st.integers(-(10**9), 10**12)
    ),
    max_size=50,
)
SHARES = st.lists(st.integers(0, 100).map(lambda n: n / 100), min_size=1, max_size=5).map(sorted)
NUMBERS = st.lists(st.integers(0, 60).map(float), min_size=1, max_size=5).map(sorted)
HOURS = st.lists(st.integers(0, 100).map(lambda n: n / 4), min_size=1, max_size=5)
MINUTES = [265.0, 95.0, 15.0, 0.0, 40.0]


def make_ladder(rows: list[tuple[float, int]]) -> Ladder:
    scores = pd.Series([score for score, _ in rows], index=[f"c{n}" for n in range(len(rows))], dtype=float)
    return Ladder.build(scores, {"value_e4": np.array([value for _, value in rows], np.int64)})


def make_policy(kind: str, cuts: list[float]) -> TierPolicy:
    return TierPolicy(tuple("ABCDEF"[: len(cuts) + 1]), kind, tuple(cuts))  # type: ignore[arg-type]


def take(
    rows: list[tuple[float, int]], above: float, target: Fraction, weight: object
) -> tuple[float, Fraction]:
    """Whole groups from below `above` downwards while the total stays ≤ target; the first one in any case."""
    total, line = Fraction(0), above
    for score in sorted({score for score, _ in rows if score < above}, reverse=True):
        group = sum((weight(row) for row in rows if row[0] == score), Fraction(0))  # type: ignore[operator]
        if line != above and total + group > target:
            break
        total, line = total + group, score
        if total > target:
            break
    return line, total


@given(ROWS, st.lists(st.floats(0, 100), min_size=1, max_size=5).map(lambda cuts: sorted(cuts, reverse=True)))
def test_totals_at_any_cuts(rows: list[tuple[float, int]], cuts: list[float]) -> None:
    totals = make_ladder(rows).at(cuts)
    bounds = [np.inf, *cuts, -np.inf]
    for rank in range(len(cuts) + 1):
        inside = [row for row in rows if bounds[rank + 1] <= row[0] < bounds[rank]]
        assert totals.at(rank, "customers") == len(inside)
        assert totals["value_e4"][rank] == sum(value for _, value in inside)


@given(ROWS.filter(bool), SHARES)
@example([(float(n), 1) for n in range(100)], [0.29])
def test_share_of_customers(rows: list[tuple[float, int]], cuts: list[float]) -> None:
    solved = make_ladder(rows).solve(make_policy("customers", cuts))
    for cut, line, got in zip(cuts, solved.cuts, solved.got, strict=True):
        wanted = take(rows, np.inf, Fraction(str(cut)) * len(rows), lambda row: Fraction(1))
        assert (line, got) == (wanted[0], pytest.approx(float(wanted[1] / len(rows))))
    assert solved.asked == tuple(cuts)


@given(ROWS.filter(lambda rows: any(value > 0 for _, value in rows)), SHARES)
def test_share_of_value_counts_refunds_as_nothing(rows: list[tuple[float, int]], cuts: list[float]) -> None:
    solved = make_ladder(rows).solve(make_policy("value", cuts), "value_e4")
    whole = sum(max(value, 0) for _, value in rows)
    for cut, line, got in zip(cuts, solved.cuts, solved.got, strict=True):
        wanted = take(rows, np.inf, Fraction(str(cut)) * whole, lambda row: Fraction(max(row[1], 0)))
        assert (line, got) == (wanted[0], pytest.approx(float(wanted[1] / whole)))


@given(ROWS.filter(bool), NUMBERS)
def test_number_of_customers(rows: list[tuple[float, int]], cuts: list[float]) -> None:
    solved = make_ladder(rows).solve(make_policy("number", cuts))
    for cut, line, got in zip(cuts, solved.cuts, solved.got, strict=True):
        assert (line, got) == take(rows, np.inf, Fraction(cut), lambda row: Fraction(1))


@given(ROWS.filter(bool), HOURS)
def test_hours_of_each_tier(rows: list[tuple[float, int]], cuts: list[float]) -> None:
    solved = make_ladder(rows).solve(make_policy("hours", cuts), "", MINUTES)
    above = np.inf
    for cut, minutes, line, got in zip(cuts, MINUTES, solved.cuts, solved.got, strict=False):
        above, minutes_taken = take(rows, above, Fraction(cut) * 60, lambda row, m=minutes: Fraction(m))
        assert (line, got) == (above, pytest.approx(float(minutes_taken) / 60))


@given(ROWS.filter(bool), SHARES)
def test_solved_lines_give_back_what_they_promised(rows: list[tuple[float, int]], cuts: list[float]) -> None:
    ladder = make_ladder(rows)
    solved = ladder.solve(make_policy("customers", cuts))
    reached = ladder.at(solved.cuts)["customers"].cumsum()[:-1] / len(rows)
    assert reached.tolist() == pytest.approx(list(solved.got))
    assert list(solved.cuts) == sorted(solved.cuts, reverse=True)


def test_score_lines_are_taken_as_they_are() -> None:
    solved = make_ladder([(50.0, 1)]).solve(make_policy("score", [80.0, 20.0]))
    assert solved.cuts == solved.asked == solved.got == (80.0, 20.0)


def test_a_first_group_larger_than_the_target_is_taken_and_said() -> None:
    solved = make_ladder([(90.0, 1)] * 4 + [(10.0, 1)] * 6).solve(make_policy("customers", [0.1, 0.4]))
    assert solved.cuts == (90.0, 90.0)
    assert solved.got == (0.4, 0.4)


@given(ROWS, st.integers(1, 40))
def test_histogram_counts_everybody_once(rows: list[tuple[float, int]], bins: int) -> None:
    edges = np.append(np.linspace(0, 100, bins + 1)[:-1], 101.0)
    histogram = make_ladder(rows).histogram(edges)
    wanted, _ = np.histogram([score for score, _ in rows], bins=edges)
    assert histogram.tolist() == wanted.tolist()


@given(ROWS, st.randoms())
def test_order_of_rows_is_nothing(rows: list[tuple[float, int]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = make_ladder(rows), make_ladder(shuffled)
    assert one.scores.tolist() == other.scores.tolist()
    assert all((one.totals[name] == other.totals[name]).all() for name in one.totals)


def test_nobody_rated_has_lines_and_totals() -> None:
    ladder = make_ladder([])
    assert ladder.solve(make_policy("customers", [0.1, 0.4])).cuts == (100.0, 100.0)
    assert ladder.at([60.0])["customers"].tolist() == [0, 0]
    assert ladder.histogram([0.0, 50.0, 100.0]).sum() == 0


def test_one_corrected_cell_among_a_hundred_thousand_changes_the_total() -> None:
    values = np.full(100_000, 10_000, np.int64)
    scores = pd.Series(np.arange(100_000) % 101, dtype=float)
    before = Ladder.build(scores, {"value_e4": values}).at([50.0])["value_e4"]
    values[77_777] += 1
    after = Ladder.build(scores, {"value_e4": values}).at([50.0])["value_e4"]
    assert int((after - before).sum()) == 1


def test_inputs_stay_as_they_were_and_bytes_are_counted() -> None:
    scores = pd.Series([3.0, 1.0, 2.0])
    values = np.array([5, -6, 7], np.int64)
    ladder = Ladder.build(scores, {"value_e4": values})
    assert (scores.tolist(), values.tolist()) == ([3.0, 1.0, 2.0], [5, -6, 7])
    assert ladder.bytes == 3 * 8 + 3 * 4 * 8
    assert all(running.dtype == np.int64 for running in ladder.totals.values())


def test_what_cannot_be_ranked_or_added_is_refused() -> None:
    with pytest.raises(ValueError, match="null"):
        Ladder.build(pd.Series([1.0, np.nan]), {})
    with pytest.raises(ValueError, match="value_e4 has 1 values"):
        Ladder.build(pd.Series([1.0, 2.0]), {"value_e4": np.ones(1, np.int64)})
    with pytest.raises(OverflowError, match="value_e4"):
        Ladder.build(pd.Series([1.0, 2.0]), {"value_e4": np.full(2, 2**62, np.int64)})
    with pytest.raises(ValueError, match="minutes of 2 tiers"):
        make_ladder([(1.0, 1)]).solve(make_policy("hours", [1.0, 1.0]), "", [60.0])
