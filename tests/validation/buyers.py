"""A company whose customers buy often or rarely all their lives, and who is judged on it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from segmentation.schemes import Scheme
from segmentation.validation.board import Line, Scoreboard
from segmentation.validation.contenders import Contender, list_contenders

SCHEME = Scheme(method="rfm", method_params={"window_days": 365}, outcome="repurchase", outcome_days=60)
MOST = 3  # dates: fewer than a real scoreboard has, each costs four queries
START, END = dt.date(2024, 1, 1), dt.date(2026, 3, 31)


def frames(seed: int = 1, count: int = 220) -> dict[str, pd.DataFrame]:
    """Customers who buy often or rarely, all their lives, and what each order is worth; one has an extra column."""
    random = np.random.default_rng(seed)
    rate = random.gamma(0.7, 4, count)
    rows = []
    for number in range(count):
        for _ in range(random.poisson(rate[number] * 2.2) + 1):
            on = START + dt.timedelta(int(random.integers(0, (END - START).days + 1)))
            rows.append((f"C{number:03d}", on.isoformat(), round(float(random.gamma(2, 500)), 2)))
    rows.append(("C000", END.isoformat(), 10.0))
    rows.append(("C001", START.isoformat(), 10.0))
    orders = pd.DataFrame(rows, columns=["customer_id", "ordered_on", "amount"])
    orders.insert(0, "order_id", [f"O{number}" for number in range(len(orders))])
    customers = pd.DataFrame(
        {
            "customer_id": [f"C{number:03d}" for number in range(count)],
            "first_contact_on": START.isoformat(),
            "seats": random.integers(1, 99, count),
        }
    )
    return {"customers": customers, "orders": orders}


def contenders(*schemes: Scheme) -> tuple[Contender, ...]:
    found = list_contenders(SCHEME, schemes)
    return tuple(each for each in found if each.kind == "scheme" or each.name in ("rfm", "abc", "scorecard"))


def line_of(board: Scoreboard, key: str) -> Line:
    return next(line for line in board.lines if line.contender.key == key)
