"""Does a tier do better under one scheme than under the other? Both are judged on the same customers.

The two tiers share most of their customers, so their results move together: customers are redrawn, and the difference
with them (paired bootstrap, Efron & Tibshirani 1993, ch. 8 and 13). Redrawn are the cells "our tier × their tier",
which needs no customer: yes/no outcomes exactly as a multinomial, sums of deals and money as their normal limit.
Two corrections for small tiers, without which a range covers far less than it says (0 of 15 against 0 of 20 would have
none at all): one case of either result is added to a tier (Agresti & Caffo 2000), spread over its cells, and the ends
are those of the expanded percentile interval (Hesterberg 2015).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from segmentation.ladder import Ladder
from segmentation.rates import E4, Unit
from segmentation.rosters import Roster
from segmentation.schemes import Scheme
from segmentation.standing import Recall, make_anew, measure_outcomes
from segmentation.store import Book
from segmentation.tuning import Base, Evaluation
from segmentation.verdicts import FEWEST, VerdictCode

Floats = NDArray[np.float64]
REDRAWS = 999
# Unit → the measures a cell needs: customers counted, numerator, denominator, and the products of the last two.
MEASURES: dict[Unit, tuple[str, ...]] = {
    "deal": ("customers", "k", "n", "kk", "kn", "nn"),
    "customer": ("n", "k"),
    "row": ("n", "k"),
    "money": ("n", "value_e4", "value_squares"),
}


@dataclass(frozen=True)
class Difference:
    """Our tier minus theirs of the same place: rates and difference as shares, or currency per customer where
    `is_money`; low, high at 1 − 0.05/T for T tiers. ns: what either rate counts. is_same: of the same customers."""

    tier: str
    code: VerdictCode
    ours: float
    theirs: float
    difference: float
    low: float
    high: float
    ns: tuple[int, int]
    is_money: bool
    is_same: bool = False


@dataclass(frozen=True)
class Pairing:
    """A check date's ladder of our scores whose measures are kept apart by their tier: `<measure>@<place>`; `unrated`
    holds the same sums of customers we do not rate. Build it once for our scheme without its lines and theirs."""

    ladder: Ladder
    unrated: dict[str, int]
    place_count: int
    unit: Unit
    square_unit: float

    def cells(self, cuts: Sequence[float]) -> dict[str, Floats]:
        """Measure → sums by (our place, their place), *unrated* last in both."""
        rated = self.ladder.at(cuts)
        found = {}
        for name in MEASURES[self.unit]:
            keys = [f"{name}@{place}" for place in range(self.place_count)]
            lanes = [np.append(rated[key], self.unrated[key]) for key in keys]
            found[name] = np.array(lanes, float).T
        return found


def pair(
    book: Book, ours: Base, theirs: Base, scheme: Scheme, against: Evaluation, *, recall: Recall = make_anew
) -> Pairing | None:
    """None where the two schemes are not judged by the same outcome over the same days."""
    other = against.scheme
    is_alike = (scheme.outcome, scheme.outcome_days) == (other.outcome, other.outcome_days)
    if (
        ours.checked is None
        or theirs.checked is None
        or not is_alike
        or ours.checked.as_of != theirs.checked.as_of
    ):
        return None
    checked = ours.checked
    measured = measure_outcomes(book, scheme, checked.as_of, checked.features.index, recall)
    places = Roster.of(theirs.checked).place(against.check_cuts)
    count = len(other.policy.names) + 1
    is_rated = checked.reasons.isna().to_numpy()
    split = {
        f"{name}@{place}": np.where(places == place, measured.arrays[f"outcome_{name}"], 0)
        for name in MEASURES[measured.unit]
        for place in range(count)
    }
    rated = {name: values[is_rated] for name, values in split.items()}
    unrated = {name: int(values[~is_rated].sum()) for name, values in split.items()}
    ladder = Ladder.build(checked.scored.scores.dropna(), rated)
    return Pairing(ladder, unrated, count, measured.unit, measured.square_unit)


def compare_results(
    pairing: Pairing, cuts: Sequence[float], names: Sequence[str], *seeds: object
) -> tuple[Difference, ...]:
    """Our tiers `names` at check-date score `cuts` against their tiers of the same place; () where they have another
    number of tiers. Equal `seeds` give equal draws."""
    if len(names) + 1 != pairing.place_count:
        return ()
    digest = hashlib.sha256("\0".join(map(str, seeds)).encode()).digest()
    draws = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    cells = pairing.cells(cuts)
    parts, wholes = _redraw(pairing, _widen(pairing.unit, cells), draws)
    told = [_rates(*_sums(pairing, cells), axis) for axis in (1, 0)]
    drawn = [_rates(parts, wholes, axis) for axis in (2, 1)]
    counts = [cells["n"].sum(axis=axis) for axis in (1, 0)]
    customers = _customers(pairing.unit, cells)
    is_same = customers.diagonal() == np.maximum(customers.sum(axis=1), customers.sum(axis=0))
    fewest = np.minimum(*(_carriers(pairing, cells, axis) for axis in (1, 0)))
    tail = 0.05 / len(names) / 2
    return tuple(
        _judge(
            name,
            (float(told[0][place]), float(told[1][place])),
            drawn[0][:, place] - drawn[1][:, place],
            (int(counts[0][place]), int(counts[1][place])),
            _expand(tail, float(fewest[place])),
            is_money=pairing.unit == "money",
            is_same=bool(is_same[place]),
        )
        for place, name in enumerate(names)
    )


def _judge(
    name: str,
    rates: tuple[float, float],
    drawn: Floats,
    ns: tuple[int, int],
    tail: float,
    *,
    is_money: bool,
    is_same: bool,
) -> Difference:
    known = drawn[~np.isnan(drawn)]
    low, high = np.quantile(known, [tail, 1 - tail]).tolist() if known.size else (np.nan, np.nan)
    # The cases added pull both rates to the middle: a difference near 100 points may leave its own range.
    low, high = np.fmin(low, rates[0] - rates[1]).item(), np.fmax(high, rates[0] - rates[1]).item()
    code: VerdictCode = "cannot_tell"
    if min(ns) < FEWEST:
        code = "too_few"
    elif low > 0:
        code = "higher"
    elif high < 0:
        code = "lower"
    return Difference(name, code, *rates, rates[0] - rates[1], low, high, ns, is_money, is_same)


def _customers(unit: Unit, cells: dict[str, Floats]) -> Floats:
    """Customers counted in each cell."""
    return cells["customers" if unit == "deal" else "n"]


def _carriers(pairing: Pairing, cells: dict[str, Floats], axis: int) -> Floats:
    """How many customers carry a tier's result: all n of them, or for money n/(1 + c²/2) with c the coefficient of
    variation, for few large ones carry the sum. Kish (1965) has 1 + c² for one tier; the large ones of two tiers that
    share customers pull against each other, and half of it covers in simulation (tests/test_paired_coverage.py)."""
    customers = _customers(pairing.unit, cells).sum(axis=axis)
    if pairing.unit != "money":
        return customers
    total = cells["value_e4"].sum(axis=axis) / E4
    squares = cells["value_squares"].sum(axis=axis) * pairing.square_unit**2
    even = np.divide(total**2, squares, out=customers.copy(), where=squares > 0)  # n/(1 + c²)
    carried = 2 * customers * even / np.maximum(customers + even, 1)
    return np.clip(carried, np.minimum(customers, 2), customers)


def _expand(tail: float, customers: float) -> float:
    """The tail to cut off so that few customers are judged by Student's t (Hesterberg 2015, section 5.1)."""
    if customers < 2:
        return tail
    reach = np.sqrt(customers / (customers - 1)) * stdtrit(customers - 1, tail)
    return float(ndtr(reach))


