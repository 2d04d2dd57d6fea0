"""The two-axis view: nine cells that add up, counted again customer by customer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.i18n import LANGUAGES
from segmentation.matrix import OUTSIDE, Matrix, axis_scores, build_matrix, plane_of
from segmentation.methods.registry import methods
from segmentation.outcomes import build_outcomes
from segmentation.planes import CELLS, VALUE_BEHAVIOUR
from segmentation.rates import Measures
from segmentation.rosters import Roster
from segmentation.schemes import OUTCOMES, Scheme
from segmentation.standing import Standing, measure_outcomes
from segmentation.tuning import Base, prepare
from tests.random_worlds import DAYS, START, MemoryBook, make_frames

LAST = START + pd.Timedelta(days=DAYS).to_pytimedelta()
METHODS: tuple[dict[str, Any], ...] = (
    {"method": "rfm"},
    {"method": "rfm", "method_params": {"bins": 4, "recency_weight": 3}},
    {"method": "scorecard"},
    # Profit is unknown for some: they have no value score.
    {
        "method": "scorecard",
        "method_params": {"amount_points": 0, "order_count_points": 0, "margin_points": 50},
    },
)


def happened(book: Any, scheme: Scheme, base: Base) -> Measures | None:
    checked = base.checked
    return None if checked is None else measure_outcomes(book, scheme, checked.as_of, checked.features.index)


def prepared(
    facts: dict[str, Any], seed: int = 1, outcome: str = "repurchase"
) -> tuple[MemoryBook, Scheme, Base]:
    book = MemoryBook(make_frames(seed, rows=300), LAST)
    given: dict[str, Any] = {"minimum_history_days": 0, "outcome_days": 90, "outcome": outcome} | facts
    scheme = Scheme(**given)
    return book, scheme, prepare(book, scheme, LAST)  # type: ignore[arg-type]


def build(facts: dict[str, Any], seed: int = 1, outcome: str = "repurchase") -> tuple[Matrix, Base]:
    book, scheme, base = prepared(facts, seed, outcome)
    matrix = build_matrix(base, scheme.outcome, happened(book, scheme, base))  # type: ignore[arg-type]
    assert matrix is not None
    return matrix, base


def cell_of(value: float, behaviour: float) -> str | None:
    """Thirds, one customer at a time."""
    if np.isnan(value) or np.isnan(behaviour):
        return None
    bands = [
        0 if 3 * score >= 200 - 1e-6 else 1 if 3 * score >= 100 - 1e-6 else 2 for score in (value, behaviour)
    ]
    return CELLS[3 * bands[0] + bands[1]]


def counted(standing: Standing) -> dict[str, list[str]]:
    """Cell → customer ids, read from the parts or axes of each rated customer."""
    scored, found = standing.scored, dict[str, list[str]]()
    for customer in standing.reasons.index[standing.reasons.isna()]:
        if scored.axes is not None:
            value, behaviour = scored.axes.loc[customer, ["value", "behaviour"]]
        else:
            part, most = scored.parts.loc[customer], scored.maxima
            value = 100 * part["monetary"] / most["monetary"]
            behaviour = 100 * (part["recency"] + part["frequency"]) / (most["recency"] + most["frequency"])
        cell = cell_of(value, behaviour)
        if cell is not None:
            found.setdefault(cell, []).append(customer)
    return found


@pytest.mark.parametrize("facts", METHODS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_cells_add_up_to_the_rated_customers(facts: dict[str, Any], seed: int) -> None:
    matrix, base = build(facts, seed)
    rated = base.now.reasons.isna().to_numpy()
    assert matrix.customers + matrix.outside_count == rated.sum() > 10
    assert matrix.outside_count == rated.sum() - sum(map(len, counted(base.now).values()))
    assert matrix.outside_count > 0 or facts is not METHODS[3] or seed != 2
    inside = base.now.features["amount_e4"][matrix.places != OUTSIDE].sum()
    assert round(matrix.cells["revenue"].sum() * 10_000) == inside
    assert matrix.cells["customers_share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("facts", METHODS)
def test_every_customer_stands_where_its_own_two_scores_say(facts: dict[str, Any]) -> None:
    matrix, base = build(facts)
    expected = counted(base.now)
    assert len(expected) >= 4, "the world is too small to say anything"
    for place, cell in enumerate(CELLS):
        ids = list(base.now.features.index[matrix.places == place])
        assert ids == expected.get(cell, []), cell
        assert matrix.cells.at(cell, "customers") == len(ids)


@pytest.mark.parametrize("outcome", sorted(set(OUTCOMES) - {"recorded"}))
@pytest.mark.parametrize("facts", [METHODS[0], METHODS[2]])
def test_outcomes_are_those_of_the_cell_at_the_check_date(facts: dict[str, Any], outcome: str) -> None:
    matrix, base = build(facts, outcome=outcome)
    assert base.checked is not None and base.checked.as_of < base.now.as_of
    book, scheme, _ = prepared(facts, outcome=outcome)
    happened = build_outcomes(book, scheme.outcome, base.checked.as_of, scheme.outcome_days)
    expected = counted(base.checked)
    assert matrix.cells["n"].sum() > 0 or outcome == "first_order", "everybody here has ordered"
    for cell in CELLS:
        rows = happened.reindex(expected.get(cell, []))
        told = matrix.cells.cells(cell)
        assert told["n"] == rows["n"].sum()
        if outcome == "revenue_per_customer":
            assert np.isnan(told["k"])
            mean = rows["value"].mean() if len(rows) else np.nan
            assert told["rate"] == pytest.approx(mean, nan_ok=True)
        else:
            assert told["k"] == rows["k"].sum()
            rate = told["k"] / told["n"] if told["n"] else np.nan
            assert told["rate"] == pytest.approx(rate, nan_ok=True)
            assert not told["n"] or told["low"] <= told["rate"] <= told["high"]


@pytest.mark.parametrize(
    "facts",
    [
        {"method": "abc"},
        {"method": "rfm", "method_params": {"monetary_weight": 0}},
        {"method": "scorecard", "method_params": {"preset": "leads"}},
    ],
)
def test_without_two_axes_there_is_no_matrix(facts: dict[str, Any]) -> None:
    book, scheme, base = prepared(facts)
    assert axis_scores(base.now) is None
    assert build_matrix(base, scheme.outcome, happened(book, scheme, base)) is None  # type: ignore[arg-type]


def test_without_a_check_date_the_sizes_stand_alone() -> None:
    book, scheme, base = prepared({"method": "rfm", "outcome_days": 2_000})
    assert base.checked is None
    matrix = build_matrix(base, scheme.outcome, happened(book, scheme, base))  # type: ignore[arg-type]
    assert matrix is not None and matrix.customers > 0
    assert matrix.cells.frame[["n", "k", "rate"]].isna().all().all()


def test_the_customers_of_a_cell_come_by_sales_and_are_found_by_name() -> None:
    matrix, base = build(METHODS[0])
    features, roster = base.now.features, Roster.of(base.now)
    cell = str(matrix.cells.frame["customers"].idxmax())
    rows = matrix.find(cell, roster, features)
    assert sorted(rows) == list(np.flatnonzero(matrix.places == CELLS.index(cell)))
    assert list(roster.revenue[rows]) == sorted(roster.revenue[rows], reverse=True)
    wanted = features.index[rows[-1]]
    assert wanted in features.index[matrix.find(cell, roster, features, wanted.upper())]
    assert not len(matrix.find(cell, roster, features, "nobody"))


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_cell_has_a_name_that_would_offend_its_customers(code: Any) -> None:
    planes = {plane for made in methods().values() if (plane := plane_of(made)) is not None}
    assert VALUE_BEHAVIOUR in planes and len(planes) > 1
    names = [plane.cell(cell).in_(code) for plane in planes for cell in CELLS]
    assert all(len({text.in_(code) for text in plane.cells}) == len(CELLS) for plane in planes)
    rude = ("low", "poor", "bad", "worst", "zombie", "dead", "低价值", "低", "差", "劣", "僵尸", "垃圾")
    assert not [name for name in names if any(word in name.lower() for word in rude)]
