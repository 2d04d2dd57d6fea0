"""Features on comparable scales, whatever their unit, and a sample that no order of rows can change."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation.clustering.preparing import LIMIT, learn_scale, learn_scales, loosened, place
from segmentation.clustering.sampling import canonical_rows, row_hashes, seed_of, spread_out

RNG = np.random.default_rng(1)
AMOUNTS = np.round(np.exp(RNG.normal(8, 1.5, 4000)), 2)


def test_a_logarithm_is_taken_where_values_are_skewed_and_only_there() -> None:
    taken = {name: learn_scale(values) for name, values in {
        "log-normal": AMOUNTS,
        "exponential": RNG.exponential(30, 4000),
        "Gaussian": RNG.normal(50, 5, 4000),
        "uniform": RNG.random(4000),
        "skewed to both sides of zero": np.concatenate([RNG.exponential(9, 3000), RNG.normal(-3, 1, 1000)]),
    }.items()}  # fmt: skip
    assert {name for name, scale in taken.items() if scale is not None and scale.unit} == {
        "log-normal", "exponential",
    }  # fmt: skip


def test_coordinates_are_robust_standard_deviations_from_the_median() -> None:
    values = RNG.normal(50, 5, 4000)
    scale = learn_scale(values)
    assert scale is not None
    found = scale.place(np.append(values, [50.0, 55.0, 5000.0, -5000.0]))
    assert found[-4:] == pytest.approx([0, 1, LIMIT, -LIMIT], abs=0.08)
    assert np.median(found[:-4]) == pytest.approx(0, abs=1e-12)
    wild = learn_scale(np.append(values, np.full(40, 1e9)))
    assert wild is not None and wild.spread == pytest.approx(scale.spread, rel=0.05)


def test_the_unit_of_money_changes_nothing() -> None:
    yuan, wan = learn_scale(AMOUNTS), learn_scale(AMOUNTS / 10_000)
    assert yuan is not None and wan is not None
    assert yuan.place(AMOUNTS) == pytest.approx(wan.place(AMOUNTS / 10_000), abs=1e-9)


def test_coordinates_lead_back_to_values() -> None:
    scale = learn_scale(AMOUNTS)
    assert scale is not None
    inside = AMOUNTS[np.abs(scale.place(AMOUNTS)) < LIMIT]
    assert scale.value(scale.place(inside)) == pytest.approx(inside, rel=1e-9)


def test_what_says_nothing_is_left_out_and_unknown_is_filled() -> None:
    some = np.where(np.arange(100) < 30, np.nan, np.arange(100.0))
    once = np.where(np.arange(100) < 30, np.nan, 7.0)
    columns = {"z": some, "a": np.ones(100), "nothing": np.full(100, np.nan), "never": once, "same": once}
    found = learn_scales(columns, frozenset({"never"}))
    assert list(found) == ["z"]  # of those contacted all on one day: filled with that day, nobody differs
    assert found["z"].fill == np.median(some[30:])
    farthest = learn_scales({"z": some}, frozenset({"z"}))["z"]
    assert farthest.fill == 99.0
    assert (farthest.place(some)[:30] == farthest.place(np.array([99.0]))).all()


def test_rare_events_count_though_most_have_none() -> None:
    rare = np.where(np.arange(1000) < 20, 5.0, 0.0)
    assert learn_scale(rare) is not None
    assert learn_scale(np.where(np.arange(1000) < 300, RNG.exponential(9, 1000), 0.0)) is not None


def test_one_customer_has_the_coordinates_it_has_among_all() -> None:
    columns = {"a": AMOUNTS, "b": RNG.normal(size=4000)}
    scales = learn_scales(columns, frozenset())
    among = place(columns, scales)
    for row in range(0, 4000, 97):
        alone = place({name: values[[row]] for name, values in columns.items()}, scales)
        assert np.array_equal(alone[0], among[row])


def test_whole_numbers_are_loosened_and_others_are_not() -> None:
    counts = RNG.poisson(3, 500).astype(float)
    loose = loosened(counts, np.random.default_rng(2))
    assert np.array_equal(np.floor(loose), counts) and len(np.unique(loose)) == 500
    assert np.array_equal(loosened(AMOUNTS, np.random.default_rng(2)), AMOUNTS)


def test_no_order_of_rows_changes_sample_or_seed() -> None:
    points = np.column_stack([RNG.poisson(1, 3000), RNG.normal(size=3000)]).astype(float)
    points[::7, 1] = np.nan
    points[::11, 0] = -0.0
    shuffled = points[RNG.permutation(3000)]
    shuffled[shuffled[:, 0] == 0, 0] = 0.0
    one, other = row_hashes(points), row_hashes(shuffled)
    assert seed_of(one, "a") == seed_of(other, "a") != seed_of(one, "b")
    for count in (100, 2999, 3000, 9000):
        first = points[spread_out(canonical_rows(one), count)]
        second = shuffled[spread_out(canonical_rows(other), count)]
        assert np.array_equal(first, second, equal_nan=True)
        assert len(first) == min(count, 3000)
    changed = points.copy()
    changed[5, 0] += 1
    assert seed_of(row_hashes(changed), "a") != seed_of(one, "a")


def test_equal_rows_keep_their_share_in_a_sample() -> None:
    points = np.repeat([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [600, 300, 100], axis=0)
    sample = points[spread_out(canonical_rows(row_hashes(points)), 100)]
    sizes = [int((sample[:, 0] == value).sum()) for value in (1.0, 3.0, 5.0)]
    assert sizes == pytest.approx([60, 30, 10], abs=1)
