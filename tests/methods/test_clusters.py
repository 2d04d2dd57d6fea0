"""Clusters as a method: order and score, ids from month to month, rules, refusals, and Ward on a sample."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from segmentation.clustering import learning
from segmentation.errors import SettingError
from segmentation.i18n import LANGUAGES, Language
from segmentation.methods.base import Scored
from segmentation.methods.clusters import Clusters
from tests.clustering.worlds import customers

KINDS = {"regular": 120, "occasional": 240, "silent": 160}


def frame_of(share: dict[str, int], seed: int = 1, drift: float = 1.0) -> pd.DataFrame:
    columns, kinds = customers(share, seed)
    index = pd.Index([f"c{number:05d}" for number in range(len(kinds))], name="customer_id")
    frame = pd.DataFrame({**columns, "kind": kinds}, index=index)
    return frame.assign(amount=frame["amount"] * drift, recency_days=np.round(frame["recency_days"] / drift))


def ids_by_kind(scored: Scored, frame: pd.DataFrame) -> dict[str, str]:
    """The cluster most customers of each kind are in."""
    assert scored.segments is not None
    return {str(kind): str(told.mode()[0]) for kind, told in scored.segments.groupby(frame["kind"])}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return frame_of(KINDS)


@pytest.fixture(scope="module")
def scored(frame: pd.DataFrame) -> Scored:
    return Clusters().score(frame)


def test_the_kinds_of_customers_are_found_and_ranked_by_amount(frame: pd.DataFrame, scored: Scored) -> None:
    assert scored.segments is not None and not scored.is_refused
    assert adjusted_rand_score(frame["kind"], scored.segments) > 0.98
    points = scored.scores.groupby(frame["kind"]).median()
    assert points.to_dict() == {"regular": 100.0, "occasional": 50.0, "silent": 0.0}
    named = ids_by_kind(scored, frame)
    assert scored.labels[named["silent"]].en in ("Long silent, few orders", "Long silent, small amounts",
        "Small amounts, long silent", "Few orders, long silent")  # fmt: skip
    assert named["regular"] == "cluster_1"


def test_the_verdict_tells_the_evidence_in_both_languages(scored: Scored) -> None:
    assert scored.verdict is not None
    message, facts = scored.verdict
    assert message == "clusters.found.whole" and facts["count"] == 3 and facts["stability"] > 0.9
    for code in LANGUAGES:
        assert "3" in Language(code).say(message, **facts)


def test_a_person_orders_the_clusters(frame: pd.DataFrame, scored: Scored) -> None:
    named = ids_by_kind(scored, frame)
    silent, regular = (int(named[kind].removeprefix("cluster_")) for kind in ("silent", "regular"))
    other = Clusters(order=(silent, regular)).score(frame, scored.fitted)
    points = other.scores.groupby(frame["kind"]).median()
    assert points.to_dict() == {"silent": 100.0, "regular": 50.0, "occasional": 0.0}
    assert other.fitted == dict(scored.fitted)
    for order in ((1, 1), (0,)):
        with pytest.raises(SettingError):
            Clusters(order=order)


def test_ids_stay_under_drift_and_when_a_cluster_is_born_or_dies(frame: pd.DataFrame, scored: Scored) -> None:
    first = ids_by_kind(scored, frame)
    fitted = scored.fitted
    for month in range(1, 4):
        drifted = frame_of(KINDS, seed=month + 1, drift=1.0 + 0.04 * month)
        later = Clusters().score_again(drifted, fitted)
        assert ids_by_kind(later, drifted) == first
        fitted = later.fitted
    more = frame_of({**KINDS, "newcomer": 150}, seed=9)
    born = Clusters().score_again(more, fitted)
    told = ids_by_kind(born, more)
    assert {kind: told[kind] for kind in KINDS} == first
    assert told["newcomer"] == "cluster_4"
    fewer = frame_of({"occasional": 240, "silent": 160, "newcomer": 150}, seed=10)
    died = Clusters().score_again(fewer, born.fitted)
    assert ids_by_kind(died, fewer) == {kind: told[kind] for kind in ("occasional", "silent", "newcomer")}


def test_rules_restate_the_clusters(frame: pd.DataFrame, scored: Scored) -> None:
    told = Clusters().restate(frame, scored.fitted)
    assert told is not None and scored.segments is not None
    columns = {name: frame[name].to_numpy(float) for name in ("recency_days", "order_count", "amount")}
    ids = scored.segments.str.removeprefix("cluster_").astype(int).to_numpy()
    assert told.fidelity == np.mean(told.place(columns) == ids) > 0.97
    shuffled = frame.sample(frac=1, random_state=3)
    assert Clusters().restate(shuffled, scored.fitted) == told


def test_customers_of_one_heap_are_refused_and_say_so() -> None:
    rng = np.random.default_rng(5)
    heap = pd.DataFrame(
        {
            "recency_days": np.floor(365 * rng.random(500)),
            "order_count": 1.0 + rng.poisson(3, 500),
            "amount": np.exp(rng.normal(8, 1, 500)),
        }
    )
    scored = Clusters().score(heap)
    assert scored.is_refused and scored.scores.isna().all() and scored.verdict is not None
    assert scored.verdict[0].startswith("clusters.none.")
    assert "reliable" in Language("en").say(scored.verdict[0], **scored.verdict[1])
    assert Clusters().restate(heap, scored.fitted) is None
    asked = Clusters(count=4).score(heap)
    assert not asked.is_refused and asked.scores.nunique() == 4 and asked.verdict is not None
    assert asked.verdict[0] == "clusters.asked.whole"


@pytest.mark.parametrize("count", ["evidence", 2])
def test_one_two_and_equal_customers(frame: pd.DataFrame, count: object) -> None:
    method = Clusters(count=count)  # type: ignore[arg-type]
    assert method.score(frame.iloc[:1]).is_refused
    assert method.score(frame.iloc[[0] * 80].set_axis(range(80))).is_refused
    two = method.score(frame.iloc[[0, -1]])
    if count == "evidence":
        assert two.is_refused and two.verdict is not None and two.verdict[0] == "clusters.none.too_few"
    else:
        assert sorted(two.scores) == [0.0, 100.0] and two.verdict is not None
        assert two.verdict[0] == "clusters.few"


def test_where_no_customer_has_what_is_looked_at_no_number_is_asked_for(frame: pd.DataFrame) -> None:
    scored = Clusters().score(frame.assign(recency_days=np.nan))
    assert scored.is_refused and scored.verdict is not None and scored.verdict[0] == "clusters.none.nobody"


def test_ward_beyond_its_most_is_built_on_a_sample_and_says_how_firm_that_is(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Clusters(algorithm="ward").score(frame)
    assert whole.segments is not None and whole.verdict is not None
    assert whole.verdict[0] == "clusters.found.whole"
    assert adjusted_rand_score(frame["kind"], whole.segments) > 0.98
    monkeypatch.setattr(learning, "WARD_MOST", 300)
    monkeypatch.setattr(learning, "WARD_SAMPLE", 150)
    sampled = Clusters(algorithm="ward").score(frame)
    assert sampled.verdict is not None and sampled.verdict[0] == "clusters.found.sampled"
    assert 0.9 < sampled.verdict[1]["agreement"] <= 1
    rng = np.random.default_rng(6)
    heap = pd.DataFrame(rng.normal(size=(800, 3)), columns=["recency_days", "order_count", "amount"])
    shaky = Clusters(algorithm="ward", count=5).score(heap)
    assert shaky.verdict is not None and shaky.verdict[0] == "clusters.asked.sampled"
    assert shaky.verdict[1]["agreement"] < 0.8


def test_extra_columns_alone_can_be_clustered() -> None:
    rng = np.random.default_rng(7)
    kind = np.repeat([0, 1], 150)
    age = 20 + 30 * kind + rng.normal(0, 2, 300)
    frame = pd.DataFrame(
        {
            "attribute:seats": 10 + 60 * kind + rng.normal(0, 3, 300),
            "attribute:age": np.where(rng.random(300) < 0.05, np.nan, age),
            "recency_days": np.nan,
            "amount": 0.0,
            "order_count": 0,
        }
    )
    scored = Clusters(features="attributes").score(frame)
    assert scored.segments is not None
    # Where two things tell the same, an unknown one filled with the median moves few.
    assert adjusted_rand_score(kind, scored.segments) > 0.9
    assert scored.verdict is not None and scored.verdict[1]["used"] == 2 and scored.verdict[1]["total"] == 5
    one = Clusters(features="attributes", attributes=("seats",)).score(frame)
    assert one.verdict is not None and one.verdict[1]["total"] == 4
    with pytest.raises(KeyError, match="seat"):
        Clusters(features="attributes", attributes=("seat",)).score(frame)
