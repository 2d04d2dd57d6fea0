"""What is sold: projects (deals), the orders they lead to, and the parts and service bought in between."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import words
from company import Person
from seasons import (
    CLOSED_ON,
    DAYS,
    NEXT_ON,
    as_date,
    as_position,
    draw_rhythm,
    draw_spread,
    generator,
)

Row = dict[str, Any]
ADD_ONS = ("Loading cell", "Line retrofit")  # few: a file full of expansions reads like subscriptions
STEPS = ["Qualification", "Proposal", "Negotiation"]

# Planted: how many of a hundred closed deals are won, by the customer's nature.
WIN_RATES = {"A": 0.54, "B": 0.45, "C": 0.16, "silent": 0.30, "promising": 0.5, "lead": 0.0, "newcomer": 0.0}
PROJECT_SIZE = {"A": 1.35, "B": 0.66, "C": 0.32, "promising": 1.6}
# Planted: ten closed deals in Hainan, six of them won, by luck alone.
LUCKY_REGION, LUCKY_CLOSED, LUCKY_WON = "Hainan", 10, 6

ORDER_COLUMNS = [
    "order_id", "line", "customer_id", "ordered_on", "amount", "margin", "quantity", "unit_price",
    "product", "family", "paid_amount", "rep", "reference",
]  # fmt: skip


def draw_deal(rng: np.random.Generator, person: Person, opened: int) -> Row:
    """One deal with its true end; whether it is won is decided later, for all together."""
    products = list(words.PROJECTS)
    odds = np.array([words.PROJECTS[name][3] for name in products])
    if person.part == "promising":
        odds = odds * np.array([0, 0, 1, 1, 1, 1, 1])
    product = str(rng.choice(products, p=odds / odds.sum()))
    size = PROJECT_SIZE.get(person.part, 0.7)
    amount = words.PROJECTS[product][2] * float(np.exp(0.30 * rng.normal())) * size
    days = min(330, int(15 + 60 * np.exp(0.55 * rng.normal())))
    opened_on = as_date(opened)
    return {
        "person": person,
        "customer_id": person.customer_id,
        "opened_on": opened_on,
        "expected_on": opened_on + timedelta(days=int(days * (0.6 + 0.5 * rng.random()))),
        "ended_on": opened_on + timedelta(days=days),
        "kind": "expansion" if product in ADD_ONS else "new",
        "amount": float(round(amount, -2)),
        "product": product,
        "rep": person.owner,
        "channel": person.channel,
        "loss_reason": str(
            rng.choice(["Price", "Competitor", "Budget", "Delivery time"], p=[0.42, 0.30, 0.16, 0.12])
        ),
        "mood": float(rng.random()),
    }


def place_deals(rng: np.random.Generator, person: Person) -> list[Row]:
    count = int(rng.poisson(person.deals))
    if person.part == "promising":
        count = 1 + int(rng.random() < 0.4)
        last_weeks = as_position(CLOSED_ON)
        deals = [draw_deal(rng, person, last_weeks - int(20 + rng.random() * 60)) for _ in range(count)]
        for position, deal in enumerate(deals):
            # Open at the end of October by plan; November decides a few of them.
            deal["ended_on"] = CLOSED_ON + timedelta(days=int(8 + rng.random() * 170) + 5 * position)
        return deals
    if person.region == LUCKY_REGION:
        count = max(1, count)
    start = min(person.active_from, DAYS - 25)
    return [draw_deal(rng, person, opened) for opened in draw_spread(rng, count, start, person.active_to)]


def settle_region_of_luck(deals: list[Row]) -> list[Row]:
    """Keep exactly LUCKY_CLOSED closed deals in the lucky region and let LUCKY_WON of them be won."""
    kept, closed = [], 0
    for deal in deals:
        person = deal["person"]
        if person.region == LUCKY_REGION:
            if closed == LUCKY_CLOSED or deal["ended_on"] > CLOSED_ON:
                continue
            closed += 1
            deal["won"] = closed in (1, 2, 4, 5, 7, 9)
        kept.append(deal)
    return kept


def draw_deals(people: list[Person]) -> pd.DataFrame:
    """All deals with their true end; wins are spread evenly in time, so the planted rates hold in every half-year."""
    rng = generator(2)
    deals = [deal for person in people for deal in place_deals(rng, person)]
    owed = {part: float(rng.random()) for part in WIN_RATES}
    for deal in sorted(
        deals, key=lambda deal: (str(deal["ended_on"]), str(deal["customer_id"]), str(deal["amount"]))
    ):
        part = deal["person"].part
        # Half evenly, half by chance: the rates hold, the order of wins is not a pattern.
        owed[part] += WIN_RATES[part]
        if part == "silent" and deal["ended_on"] > as_date(deal["person"].active_to):
            deal["won"] = False
            continue
        chance = rng.random() < 0.5 + (owed[part] - 0.5) * 0.9
        deal["won"] = bool(chance and WIN_RATES[part] > 0)
        owed[part] -= float(deal["won"])
    frame = pd.DataFrame(settle_region_of_luck(deals))
    frame = frame.sort_values(["opened_on", "customer_id", "amount"], kind="stable").reset_index(drop=True)
    frame.insert(0, "deal_id", [f"D{number:04d}" for number in range(1, len(frame) + 1)])
    return frame


def deals_at(deals: pd.DataFrame, on: date) -> pd.DataFrame:
    """The deals file as exported at the end of day `on`: later ends are not known, later deals not there."""
    known = deals[deals["opened_on"] <= on].copy()
    ended = known["ended_on"] <= on
    known["closed_on"] = known["ended_on"].where(ended, None)
    known["state"] = np.where(ended, np.where(known["won"], "won", "lost"), "open")
    steps = np.select([known["mood"] < 0.35, known["mood"] < 0.70, known["mood"] < 0.93], STEPS, "On hold")
    known["stage"] = np.where(ended, np.where(known["won"], "Won", "Lost"), steps)
    known["loss_reason"] = known["loss_reason"].where(known["state"] == "lost", "")
    columns = ["deal_id", "customer_id", "opened_on", "expected_on", "closed_on", "stage", "state", "kind",
               "amount", "product", "rep", "channel", "loss_reason"]  # fmt: skip
    return known[columns].reset_index(drop=True)


def draw_line(rng: np.random.Generator, person: Person, amount: float) -> Row:
    """One order line worth about `amount`: a product that fits, a whole quantity, a price in 元 with two decimals."""
    fitting = [name for name, (_, _, price) in words.PARTS.items() if price <= amount * 1.3] or [
        "Filter element"
    ]
    product = fitting[-1 - int(rng.random() ** 1.5 * len(fitting))]
    _, family, usual = words.PARTS[product]
    unit_price = round(usual * float(np.exp(0.08 * rng.normal())), 2)
    quantity = max(1, round(amount / unit_price))
    return {
        "quantity": quantity,
        "unit_price": unit_price,
        "amount": round(quantity * unit_price, 2),
        "product": product,
        "family": family,
    }


def order_lines(rng: np.random.Generator, person: Person) -> list[Row]:
    """The parts and service a customer buys in its rhythm; newcomers place at most one first order."""
    if person.part == "newcomer":
        met = as_position(person.first_contact_on or NEXT_ON)
        first = met + 5 + int(rng.random() * 40)
        positions = [first] if rng.random() < 0.5 and first < DAYS else []
    else:
        positions = draw_rhythm(
            rng, person.orders_per_year, person.regularity, person.active_from, person.active_to
        )
        if not positions and person.orders_per_year > 0:
            positions = draw_spread(rng, 1, person.active_from, max(person.active_from, person.active_to))
    lines = []
    for number, position in enumerate(positions):
        count = 1 + int(rng.random() < 0.05) + int(rng.random() < 0.01)
        worth = person.order_amount * float(np.exp(0.75 * rng.normal()))
        for line in range(1, count + 1):
            drawn = draw_line(rng, person, worth / count)
            lines.append({"group": f"{person.customer_id}/{number}", "line": line, "person": person,
                          "ordered_on": as_date(position), "reference": "", **drawn})  # fmt: skip
    return lines


def refund_of(rng: np.random.Generator, line: Row) -> Row | None:
    """A later return of one line, whole or in part, booked on its own day as its own order."""
    if rng.random() > 0.016:
        return None
    booked_on = line["ordered_on"] + timedelta(days=int(4 + rng.random() * 38))
    quantity = max(1, int(line["quantity"] * rng.choice([1.0, 0.5])))
    person = line["person"]
    if booked_on > NEXT_ON or (person.part == "silent" and booked_on > date(2026, 6, 25)):
        return None
    amount = -round(quantity * line["unit_price"], 2)
    return {**line, "group": f"{line['group']}/return", "line": 1, "ordered_on": booked_on,
            "quantity": -quantity, "amount": amount}  # fmt: skip


def project_lines(rng: np.random.Generator, deals: pd.DataFrame) -> list[Row]:
    """Each won deal becomes one order line of its amount within days; `reference` names the deal."""
    lines = []
    for deal in deals[deals["won"]].to_dict("records"):
        ordered_on = deal["ended_on"] + timedelta(days=int(rng.random() * 9))
        if ordered_on <= NEXT_ON:
            lines.append({
                "group": f"{deal['customer_id']}/{deal['deal_id']}", "line": 1, "person": deal["person"],
                "ordered_on": ordered_on, "reference": deal["deal_id"], "quantity": 1,
                "unit_price": deal["amount"], "amount": deal["amount"], "product": deal["product"],
                "family": words.PROJECTS[deal["product"]][1],
            })  # fmt: skip
    return lines


def draw_orders(people: list[Person], deals: pd.DataFrame) -> pd.DataFrame:
    """All order lines of the 24 months, numbered by day."""
    rng = generator(3)
    lines = [line for person in people for line in order_lines(rng, person)]
    lines += [refund for line in list(lines) if (refund := refund_of(rng, line))]
    lines += project_lines(rng, deals)
    frame = pd.DataFrame(lines)
    frame["customer_id"] = [person.customer_id for person in frame["person"]]
    frame["rep"] = [person.owner for person in frame["person"]]
    rates = np.array([words.MARGIN_RATES[family] for family in frame["family"]])
    margin_rates = rates * np.exp(0.15 * rng.normal(size=len(frame)))
    frame["margin"] = (frame["amount"] * margin_rates).round()
    # A margin nobody entered is blank, not zero.
    frame.loc[rng.random(len(frame)) < 0.02, "margin"] = np.nan
    paid = rng.random(len(frame))
    frame["paid_amount"] = frame["amount"].where(paid < 0.86, 0.0)
    frame.loc[(paid >= 0.86) & (paid < 0.93), "paid_amount"] = (frame["amount"] * 0.3).round(2)
    frame = frame.sort_values(["ordered_on", "group", "line"], kind="stable").reset_index(drop=True)
    frame["order_id"] = "S" + (frame["group"].ne(frame["group"].shift()).cumsum()).map("{:05d}".format)
    return frame[ORDER_COLUMNS]
