"""What each method that learns no model costs a book's customers, against the obvious few lines of pandas, in turns.

    python -m tests.benchmarks.bench_methods [--customers 1000000] [--rounds 5]

Both begin with the features and end with a score and a segment for everybody. No target: what is told is the ratio.
LTV, clusters and propensity have benchmarks of their own.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from segmentation.methods.registry import make
from segmentation.stages import COLUMNS as STAGE_COLUMNS

WEIGHTS = {"amount": 0.5, "order_count": 0.2, "touch_count": 0.3}


def make_features(count: int) -> pd.DataFrame:
    """Customers with skewed amounts, many ties and a tenth without contact."""
    rng = np.random.default_rng(1)
    index = pd.Index(np.char.add("C", np.arange(count).astype(str)), name="customer_id")
    days = pd.Timestamp("2026-10-31") - pd.to_timedelta(rng.integers(0, 900, count), unit="D")
    amounts = np.round(rng.gamma(0.6, 4000, count), 2)
    frame = pd.DataFrame(
        {
            "recency_days": rng.integers(0, 700, count).astype(float),
            "touch_recency_days": np.where(rng.random(count) < 0.1, np.nan, rng.integers(0, 400, count)),
            "tenure_days": rng.integers(100, 1500, count).astype(float),
            "last_gap_days": rng.integers(1, 300, count).astype(float),
            "order_count": rng.poisson(4, count),
            "total_order_count": rng.poisson(6, count),
            "touch_count": rng.poisson(5, count),
            "visit_count": rng.poisson(1, count),
            "meeting_count": rng.poisson(1, count),
            "open_deal_count": rng.poisson(0.4, count),
            "amount": amounts,
            "revenue_12m": amounts,
            "margin": amounts * 0.3,
            "repeat_order_share": rng.random(count),
            "budget": rng.gamma(2.0, 50_000, count),
            "nps": rng.integers(-100, 101, count).astype(float),
            "complaints": rng.poisson(0.3, count).astype(float),
            "own_size": rng.gamma(2.0, 1e6, count),
            "overdue_share": rng.random(count),
        },
        index=index,
    )
    words = {"need": ["clear", "vague"], "intent": ["high", "low"], "growth": ["fast", "slow"]}
    words |= {"decision_level": ["director", "buyer"], "industry": ["Machines", "Food"]}
    words |= {"region": ["North", "South"], "channel": ["fair", "web"]}
    texts = {name: np.array(values)[rng.integers(0, 2, count)] for name, values in words.items()}
    return frame.assign(**texts, first_order_on=days, last_order_on=days, first_contact_on=days)


def cut(values: pd.Series, bins: int = 5) -> pd.Series:
    return pd.qcut(values.rank(method="first"), bins, labels=False)


def plain_rfm(frame: pd.DataFrame) -> pd.DataFrame:
    bins = pd.DataFrame(
        {"r": 4 - cut(frame["recency_days"]), "f": cut(frame["order_count"]), "m": cut(frame["amount"])}
    )
    high = bins > bins.mean()
    return pd.DataFrame(
        {"score": bins.sum(axis=1) / 12 * 100, "segment": 4 * high["r"] + 2 * high["f"] + high["m"]}
    )


def plain_abc(frame: pd.DataFrame) -> pd.DataFrame:
    ordered = frame["amount"].sort_values(ascending=False)
    share = (ordered.cumsum() / ordered.sum()).reindex(frame.index)
    return pd.DataFrame(
        {"score": 100 * (1 - share), "segment": pd.cut(share, [0, 0.7, 0.9, 1.01], labels=["A", "B", "C"])}
    )


def plain_sum(frame: pd.DataFrame) -> pd.DataFrame:
    """A weighted sum of ranked inputs, and four fields of two axes."""
    score = sum(weight * frame[name].rank(pct=True) for name, weight in WEIGHTS.items()) * 100
    quiet = frame["recency_days"].rank(pct=True)
    names = np.select([(score >= 50) & (quiet <= 0.5), score >= 50, quiet <= 0.5], ["a", "b", "c"], "d")
    return pd.DataFrame({"score": score, "segment": names})


def plain_rules(frame: pd.DataFrame) -> pd.DataFrame:
    high, middle = frame["amount"].quantile([0.9, 0.6])
    strategic = (frame["amount"] >= high) & ((frame["tenure_days"] >= 730) | (frame["open_deal_count"] >= 1))
    key = (frame["amount"] >= middle) | (frame["open_deal_count"] >= 1)
    names = np.select([strategic, key], ["strategic", "key"], "ordinary")
    return pd.DataFrame(
        {
            "score": pd.Series(names, frame.index).map({"strategic": 100, "key": 50, "ordinary": 0}),
            "segment": names,
        }
    )


def plain_stages(frame: pd.DataFrame) -> pd.DataFrame:
    idle = frame[["recency_days", "touch_recency_days"]].min(axis=1)
    conditions = [idle > 365, idle > 180, idle > 90, frame["tenure_days"] < 90, frame["tenure_days"] < 365]
    names = np.select(conditions, ["lost", "silent", "at_risk", "new", "growing"], "mature")
    order = {
        name: place for place, name in enumerate(["mature", "growing", "new", "at_risk", "silent", "lost"])
    }
    return pd.DataFrame({"score": 100 - 20 * pd.Series(names, frame.index).map(order), "segment": names})


PEERS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "rfm": plain_rfm,
    "abc": plain_abc,
    "scorecard": plain_sum,
    "rules": plain_rules,
    "lifecycle": plain_stages,
    "four_dimensions": plain_sum,
    "potential_loyalty": plain_sum,
    "fit_engagement": plain_sum,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    features = make_features(asked.customers)
    assert set(STAGE_COLUMNS) <= set(features.columns)
    print(f"{asked.customers:,} customers, median of {asked.rounds}")
    for name, peer in PEERS.items():
        method = make(name)
        read = getattr(method, "columns", None)
        given = features if read is None else features[[*read]]
        ours, theirs = [], []
        for _ in range(asked.rounds):
            started = time.perf_counter()
            method.score(given)
            ours.append(time.perf_counter() - started)
            started = time.perf_counter()
            peer(features)
            theirs.append(time.perf_counter() - started)
        one, other = statistics.median(ours), statistics.median(theirs)
        print(
            f"{name:<20}{one:6.2f} s against {peer.__name__} {other:6.2f} s: {one / other:5.2f} ×", flush=True
        )


if __name__ == "__main__":
    main()
