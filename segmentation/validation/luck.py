"""How many customers would change tier if none of them had changed its ways?

Every customer's next month is drawn from its own last twelve, all it knows of orders, contacts and deals moved along:
a bootstrap of months within the customer (blocks: Künsch 1989). Scored like any other date, this is what chance alone
moves; only what moves beyond it says that customers have changed. It errs to the firm side where a customer was already
changing within the twelve months, for then chance is held to be larger than it is.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from segmentation.features import YEAR_DAYS, build_features
from segmentation.store import Book
from segmentation.store_replicas import Replica
from segmentation.validation.discrimination import Floats
from segmentation.validation.past import Day, Judging, find_rows
from segmentation.validation.redraws import seed_of

MOST_SLICES = 12


def go_on(book: Book, judging: Judging, before: Day, on: dt.date, *seeds: object) -> Replica:
    """The book on `on` had everybody gone on as in one of its own months before; close it after use."""
    days = (on - before.on).days
    history = np.inf if judging.first_on is None else (before.on - judging.first_on).days
    known = np.minimum(np.nan_to_num(before.known_days), history)
    slices = np.clip(known // days, 1, MOST_SLICES).astype(np.int64)
    drawn = np.random.default_rng(seed_of(*seeds, on, "luck")).integers(1, slices + 1)
    frame = pd.DataFrame(
        {"customer_id": before.customers.to_numpy(), "days_on": (drawn * days).astype(np.int32)}
    )
    return Replica(book, before.on, days, frame)


def sales_of(replica: Replica, day: Day) -> Floats:
    """The simple sort's scores of the customers of `day` in a replica, not-a-number where they are not known there."""
    features = build_features(replica, day.on, YEAR_DAYS, columns=("revenue_12m_e4",))
    known = np.append(features["revenue_12m_e4"].to_numpy(float), np.nan)
    return known[find_rows(day.customers, features.index)]
