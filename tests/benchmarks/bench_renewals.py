"""Shifted beta-geometric fitted to contracts by us and by a few lines of scipy, in turns; and the whole score.

    python -m tests.benchmarks.bench_renewals [--customers 1000000] [--rounds 3]

The peer sums the likelihood of Fader and Hardie (2007) over every customer and lets Nelder-Mead climb. No target: told
are the ratio and how far the two likelihoods are apart at the top.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import betaln

from segmentation.clv.shifted_beta_geometric import fit_shifted_beta_geometric
from segmentation.methods.ltv import Ltv


def draw(customers: int) -> pd.DataFrame:
    """Contracts of a year of customers who renew at a chance of their own, as `sql/contracts.sql` has them."""
    rng = np.random.default_rng(7)
    age, lasted = rng.integers(1, 4000, customers), rng.geometric(rng.beta(0.7, 2.5, customers)) - 1
    renewed = np.minimum(lasted, age // 365)
    lost = lasted < age // 365
    return pd.DataFrame(
        {
            "contract_amount": np.where(lost, 0.0, np.round(rng.gamma(2.0, 3000.0, customers), 2)),
            "renewal_count": renewed,
            "contract_term_months": np.where(lost, np.nan, 12.0),
            "renewal_due_days": np.where(lost, np.nan, 365.0 * (renewed + 1) - age),
            "contract_lapsed": 0.0,
            "first_contract_renewals": renewed.astype(float),
            "first_contract_lost": lost.astype(float),
        },
        index=pd.Index(np.char.add("C", np.arange(customers).astype(str)), name="customer_id"),
    )


def fit_plainly(renewed: np.ndarray, lost: np.ndarray) -> tuple[np.ndarray, float]:
    def missing(logs: np.ndarray) -> float:
        alpha, beta = np.exp(logs)
        told = np.where(lost, betaln(alpha + 1, beta + renewed), betaln(alpha, beta + renewed))
        return -float((told - betaln(alpha, beta)).sum())

    found = minimize(missing, np.zeros(2), method="Nelder-Mead", options={"fatol": 1e-6, "xatol": 1e-8})
    return np.exp(found.x), -float(found.fun)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    made = work()
    return time.perf_counter() - started, made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args()
    features = draw(told.customers)
    renewed, lost = (
        features["first_contract_renewals"].to_numpy(),
        features["first_contract_lost"].to_numpy() == 1,
    )
    ratios, scores = [], []
    for place in range(told.rounds):
        turns = [
            ("ours", lambda: fit_shifted_beta_geometric(renewed, lost)),
            ("plain", lambda: fit_plainly(renewed, lost)),
        ]
        found = {name: timed(work) for name, work in (turns if place % 2 else reversed(turns))}
        (_, top), (_, value) = found["ours"][1], found["plain"][1]
        ratios.append(found["plain"][0] / found["ours"][0])
        scores.append(timed(lambda: Ltv(basis="renewals").score(features))[0])
        apart = abs(top.log_likelihood / value - 1)
        print(
            f"ours {found['ours'][0]:.3f} s, plain {found['plain'][0]:.1f} s, likelihoods {apart:.1e} apart",
            flush=True,
        )
    ratio, score = statistics.median(ratios), statistics.median(scores)
    print(
        f"{told.customers:,} customers: {ratio:.0f} × faster than plain scipy; the whole score takes {score:.1f} s"
    )


if __name__ == "__main__":
    main()
