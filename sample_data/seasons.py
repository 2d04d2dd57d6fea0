"""The company's calendar: how busy each day is, and rhythms drawn along it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

SEED = 2
FIRST_ON = date(2024, 12, 1)
CLOSED_ON = date(2026, 10, 31)  # the last day of month 23
NEXT_ON = date(2026, 11, 30)  # the last day of month 24
DAYS = (NEXT_ON - FIRST_ON).days + 1

MONTH_WEIGHTS = (0.80, 0.72, 1.16, 1.05, 1.00, 1.02, 0.92, 0.88, 1.12, 1.04, 1.14, 1.18)
HOLIDAYS = (
    (date(2025, 1, 27), date(2025, 2, 5)),
    (date(2025, 5, 1), date(2025, 5, 5)),
    (date(2025, 10, 1), date(2025, 10, 8)),
    (date(2026, 2, 14), date(2026, 2, 23)),
    (date(2026, 5, 1), date(2026, 5, 5)),
    (date(2026, 10, 1), date(2026, 10, 7)),
)


def day_weights() -> np.ndarray:
    """How busy each day from FIRST_ON to NEXT_ON is; the mean is 1."""
    weights = np.empty(DAYS)
    for position in range(DAYS):
        day = FIRST_ON + timedelta(days=position)
        weekday = (1.0, 1.05, 1.05, 1.0, 0.95, 0.16, 0.01)[day.weekday()]
        holiday = 0.03 if any(start <= day <= end for start, end in HOLIDAYS) else 1.0
        weights[position] = MONTH_WEIGHTS[day.month - 1] * weekday * holiday * (1 + 0.04 * position / 365)
    return weights / weights.mean()


BUSY_TIME = np.cumsum(day_weights())


def as_position(day: date) -> int:
    """Days since FIRST_ON, at least 0."""
    return max(0, (day - FIRST_ON).days)


def as_date(position: int) -> date:
    return FIRST_ON + timedelta(days=int(position))


def generator(room: int) -> np.random.Generator:
    """Each room draws from its own stream, so that tuning one does not stir the others."""
    return np.random.default_rng([SEED, room])


def draw_rhythm(rng: np.random.Generator, per_year: float, shape: float, start: int, end: int) -> list[int]:
    """Positions of events between `start` and `end`: gamma gaps, walked in busy time rather than in days.

    `shape` 1 is pure chance, larger is more regular. The first event falls where the
    rest of a gap that `start` lies in would end: long gaps are met more often than short ones.
    """
    if per_year <= 0 or end < start:
        return []
    mean_gap = 365.0 / per_year
    now = float(BUSY_TIME[start]) + rng.random() * rng.gamma(shape + 1, mean_gap / shape)
    positions: list[int] = []
    while True:
        position = int(np.searchsorted(BUSY_TIME, now))
        if position > end:
            return positions
        positions.append(position)
        now += max(0.9, rng.gamma(shape, mean_gap / shape))


def draw_spread(rng: np.random.Generator, count: int, start: int, end: int) -> list[int]:
    """`count` positions between `start` and `end`, denser on busy days, in order."""
    low = float(BUSY_TIME[start - 1]) if start else 0.0
    moments = low + rng.random(count) * (float(BUSY_TIME[end]) - low)
    return sorted(int(position) for position in np.searchsorted(BUSY_TIME, moments))
