"""RFM: both presets cover every cell once, the published figures come out, and every edge is a value that occurs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation.errors import SettingError
from segmentation.methods.rfm import DIMENSIONS, EIGHT, ELEVEN, Rfm, eight_matches, eleven_matches

ORDERS = Path(__file__).parents[2] / "../shared/data/rfm_r/rfm_data_orders.csv"


def customers(recency: list[float], count: list[float], amount: list[float]) -> pd.DataFrame:
    index = [f"c{number}" for number in range(len(recency))]
    return pd.DataFrame(
        {"recency_days": recency, "order_count": count, "amount": amount}, index=index, dtype=float
    )


@pytest.mark.parametrize("bins", range(2, 11))
@pytest.mark.parametrize(("matches", "names"), [(eight_matches, EIGHT), (eleven_matches, ELEVEN)])
def test_every_cell_belongs_to_exactly_one_segment(
    bins: int, matches: Callable[[int, int, int, int], list[str]], names: dict[str, object]
) -> None:
    grid = range(1, bins + 1)
    found = {cell: matches(bins, *cell) for cell in product(grid, grid, grid)}
    assert {len(told) for told in found.values()} == {1}
    assert {told[0] for told in found.values()} <= set(names)


@pytest.mark.parametrize(("matches", "names"), [(eight_matches, EIGHT), (eleven_matches, ELEVEN)])
def test_with_five_bins_no_segment_is_out_of_reach(
    matches: Callable[[int, int, int, int], list[str]], names: dict[str, object]
) -> None:
    assert {matches(5, *cell)[0] for cell in product(range(1, 6), repeat=3)} == set(names)


@pytest.mark.parametrize("bins", range(2, 11))
def test_the_corners_are_what_their_names_say(bins: int) -> None:
    best, worst = (bins, bins, bins), (1, 1, 1)
    assert eight_matches(bins, *best) == ["value_important"]
    assert eight_matches(bins, *worst) == ["win_back_general"]
    assert eight_matches(bins, bins, 1, bins) == ["develop_important"]
    assert eight_matches(bins, 1, bins, bins) == ["keep_important"]
    assert eleven_matches(bins, *best) == ["champions"]
    assert eleven_matches(bins, *worst) == ["lost"]
    assert eleven_matches(bins, 1, bins, bins) == ["cant_lose"]
    assert eleven_matches(bins, bins, 1, 1) == ["new"]


@pytest.fixture(scope="module")
def rfm_r() -> pd.DataFrame:
    """Features of the published table at its analysis date, 2006-12-31."""
    if not ORDERS.exists():
        pytest.skip("../shared/data is not here")
    orders = pd.read_csv(ORDERS, parse_dates=["order_date"])
    grouped = orders.groupby("customer_id")
    last = grouped["order_date"].max()
    return pd.DataFrame(
        {
            "recency_days": (pd.Timestamp(date(2006, 12, 31)) - last).dt.days.astype(float),
            "order_count": grouped.size().astype(float),
            "amount": grouped["revenue"].sum().astype(float),
        }
    )


PUBLISHED = {
    "recency": (115.0, 181.0, 297.4, 482.0),
    "frequency": (4.0, 5.0, 6.0, 8.0),
    "monetary": (255.8, 382.0, 506.4, 666.0),
}
CUSTOMERS = {
    "Abbey O'Reilly": (205, 6, 472, 343),
    "Add Senger": (140, 3, 340, 412),
    "Aden Murphy": (98, 7, 596, 544),
}


def bins_of(method: Rfm, features: pd.DataFrame, fitted: dict[str, tuple[float, ...]] | None) -> pd.Series:
    """Three bin numbers as one figure, 5 best in each: recency, frequency, monetary."""
    scored = method.score(features, fitted)
    steps = scored.parts / pd.Series(scored.maxima) * (method.bins - 1) + 1
    return (steps.round().astype(int) * [100, 10, 1]).sum(axis=1)


def test_published_figures_of_the_r_table(rfm_r: pd.DataFrame) -> None:
    """Type-7 quantile + 1 as edge and lower ≤ v < upper, as published; 5 is the best there too, also of recency."""
    assert len(rfm_r) == 995
    columns = dict(zip(DIMENSIONS, ["recency_days", "order_count", "amount"], strict=True))
    for name, column in columns.items():
        edges = np.quantile(rfm_r[column], [0.2, 0.4, 0.6, 0.8]) + 1
        assert edges == pytest.approx(PUBLISHED[name])
    figures = bins_of(Rfm(), rfm_r, PUBLISHED)
    for name, (days, count, amount, figure) in CUSTOMERS.items():
        assert tuple(rfm_r.loc[name]) == (days, count, amount)
        assert figures[name] == figure
    fixed = Rfm(cut="fixed", **{f"{name}_edges": edges for name, edges in PUBLISHED.items()})
    assert (bins_of(fixed, rfm_r, None) == figures).all()


def test_our_edges_differ_from_the_published_by_fractions_only(rfm_r: pd.DataFrame) -> None:
    """Our edge is the next value that occurs, theirs the quantile + 1: the same lines wherever values are whole and
    follow each other; only customers in the gap between the two may fall differently."""
    ours, theirs = bins_of(Rfm(), rfm_r, None), bins_of(Rfm(), rfm_r, PUBLISHED)
    assert {name: int(ours[name]) for name in CUSTOMERS} == {
        name: told[3] for name, told in CUSTOMERS.items()
    }
    assert Rfm().score(rfm_r).edges["frequency"] == PUBLISHED["frequency"]
    differing = rfm_r[ours != theirs]
    assert len(differing) <= 5
    edges = np.array(PUBLISHED["recency"] + PUBLISHED["monetary"])
    for _, row in differing.iterrows():
        assert min(np.abs(edges - row["recency_days"]).min(), np.abs(edges - row["amount"]).min()) < 1


def test_the_score_is_the_weighted_sum_of_bins() -> None:
    features = customers([1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [1, 2, 3, 4, 5])
    scored = Rfm(recency_weight=2, frequency_weight=1, monetary_weight=1).score(features)
    assert scored.scores.tolist() == [75.0, 62.5, 50.0, 37.5, 25.0]
    assert scored.maxima == {"recency": 50.0, "frequency": 25.0, "monetary": 25.0}
    assert scored.parts.iloc[0].tolist() == [50.0, 25.0, 0.0]


def test_ties_share_a_bin_and_realised_sizes_are_told() -> None:
    features = customers([10] * 10, [1] * 6 + [2] * 3 + [9], list(range(10)))
    scored = Rfm().score(features)
    assert scored.bin_sizes["frequency"] == (6, 0, 0, 3, 1)
    assert scored.bin_sizes["recency"] == (0, 0, 0, 0, 10)
    assert sum(scored.bin_sizes["monetary"]) == 10
    assert all(edge in features["order_count"].tolist() for edge in scored.edges["frequency"])


def test_against_the_mean_has_two_grades() -> None:
    scored = Rfm(cut="mean", bins=7).score(customers([10, 20, 30], [1, 1, 4], [0, 0, 9]))
    assert scored.edges == {"recency": (20.0,), "frequency": (2.0,), "monetary": (3.0,)}
    assert scored.scores.round(6).tolist() == [33.333333, 0.0, 66.666667]


def test_fixed_lines_stay_where_they_were_put() -> None:
    method = Rfm(
        cut="fixed", bins=3, first_recency_days=30, first_order_count=2, first_amount=1000.0, edge_factor=2.0
    )
    scored = method.score(customers([29, 30, 60], [4, 2, 1], [2000, 1000, 999]))
    assert scored.edges == {"recency": (30.0, 60.0), "frequency": (2.0, 4.0), "monetary": (1000.0, 2000.0)}
    assert scored.scores.tolist() == [100.0, 50.0, 0.0]


def test_more_is_never_worse() -> None:
    rng = np.random.default_rng(3)
    features = customers(*(rng.integers(1, 50, 300).astype(float).tolist() for _ in range(3)))
    parts = Rfm(bins=6).score(features).parts
    for name, column, sign in (
        ("recency", "recency_days", -1),
        ("frequency", "order_count", 1),
        ("monetary", "amount", 1),
    ):
        ordered = parts[name].iloc[np.argsort(sign * features[column].to_numpy(), kind="stable")]
        assert ordered.is_monotonic_increasing


def test_an_unknown_input_gives_no_score() -> None:
    features = customers([1, np.nan, 3], [1, 2, 3], [1, 2, 3])
    scored = Rfm().score(features)
    assert scored.scores.isna().tolist() == [False, True, False]
    assert scored.segments is not None and scored.segments.isna().tolist() == [False, True, False]
    assert sum(scored.bin_sizes["frequency"]) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"recency_weight": 0, "frequency_weight": 0, "monetary_weight": 0},
        {"bins": 1},
        {"window_days": 100},
        {"recency_edges": (1.0, 2.0)},
        {"monetary_edges": (4.0, 3.0, 2.0, 1.0)},
    ],
)
def test_a_setting_outside_its_bounds_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        Rfm(**wrong)  # type: ignore[arg-type]
