"""The curves of a line against evaluations with the line really standing there."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation.cutpoints import Cutpoint
from segmentation.schemes import CutKind, Outcome, Scheme, TierPolicy
from segmentation.store import Book
from segmentation.sweep import MOST_POINTS, find_best_line, position_of, sweep_line
from segmentation.tuning import Base, draw_lines, prepare
from tests.test_tuning import frames
from tests.worlds import make_book

NAMES = ("A", "B", "C")
POLICIES: dict[CutKind, tuple[float, float]] = {
    "score": (70.0, 40.0),
    "customers": (0.1, 0.4),
    "value": (0.5, 0.8),
    "number": (30, 120),
    "hours": (60, 80),
}
OUTCOMES: tuple[Outcome, ...] = ("repurchase", "win_rate", "revenue_per_customer")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return make_book(tmp_path_factory.mktemp("sweep"), **frames())


def schemed(kind: CutKind, outcome: Outcome = "repurchase") -> Scheme:
    return Scheme(policy=TierPolicy(NAMES, kind, POLICIES[kind]), outcome=outcome)


def based(book: Book, scheme: Scheme) -> Base:
    assert book.data_through_on is not None
    return prepare(book, scheme, book.data_through_on)


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("kind", POLICIES)
def test_every_point_is_what_a_line_there_gives(
    book: Book, kind: CutKind, place: int, outcome: Outcome
) -> None:
    scheme = schemed(kind, outcome)
    base = based(book, scheme)
    evaluation = draw_lines(base, scheme)
    sweep = sweep_line(base, evaluation, place, None)
    assert 20 < len(sweep.points) <= MOST_POINTS and (np.diff(sweep.points["position"]) > 0).all()
    checked = 0
    for point in sweep.points.frame.to_dict("records"):
        cuts = list(POLICIES[kind])
        cuts[place] = point["position"]
        if kind != "hours":  # the line below gives way
            cuts = list(accumulate(cuts, min if kind == "score" else max))
        there = draw_lines(base, scheme.changed(policy=TierPolicy(NAMES, kind, tuple(cuts))))
        tier = there.tiers.cells(there.names[place])
        assert point["customers"] == tier["customers"]
        assert point["hours_needed"] == pytest.approx(tier["hours_needed"])
        assert point["revenue_share"] == pytest.approx(tier["revenue_share"])
        for name in ("n", "rate", "low", "high"):
            assert point[name] == pytest.approx(float(there.rates[name][place]), nan_ok=True)
        checked += 1
    assert checked > 5


@pytest.mark.parametrize("kind", POLICIES)
def test_the_line_as_it_stands_is_on_its_curve(book: Book, kind: CutKind) -> None:
    scheme = schemed(kind)
    base = based(book, scheme)
    evaluation = draw_lines(base, scheme)
    for place in (0, 1):
        sweep = sweep_line(base, evaluation, place, None)
        assert sweep.now["customers"] == evaluation.tiers["customers"][place]
        assert sweep.now["position"] == POLICIES[kind][place]
        at_or_above = int(evaluation.tiers["customers"][: place + 1].sum())
        assert position_of(base, evaluation, place, at_or_above) == pytest.approx(
            base.now.ladder.scores[base.now.ladder.rungs_at(evaluation.cuts)[place] - 1]
            if kind == "score"
            else evaluation.solved.got[place]
        )


def test_a_line_outside_the_scores_is_on_its_curve_too(book: Book) -> None:
    scheme = schemed("score").changed(policy=TierPolicy(NAMES, "score", (100.0, 1.5)))
    base = based(book, scheme)
    for place, stood in enumerate((100.0, 1.5)):
        points = sweep_line(base, draw_lines(base, scheme), place, None).points["position"]
        assert points.min() <= stood <= points.max()


@pytest.mark.parametrize("kind", POLICIES)
def test_the_plateau_is_drawn_in_the_unit_of_the_line(book: Book, kind: CutKind) -> None:
    scheme = schemed(kind)
    base = based(book, scheme)
    assert base.checked is not None
    rungs = base.checked.ladder.scores.size
    best = Cutpoint(best=rungs // 2, low=rungs - 3, high=4, z=3.0, p_value=0.01, position_count=50)
    sweep = sweep_line(base, draw_lines(base, scheme), 0, best)
    assert sweep.plateau is not None and sweep.best is not None
    assert sweep.plateau[0] < sweep.best < sweep.plateau[1]


def test_the_statement_is_the_same_wherever_the_lines_are(book: Book) -> None:
    scheme = schemed("customers")
    moved = scheme.changed(policy=TierPolicy(NAMES, "score", (90.0, 10.0)), name="other")
    found = find_best_line(based(book, scheme), scheme)
    assert found is not None
    assert found == find_best_line(based(book, moved), moved)


def test_a_short_history_has_sizes_but_no_results(tmp_path: Path) -> None:
    recent = frames(2, 60)
    recent["orders"] = recent["orders"][recent["orders"]["ordered_on"] > "2026-09-15"]
    short = make_book(tmp_path, customers=recent["customers"], orders=recent["orders"])
    scheme = schemed("customers")
    base = based(short, scheme)
    assert base.checked is None and find_best_line(base, scheme) is None
    sweep = sweep_line(base, draw_lines(base, scheme), 0, None)
    assert (
        np.isnan(sweep.points["rate"]).all() and sweep.points["customers"].max() > 0 and sweep.plateau is None
    )


def test_nobody_rated_is_an_empty_curve(tmp_path: Path) -> None:
    alone = make_book(tmp_path, customers=pd.DataFrame({"customer_id": ["C1"], "name": ["Firm"]}))
    scheme = schemed("customers")
    base = prepare(alone, scheme, pd.Timestamp("2026-11-01").date())
    sweep = sweep_line(base, draw_lines(base, scheme), 0, None)
    assert not len(sweep.points) and np.isfinite(sweep.now["customers"])
