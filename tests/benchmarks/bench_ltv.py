"""BG/NBD fitted to customers by us and by `lifetimes`, on the same arrays in one run; and the whole score.

    python -m tests.benchmarks.bench_ltv --peer /path/to/venv/bin/python [--customers 1000000] [--rounds 3]

`lifetimes` needs an older stack than ours, so it runs as a process of its own on the arrays saved as .npy:

    python3.11 -m venv lifetimes_venv
    lifetimes_venv/bin/pip install "numpy<2" "pandas<2.2" "scipy<1.13" autograd "lifetimes==0.11.3"

Target: at 1,000,000 customers at least 12 times as fast, the same likelihood to 1e-6 at the same parameters.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from segmentation.clv.bg_nbd import BgNbd, fit_bg_nbd
from segmentation.clv.histories import collapse
from segmentation.methods.ltv import Ltv

# What the peer does: read, fit once (timed), and say its likelihood at its own and at our parameters.
PEER = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np, pandas as pd
from lifetimes import BetaGeoFitter
x, last, age = (np.load(f"{sys.argv[1]}/{name}.npy") for name in ("x", "last", "age"))
ours = json.loads(sys.argv[2])
model = BetaGeoFitter()
started, busy = time.perf_counter(), time.process_time()
model.fit(pd.Series(x), pd.Series(last), pd.Series(age))
seconds, processor = time.perf_counter() - started, time.process_time() - busy
def likelihood(parameters):
    logs = np.log(np.array(parameters))
    weights = np.ones_like(x)
    return -float(model._negative_log_likelihood(logs, x, last, age, weights, 0)) * len(x)
found = [float(model.params_[name]) for name in ("r", "alpha", "a", "b")]
told = {"seconds": seconds, "processor": processor, "parameters": found}
print(json.dumps(told | {"own": likelihood(found), "at_ours": likelihood(ours)}))
"""


def draw(customers: int, seed: int) -> tuple[np.ndarray, ...]:
    """x, t_x and T in days of customers like those of CDNOW, watched for 27 to 39 weeks; and their mean spend."""
    rng = np.random.default_rng(seed)
    rate, leaves = rng.gamma(0.2426, 1 / (4.4136 * 7), customers), rng.beta(0.7929, 2.4259, customers)
    age = rng.integers(27 * 7, 39 * 7, customers).astype(float)
    count, last, now = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    here = np.arange(customers)
    while here.size:
        now[here] += np.maximum(np.ceil(rng.exponential(1 / np.maximum(rate[here], 1e-12))), 1)
        here = here[now[here] <= age[here]]
        count[here] += 1
        last[here] = now[here]
        here = here[rng.random(here.size) >= leaves[here]]
    spend = np.round(rng.gamma(6.25 * np.maximum(count, 1)) / (rng.gamma(3.74, size=customers) / 15.44), 2)
    return count, last, age, np.where(count > 0, spend, 0.0)


def fit_ours(count: np.ndarray, last: np.ndarray, age: np.ndarray) -> tuple[BgNbd, float, float, float]:
    """Model, log-likelihood, seconds and processor seconds, collapsing included."""
    started, busy = time.perf_counter(), time.process_time()
    model, top = fit_bg_nbd(collapse(count, last, age, unit_weeks=1 / 7))
    return model, top.log_likelihood, time.perf_counter() - started, time.process_time() - busy


def fit_peer(python: Path, folder: Path, ours: BgNbd) -> dict[str, object]:
    words = [str(python), "-c", PEER, str(folder), json.dumps(ours.parameters.tolist())]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=dict(os.environ))
    if done.returncode:
        raise SystemExit(f"the peer failed; see how to install it above\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def score_all(count: np.ndarray, last: np.ndarray, age: np.ndarray, amount: np.ndarray) -> float:
    """Seconds of the whole score: both models, expectations, segments, curve."""
    columns = {
        "repeat_order_days_count": count, "order_span_days": last, "recency_days": age - last, "repeat_amount": amount,
    }  # fmt: skip
    features = pd.DataFrame(columns, index=pd.RangeIndex(len(count)).astype("str"))
    started = time.perf_counter()
    scored = Ltv(horizon_weeks=39).score(features)
    seconds = time.perf_counter() - started
    assert not scored.is_refused, scored.verdict
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", type=Path, required=True, help="a Python that has lifetimes")
    asked = parser.parse_args()
    count, last, age, amount = draw(asked.customers, 1)
    rows = len(collapse(count, last, age).age_weeks)
    print(f"{asked.customers:,} customers, {rows:,} distinct histories", flush=True)
    fits = [fit_ours(count, last, age) for _ in range(asked.rounds)]
    model, own, _, _ = fits[0]
    seconds, processor = (statistics.median(fit[place] for fit in fits) for place in (2, 3))
    print(
        f"ours {seconds:.2f} s ({processor:.2f} s of processor), log-likelihood {own:.6f}, {model}",
        flush=True,
    )
    print(f"the whole score {score_all(count, last, age, amount):.2f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, array in {"x": count, "last": last / 7, "age": age / 7}.items():
            np.save(Path(folder) / name, array)
        peer = fit_peer(asked.peer, Path(folder), model)
    print(
        f"lifetimes {peer['seconds']:.2f} s ({peer['processor']:.2f} s of processor), "
        f"log-likelihood {peer['own']:.6f}, {peer['parameters']}"
    )
    print(
        f"likelihood at the same parameters differs by {abs(float(str(peer['at_ours'])) / own - 1):.1e} (relative)"
    )
    by_clock, by_processor = float(str(peer["seconds"])) / seconds, float(str(peer["processor"])) / processor
    print(f"ratio {by_clock:.1f} × by the clock, {by_processor:.1f} × by processor time")


if __name__ == "__main__":
    main()
