"""A tier on a date is a function of what was known on that date: later rows may change anything but it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from segmentation import standing as standing_room
from segmentation.features import build_features
from segmentation.methods.registry import make
from segmentation.ratings import unrated_reasons
from segmentation.schemes import Scheme
from segmentation.tiers import assign_tiers
from segmentation.tuning import evaluate
from tests.random_worlds import DAYS, START, MemoryBook, make_frames

Frames = dict[str, pd.DataFrame]
AS_OF = START + timedelta(DAYS // 2)
METHODS = {
    "rfm": ("rfm", {"window_days": 365}),
    "abc": ("abc", {"window_days": None}),
    "scorecard": ("scorecard", {"window_days": 365}),
    "three_factors": ("scorecard", {"window_days": 365, "preset": "three_factors"}),
    "leads": ("scorecard", {"window_days": 182, "preset": "leads"}),
}


def tiers_of(frames: Frames, method_name: str) -> pd.DataFrame:
    """Score and tier of everybody known at AS_OF, by features, rating, method, ladder and lines."""
    book, (name, params) = MemoryBook(frames), METHODS[method_name]
    method = make(name, params)
    features = build_features(book, AS_OF, method.window_days)
    reasons = unrated_reasons(features, method.needs, AS_OF)
    scores = method.score(features[reasons.isna()]).scores.reindex(features.index)
    cuts = tuple(scores.quantile([0.9, 0.6]))
    return pd.DataFrame({"score": scores, "tier": assign_tiers(scores, cuts, ("A", "B", "C"))})


def later(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame[column].map(lambda on: pd.notna(on) and pd.Timestamp(on).date() > AS_OF).astype(bool)


def change_later_rows(frames: Frames) -> Frames:
    """Other customers, amounts and kinds in every row after AS_OF."""
    changed = {name: frame.copy() for name, frame in frames.items()}
    changed["orders"].loc[later(frames["orders"], "ordered_on"), ["customer_id", "amount"]] = [
        "aB00",
        5_000_000.0,
    ]
    changed["touches"].loc[later(frames["touches"], "at"), ["customer_id", "kind"]] = ["aB00", "visit"]
    unborn = later(frames["deals"], "opened_on")
    changed["deals"].loc[unborn, ["customer_id", "state", "amount"]] = ["aB00", "won", 9_999.0]
    return changed


def add_later_rows(frames: Frames) -> Frames:
    """Everything after AS_OF ten days later once more, under ids of its own."""
    found = {}
    for name, column in (("orders", "ordered_on"), ("touches", "at"), ("deals", "opened_on")):
        frame = frames[name]
        more = frame[later(frame, column)].copy()
        more[column] = [on + timedelta(10) for on in more[column]]
        for key in {"order_id", "row_key", "deal_id"} & set(frame.columns):
            more[key] = "again" + more[key].astype(object).fillna("")
        found[name] = pd.concat([frame, more], ignore_index=True)
    known = frames["customers"]
    unborn = pd.DataFrame({"customer_id": ["zz1", "zz2"], "first_contact_on": AS_OF + timedelta(1)})
    return found | {"customers": pd.concat([known, unborn], ignore_index=True)}


def delete_later_rows(frames: Frames) -> Frames:
    """Nothing after AS_OF."""
    columns = {"orders": "ordered_on", "touches": "at", "deals": "opened_on"}
    return frames | {name: frames[name][~later(frames[name], column)] for name, column in columns.items()}


def close_open_deals(frames: Frames) -> Frames:
    """Every deal open at AS_OF gets another end after it: closed, reopened, worth more, expected later."""
    deals = frames["deals"].copy()
    is_open = (
        ~deals["closed_on"].map(lambda on: pd.notna(on) and on <= AS_OF).astype(bool)
        & deals["opened_on"].notna()
    )
    for place, row in enumerate(deals.index[is_open]):
        state = ("won", "lost", "open")[place % 3]
        deals.loc[row, "state"] = state
        deals.loc[row, "closed_on"] = None if state == "open" else AS_OF + timedelta(1 + place)
        deals.loc[row, "amount"] = 1_000_000.0 + place
    return frames | {"deals": deals.assign(expected_on=AS_OF + timedelta(3))}


EDITS: tuple[Callable[[Frames], Frames], ...] = (
    change_later_rows, add_later_rows, delete_later_rows, close_open_deals,
)  # fmt: skip


@pytest.mark.parametrize("has_orders", [True, False], ids=["orders", "deals_as_orders"])
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
@pytest.mark.parametrize("method_name", METHODS)
def test_later_rows_change_no_tier_and_no_score(method_name, edit, has_orders) -> None:
    frames = make_frames(21, 300, has_orders=True)
    edited = edit(frames)
    if not has_orders:
        frames, edited = ({k: v for k, v in world.items() if k != "orders"} for world in (frames, edited))
    assert not all(frames[name].equals(edited[name]) for name in frames)
    before = tiers_of(frames, method_name)
    assert before["tier"].nunique() == 4 or method_name == "leads"
    pd.testing.assert_frame_equal(tiers_of(edited, method_name), before)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_later_rows_change_no_feature(edit) -> None:
    frames = make_frames(22, 300)
    was, now = (build_features(MemoryBook(world), AS_OF, 365) for world in (frames, edit(frames)))
    pd.testing.assert_frame_equal(now, was)


# --- the permutation test: who is A must not know what happens next -----------------------------------------------

SEEDS = range(60 if os.environ.get("TIERBOARD_LONG") == "1" else 20)
CHECK, OUTCOME_DAYS, CUSTOMERS = date(2025, 6, 30), 90, 1_500
HISTORY_DAYS = 720


def grow_world() -> Frames:
    """Customers whose pace of buying, contact and winning differs for good: tiers truly predict here."""
    random = np.random.default_rng(2)
    ids = np.array([f"c{n:04d}" for n in range(CUSTOMERS)], dtype=object)
    pace = random.gamma(0.8, 1.0, CUSTOMERS)
    days = HISTORY_DAYS + OUTCOME_DAYS
    first = np.datetime64(CHECK) - HISTORY_DAYS + 1

    def rows(per_day: float) -> tuple[np.ndarray, np.ndarray]:
        who = np.repeat(ids, random.poisson(pace * per_day * days))
        return who, first + random.integers(0, days, len(who))

    buyers, ordered = rows(1 / 120)
    contacted, at = rows(1 / 150)
    owners, opened = rows(1 / 200)
    closed = opened + random.integers(5, 80, len(owners))
    skill = pd.Series(0.15 + 0.7 * pace / (1 + pace), index=ids)[owners].to_numpy()
    state = np.where(random.random(len(owners)) < skill, "won", "lost").astype(object)
    return {
        "customers": pd.DataFrame({"customer_id": ids, "first_contact_on": first}),
        "orders": pd.DataFrame({
            "order_id": np.arange(len(buyers)).astype(str), "customer_id": buyers, "ordered_on": ordered,
            "amount": np.round(random.gamma(2.0, 300.0, len(buyers)), 2),
        }),
        "touches": pd.DataFrame({"customer_id": contacted, "at": at, "kind": "call"}),
        "deals": pd.DataFrame({
            "deal_id": np.arange(len(owners)).astype(str), "customer_id": owners, "opened_on": opened,
            "closed_on": closed, "state": state, "amount": 100.0,
        }),
    }  # fmt: skip


def permute_later(frames: Frames, seed: int) -> Frames:
    """The customers of all rows dated after CHECK, permuted among all customers; a deal is dated by its end."""
    random = np.random.default_rng(seed)
    ids = frames["customers"]["customer_id"]
    other = dict(zip(ids, random.permutation(ids), strict=True))
    dated = {"orders": "ordered_on", "touches": "at", "deals": "closed_on"}
    moved = {}
    for name, column in dated.items():
        is_later = frames[name][column] >= np.datetime64(CHECK) + 1
        customers = frames[name]["customer_id"]
        moved[name] = frames[name].assign(customer_id=customers.mask(is_later, customers.map(other)))
    return frames | moved


def count(frames: Frames, scheme: Scheme) -> np.ndarray:
    """[k, n] of tiers A and C at the check date, as the page and the command line get them."""
    end = CHECK + timedelta(OUTCOME_DAYS)
    found = evaluate(MemoryBook(frames, end), scheme, end)
    assert found.check.replayed_on == CHECK
    return found.rates.frame.loc[["A", "C"], ["k", "n"]].to_numpy(float)


def ratio(counted: np.ndarray) -> float:
    (k_a, n_a), (k_c, n_c) = counted
    return (k_a / n_a) / (k_c / n_c)


SCHEMES = {
    "rfm": Scheme(method="rfm", outcome="repurchase", outcome_days=OUTCOME_DAYS),
    "abc": Scheme(method="abc", outcome="repurchase", outcome_days=OUTCOME_DAYS),
    "scorecard": Scheme(method="scorecard", outcome="win_rate", outcome_days=OUTCOME_DAYS),
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> Frames:
    return grow_world()


@pytest.mark.parametrize("name", SCHEMES)
def test_tiers_know_nothing_of_what_happens_next(name, world) -> None:
    assert ratio(count(world, SCHEMES[name])) > 1.3, "the world must be one where tiers predict"
    blind = sum(count(permute_later(world, seed), SCHEMES[name]) for seed in SEEDS)
    assert 0.9 <= ratio(blind) <= 1.1


def test_the_same_test_fails_for_a_feature_that_looks_ahead(world, monkeypatch) -> None:
    def look_ahead(book, as_of, window_days, **more):
        known = build_features(book, as_of, window_days, **more)
        return build_features(book, as_of + timedelta(20), window_days, **more).reindex(known.index)

    monkeypatch.setattr(standing_room, "build_features", look_ahead)
    blind = sum(count(permute_later(world, seed), SCHEMES["rfm"]) for seed in SEEDS[:15])
    assert not 0.9 <= ratio(blind) <= 1.1
