"""The 1,200 customers, who looks after them, and what each of them is by nature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import words
from seasons import CLOSED_ON, DAYS, FIRST_ON, NEXT_ON, as_position, generator

# How many customers play which part; A, B and C are customers by nature, the others are planted truths.
PARTS = {
    "A": 96,
    "B": 310,
    "C": 662,
    "silent": 24,
    "promising": 38,
    "lead": 22,
    "newcomer": 30,
    "untouched": 18,
}
NEW_IN_NOVEMBER = 11
SILENT_BETWEEN = (date(2026, 4, 20), date(2026, 6, 20))


@dataclass(frozen=True)
class Person:
    """One customer company: what a file says of it, and the nature no file shows (the last block)."""

    customer_id: str
    name: str
    parent_id: str
    industry: str
    region: str
    employees: int
    channel: str
    owner: str
    credit_limit: int
    first_contact_on: date | None
    grade: str

    part: str
    orders_per_year: float
    regularity: float
    order_amount: float
    deals: float
    attention: float
    active_from: int
    active_to: int


def draw_names(rng: np.random.Generator, regions: list[str], industries: list[str]) -> list[tuple[str, str]]:
    """A unique (name, brand) for each customer: city + invented two-character brand + trade + 有限公司."""
    names: list[tuple[str, str]] = []
    seen: set[str] = set()
    for region, industry in zip(regions, industries, strict=True):
        while True:
            city = str(rng.choice(words.REGIONS[region][2]))
            first, second = rng.choice(list(words.BRAND_FIRST)), rng.choice(list(words.BRAND_SECOND))
            brand = f"{first}{second}"
            name = f"{city}{brand}{rng.choice(words.INDUSTRIES[industry][2])}有限公司"
            # A brand repeated in one city would look like one firm under two names: a trap, not a sample.
            if first != second and city + brand not in seen:
                seen.add(city + brand)
                names.append((name, brand))
                break
    return names


def draw_parts(rng: np.random.Generator, regions: list[str]) -> list[str]:
    """Who plays which part; Hainan, the segment of good luck, is kept to ordinary customers."""
    parts = [part for part, count in PARTS.items() for _ in range(count)]
    rng.shuffle(parts)
    ordinary = [i for i, region in enumerate(regions) if region != "Hainan" and parts[i] == "C"]
    for i, region in enumerate(regions):
        if region == "Hainan" and parts[i] not in ("B", "C"):
            other = ordinary.pop()
            parts[i], parts[other] = parts[other], parts[i]
    return parts


def choose_owner(rng: np.random.Generator, region: str, part: str, number: int) -> str:
    """The seller of a customer: in turn, but in East 1 most good customers end up with the same person."""
    team = next(team for team, (_, regions) in words.TEAMS.items() if region in regions)
    sellers = [name for name, where, _, _ in words.SELLERS if where == team]
    if team == "East 1":
        share = {"A": 0.88, "B": 0.70}.get(part, 0.52)
        return sellers[0] if rng.random() < share else sellers[1 + int(rng.random() * 2)]
    return sellers[number % len(sellers)]


def draw_first_contact(rng: np.random.Generator, part: str) -> date | None:
    """When the customer was first met; promising ones this year, newcomers in the last 80 days."""
    if part == "promising":
        return date(2026, 1, 12) + timedelta(days=int(rng.random() * 170))
    if part == "newcomer":
        return CLOSED_ON - timedelta(days=int(4 + rng.random() * 76))
    if part == "lead":
        return date(2025, 3, 1) + timedelta(days=int(rng.random() * 330))
    if part == "untouched":
        return None if rng.random() < 0.5 else date(2024, 6, 1) + timedelta(days=int(rng.random() * 600))
    if part == "C" and rng.random() < 0.16:
        return FIRST_ON + timedelta(days=int(30 + rng.random() * 480))
    return date(2011, 1, 1) + timedelta(days=int(5000 * rng.random() ** 0.7))


def draw_life(rng: np.random.Generator, part: str, first_contact_on: date | None) -> tuple[int, int]:
    """First and last day (positions) on which the customer may buy."""
    start = as_position(first_contact_on or FIRST_ON)
    if start:
        start = min(DAYS - 1, start + int(10 + rng.random() * 50))
    if part == "silent":
        low, high = (as_position(day) for day in SILENT_BETWEEN)
        return start, int(low + rng.random() * (high - low))
    if part == "C" and rng.random() < 0.16:
        return start, int(200 + rng.random() * 300)
    return start, DAYS - 1


def draw_grade(rng: np.random.Generator, part: str, order_amount: float, employees: int) -> str:
    """The firm's own old grade: mostly the size of the building, a little what it buys, and much habit."""
    if part in ("newcomer", "untouched") or rng.random() < 0.10:
        return ""
    habit = 0.85 * np.log(employees / 180) / 1.0 + 0.45 * np.log(order_amount / 3000) + 1.0 * rng.normal()
    habit += {"A": 0.45, "silent": 0.3, "promising": -0.6, "lead": -0.5}.get(part, 0.0)
    return "A" if habit > 1.5 else "B" if habit > 0.35 else "C" if habit > -0.9 else "D"


