"""Which unknown values would change a tier: held against scoring each customer by itself."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.quality import FEWEST_KNOWN, USUAL, Quality, measure_quality
from segmentation.ratings import MISSING
from segmentation.schemes import Scheme, TierPolicy
from segmentation.standing import stand
from segmentation.tuning import Base, draw_lines, prepare
from tests.sample_books import sample_book
from tests.worlds import make_store

AS_OF = date(2026, 6, 30)
SEATS = "attribute:seats"


def world(folder: Path, unknown: int, count: int = 60) -> Any:
    """Customers with a number of seats each, all but `unknown` of them; everybody ordered twice."""
    rng = np.random.default_rng(5)
    seats = [None if k < unknown else int(rng.integers(1, 200)) for k in range(count)]
    customers = pd.DataFrame(
        {
            "customer_id": [f"C{k:02d}" for k in range(count)],
            "name": [f"Firm {k}" for k in range(count)],
            "owner": ["Ann" if k % 2 else "Ben" for k in range(count)],
            "first_contact_on": "2024-01-01",
            "attributes": [json.dumps({"seats": told} if told is not None else {}) for told in seats],
        }
    )
    orders = pd.DataFrame(
        {
            "order_id": [f"O{k}" for k in range(2 * count)],
            "customer_id": [f"C{k % count:02d}" for k in range(2 * count)],
            "ordered_on": ["2026-03-01" if k < count else "2026-05-01" for k in range(2 * count)],
            "amount": rng.integers(10, 5_000, 2 * count),
            "margin": [
                None if k % count < unknown and k % 3 == 0 else 5.0 * (k % 70) for k in range(2 * count)
            ],
        }
    )
    return make_store(folder, customers=customers, orders=orders)


def measured(
    folder: Path, unknown: int, scheme: Scheme, count: int = 60
) -> tuple[Quality, Base, tuple[float, ...]]:
    book = world(folder, unknown, count).open()
    base = prepare(book, scheme, AS_OF)
    cuts = draw_lines(base, scheme).cuts
    return measure_quality(base.now, cuts), base, cuts


CARD = Scheme(
    method="scorecard",
    method_params={"attributes": ("seats",), "attribute_points": 10},
    policy=TierPolicy(("A", "B", "C"), "customers", (0.2, 0.6)),
)


def test_each_gap_is_one_that_scoring_the_customer_alone_finds(tmp_path: Path) -> None:
    quality, base, cuts = measured(tmp_path, 25, CARD)
    standing = base.now
    (field,) = [one for one in quality.fields if one.feature == SEATS]
    known = standing.features[SEATS].dropna().astype(float)
    assert (field.known_count, field.customer_count) == (len(known), 60) == (35, 60)
    assert (field.low, field.high) == tuple(np.quantile(known, USUAL))
    expected = {}
    for customer_id in standing.features.index[standing.features[SEATS].isna()]:
        row, tiers = standing.features.loc[[customer_id]], []
        for value in (field.low, field.high):
            score = standing.method.score(row.assign(**{SEATS: value}), standing.scored.fitted).scores.iloc[0]
            tiers.append(sum(score < cut for cut in cuts))
        now = sum(standing.scored.scores.at[customer_id] < cut for cut in cuts)
        if len({*tiers, now}) > 1:
            expected[customer_id] = (now, *tiers)
    found = quality.gaps[quality.gaps["feature"] == SEATS].set_index("customer_id")
    assert 0 < len(expected) < 25, "some gaps decide and some do not"
    places = found[["place", "low_place", "high_place"]].to_numpy().tolist()
    assert {key: tuple(row) for key, row in zip(found.index, places, strict=True)} == expected
    assert field.deciding_count == len(expected) == quality.customer_count
    assert list(found["revenue"]) == sorted(found["revenue"], reverse=True)


def test_what_is_known_of_everybody_decides_nothing(tmp_path: Path) -> None:
    quality, _, _ = measured(tmp_path, 0, CARD)
    assert [one.deciding_count for one in quality.fields] == [0] * len(quality.fields)
    assert quality.gaps.empty and quality.customer_count == 0


def test_with_too_few_known_values_nobody_says_what_is_usual(tmp_path: Path) -> None:
    quality, _, _ = measured(tmp_path, 60 - FEWEST_KNOWN + 1, CARD)
    (field,) = [one for one in quality.fields if one.feature == SEATS]
    assert field.known_count < FEWEST_KNOWN and field.deciding_count is None and quality.gaps.empty


def test_who_cannot_be_rated_for_want_of_a_value_would_get_a_tier(tmp_path: Path) -> None:
    scheme = Scheme(method="abc", method_params={"value": "margin"})
    quality, base, cuts = measured(tmp_path, 20, scheme)
    missing = base.now.reasons == MISSING
    assert missing.any() and quality.customer_count == int(missing.sum())
    assert set(quality.gaps["place"]) == {len(cuts) + 1} and (quality.gaps["low_place"] <= len(cuts)).all()
    assert set(quality.gaps["owner"]) == {"Ann", "Ben"}


@pytest.mark.parametrize("method", ["rfm", "scorecard"])
def test_that_nothing_happened_is_known(tmp_path: Path, method: str) -> None:
    quality, _, _ = measured(tmp_path, 5, Scheme(method=method))
    assert not {one.feature for one in quality.fields} & {"recency_days", "touch_recency_days"}


def test_who_never_ordered_is_not_among_those_a_field_could_rate() -> None:
    standing = stand(sample_book(), Scheme(method="rfm"), date(2026, 10, 31))
    assert (standing.reasons == MISSING).any()
    rated = int(standing.reasons.isna().sum())
    assert {field.customer_count for field in measure_quality(standing, (70.0, 30.0)).fields} == {rated}
