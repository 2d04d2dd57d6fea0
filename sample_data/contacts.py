"""What the sellers do: contacts with their minutes, the sellers themselves, and the money spent."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import words
from company import Person
from seasons import (
    CLOSED_ON,
    DAYS,
    FIRST_ON,
    NEXT_ON,
    as_date,
    as_position,
    draw_rhythm,
    draw_spread,
    generator,
)

# kind → share of the contacts, usual minutes, spread of their logarithm, rounding
KINDS: dict[str, tuple[float, float, float, int]] = {
    "visit": (0.37, 175.0, 0.28, 15),
    "meeting": (0.08, 65.0, 0.30, 15),
    "call": (0.25, 14.0, 0.50, 1),
    "message": (0.16, 9.0, 0.40, 1),
    "email": (0.07, 10.0, 0.40, 1),
    "quotation": (0.07, 60.0, 0.35, 15),
}


def contact_days(rng: np.random.Generator, person: Person) -> list[int]:
    """Days (positions) on which somebody worked for this customer."""
    start = as_position(person.first_contact_on or FIRST_ON)
    if person.part == "untouched":
        return []
    if person.part == "promising":
        recent = draw_spread(
            rng, 3 + int(rng.random() * 2.2), as_position(CLOSED_ON) - 80, as_position(CLOSED_ON)
        )
        early = draw_spread(rng, 2, start, as_position(CLOSED_ON))
        return sorted(early + recent + draw_spread(rng, 2, as_position(CLOSED_ON) + 2, DAYS - 1))
    end = person.active_to if person.part == "silent" else DAYS - 1
    days = draw_rhythm(rng, person.attention * 12, 1.0, start, end)
    # Everybody else has been met at least once.
    return days or [min(DAYS - 31, start + 3) if start < DAYS - 31 else start]


def draw_touches(people: list[Person]) -> pd.DataFrame:
    """All contacts of the 24 months. A third of them carry no minutes, as in every real file."""
    rng = generator(4)
    kinds, shares = list(KINDS), np.array([share for share, *_ in KINDS.values()])
    sellers = {team: [s for s, t, *_ in words.SELLERS if t == team] for team in words.TEAMS}
    teams = {name: team for name, team, *_ in words.SELLERS}
    rows = []
    for person in people:
        for position in contact_days(rng, person):
            kind = str(rng.choice(kinds, p=shares / shares.sum()))
            _, usual, spread, step = KINDS[kind]
            reached = "" if kind != "call" else "no" if rng.random() < 0.18 else "yes"
            minutes = max(step, step * round(usual * float(np.exp(spread * rng.normal())) / step))
            minutes = 3 if reached == "no" else min(480, minutes)
            rep = person.owner if rng.random() < 0.92 else str(rng.choice(sellers[teams[person.owner]]))
            rows.append({
                "customer_id": person.customer_id, "at": as_date(position),
                "kind": kind, "minutes": np.nan if rng.random() < 0.34 else minutes, "rep": rep, "reached": reached,
            })  # fmt: skip
    frame = (
        pd.DataFrame(rows).sort_values(["at", "customer_id", "kind"], kind="stable").reset_index(drop=True)
    )
    frame.insert(0, "touch_id", [f"T{number:05d}" for number in range(1, len(frame) + 1)])
    return frame


def draw_reps() -> pd.DataFrame:
    """The fourteen sellers; in this company the name is the key, as in most."""
    return pd.DataFrame(
        {
            "rep_id": name, "name": name, "team": team, "seniority": seniority, "hours_per_month": 165,
            "cost_per_hour": cost, "max_accounts": 100 if seniority == "senior" else 90,
        }
        for name, team, seniority, cost in words.SELLERS
    )  # fmt: skip


def draw_spend() -> pd.DataFrame:
    """Money by month, channel and the tier it was meant for: most of it follows the crowd, not the value."""
    rng = generator(5)
    usual = {"Exhibition": 30000.0, "Online ads": 18000.0, "Travel": 52000.0, "Hospitality": 24000.0,
             "Trial machines": 15000.0}  # fmt: skip
    shares = {"A": 0.22, "B": 0.30, "C": 0.48}
    rows, month = [], FIRST_ON
    while month <= NEXT_ON:
        for channel, amount in usual.items():
            season = 1.6 if channel == "Exhibition" and month.month in (3, 4, 9, 10) else 1.0
            for tier, share in shares.items():
                spent = amount * season * share * float(np.exp(0.15 * rng.normal()))
                rows.append(
                    {"month": month, "channel": channel, "tier": tier, "amount": float(round(spent, -1))}
                )
        month = (month + timedelta(days=32)).replace(day=1)
    return pd.DataFrame(rows)


def known(frame: pd.DataFrame, column: str, first: date, last: date) -> pd.DataFrame:
    """The rows of `frame` whose `column` lies between the two days, both included."""
    days = pd.to_datetime(frame[column]).dt.date
    return frame[(days >= first) & (days <= last)]