# part → orders a year, their spread, regularity, usual order in 元, deals in 24 months, contacts a month
NATURES: dict[str, tuple[float, float, float, float, float, float]] = {
    "A": (17.5, 0.10, 6.0, 10200.0, 3.7, 1.22),
    "B": (4.5, 0.28, 2.6, 4900.0, 1.5, 0.26),
    "C": (1.75, 0.42, 1.8, 2100.0, 0.86, 0.178),
    "silent": (15.0, 0.12, 5.0, 5200.0, 0.8, 0.50),
    "promising": (0.0, 0.0, 1.0, 3000.0, 1.4, 0.0),
    "lead": (0.0, 0.0, 1.0, 3000.0, 1.2, 0.20),
    "newcomer": (0.0, 0.0, 1.0, 3000.0, 0.3, 0.40),
    "untouched": (0.0, 0.0, 1.0, 3000.0, 0.0, 0.00),
}


def draw_person(
    rng: np.random.Generator, number: int, named: tuple[str, str], *, region: str, industry: str, part: str
) -> Person:
    name, brand = named
    rate, spread, regularity, usual, deals, contacts = NATURES[part]
    order_amount = usual * float(np.exp(0.45 * rng.normal()))
    employees = int(np.exp(5.2 + 0.9 * rng.normal() + (0.35 if part == "A" else 0.0))) + 8
    first_contact_on = draw_first_contact(rng, part)
    active_from, active_to = draw_life(rng, part, first_contact_on)
    # A few small customers know how to keep a seller busy: this is where the effort goes.
    attention = contacts * float(np.exp((0.95 if part == "C" else 0.35) * rng.normal()))
    return Person(
        customer_id=f"C{number:04d}",
        name=name,
        parent_id=f"{brand}集团" if rng.random() < 0.05 else "",
        industry=industry,
        region=region,
        employees=employees,
        channel=str(rng.choice(list(words.CHANNELS), p=[0.30, 0.24, 0.20, 0.16, 0.10])),
        owner=choose_owner(rng, region, part, number),
        credit_limit=int(round(order_amount * (rate + 2) / 40000) + 1) * 10000,
        first_contact_on=first_contact_on,
        grade=draw_grade(rng, part, order_amount, employees),
        part=part,
        orders_per_year=rate * float(np.exp(spread * rng.normal())),
        regularity=regularity,
        order_amount=order_amount,
        deals=deals,
        attention=attention,
        active_from=active_from,
        active_to=active_to,
    )


def draw_industries(rng: np.random.Generator, parts: list[str]) -> list[str]:
    """One industry each; the promising group is an industry of its own."""
    known = list(words.INDUSTRIES)
    shares = np.array([words.INDUSTRIES[name][1] for name in known])
    drawn = rng.choice(known, size=len(parts), p=shares / shares.sum())
    return [
        "New-energy batteries" if part == "promising" else str(industry)
        for part, industry in zip(parts, drawn, strict=True)
    ]


def draw_people() -> list[Person]:
    """All customers of November: 1,200 known at CLOSED_ON and the eleven that November brings."""
    rng = generator(1)
    regions = [region for region, (_, count, _) in words.REGIONS.items() for _ in range(count)]
    rng.shuffle(regions)
    parts = draw_parts(rng, regions)
    regions += [str(region) for region in rng.choice(list(words.REGIONS)[:6], size=NEW_IN_NOVEMBER)]
    parts += ["newcomer"] * NEW_IN_NOVEMBER
    industries = draw_industries(rng, parts)
    names = draw_names(rng, regions, industries)
    people = []
    for i, (named, region, industry, part) in enumerate(zip(names, regions, industries, parts, strict=True)):
        person = draw_person(rng, i + 1, named, region=region, industry=industry, part=part)
        if i >= len(regions) - NEW_IN_NOVEMBER:
            met_on = NEXT_ON - timedelta(days=int(3 + rng.random() * 25))
            person = replace(person, first_contact_on=met_on, active_from=as_position(met_on))
        people.append(person)
    return people