def _widen(unit: Unit, cells: dict[str, Floats]) -> dict[str, Floats]:
    """Cells with one won and one lost case more in each tier of either scheme, spread as its customers are: a cell
    that both schemes share gets half of either's, so tiers of the same customers stay equal. Money stays as it is."""
    if unit == "money":
        return cells
    customers = _customers(unit, cells)
    rows, columns = customers.sum(axis=1, keepdims=True), customers.sum(axis=0, keepdims=True)
    one = (customers / np.maximum(rows, 1) + customers / np.maximum(columns, 1)) / 2
    added = {"k": 1, "n": 2, "customers": 2, "kk": 1, "kn": 1, "nn": 2}
    return {name: sums + added[name] * one for name, sums in cells.items()}


def _sums(pairing: Pairing, cells: dict[str, Floats]) -> tuple[Floats, Floats]:
    if pairing.unit == "money":
        return cells["value_e4"] / E4, cells["n"]
    return cells["k"], cells["n"]


def _rates(parts: Floats, wholes: Floats, axis: int) -> Floats:
    """Numerator over denominator after adding up one side of the cells; null where nothing is counted."""
    part, whole = parts.sum(axis=axis), wholes.sum(axis=axis)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def _redraw(pairing: Pairing, cells: dict[str, Floats], draws: np.random.Generator) -> tuple[Floats, Floats]:
    """Numerators and denominators of every cell in each redraw: shape (redraws, our places, their places)."""
    shape = cells["n"].shape
    if pairing.unit in ("customer", "row"):
        kinds = np.stack([cells["k"], cells["n"] - cells["k"]]).reshape(-1)
        drawn = _multinomial(kinds, draws).reshape(REDRAWS, 2, *shape)
        return drawn[:, 0], drawn.sum(axis=1)
    size = _customers(pairing.unit, cells).reshape(-1)
    counts = _multinomial(size, draws)
    safe = np.where(size > 0, size, 1)
    if pairing.unit == "money":
        mean = cells["value_e4"].reshape(-1) / E4 / safe
        squares = cells["value_squares"].reshape(-1) * pairing.square_unit**2 / safe
        spread = np.sqrt(np.maximum(squares - mean**2, 0))
        parts = counts * mean + np.sqrt(counts) * spread * draws.normal(size=counts.shape)
        return parts.reshape(-1, *shape), counts.reshape(-1, *shape)
    k, n, kk, kn, nn = (cells[name].reshape(-1) / safe for name in ("k", "n", "kk", "kn", "nn"))
    # Two normal draws with the covariance of won and closed deals among the customers of a cell (Cholesky, 2 × 2).
    of_n = np.sqrt(np.maximum(nn - n**2, 0))
    slope = np.divide(kn - k * n, of_n, out=np.zeros_like(of_n), where=of_n > 0)
    rest = np.sqrt(np.maximum(kk - k**2 - slope**2, 0))
    first, second = draws.normal(size=(2, *counts.shape))
    wholes = counts * n + np.sqrt(counts) * of_n * first
    parts = counts * k + np.sqrt(counts) * (slope * first + rest * second)
    return parts.reshape(-1, *shape), wholes.reshape(-1, *shape)


def _multinomial(kinds: Floats, draws: np.random.Generator) -> Floats:
    """As many customers again, drawn from the kinds there are."""
    total = round(kinds.sum())
    shares = kinds / total if total else np.full(kinds.size, 1 / kinds.size)
    return draws.multinomial(total, shares, size=REDRAWS).astype(float)
