"""The planted truths, computed straight from the CSVs, hold and stand in the README with their figures."""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).parents[2] / "sample_data"
END = pd.Timestamp("2026-10-31")
MINUTES = {"visit": 180, "meeting": 60, "call": 15, "message": 10, "email": 10, "quotation": 60}
PLAYBOOK = {"A": 265, "B": 95, "C": 15}
Z_TWO_SIDED = {0.05: 1.959964, 0.025: 2.241403}


def wilson(won: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson (1927): centre and half width of the score interval."""
    rate = won / n
    centre, half = rate + z * z / (2 * n), z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


def can_tell(upper: tuple[int, int], lower: tuple[int, int]) -> bool:
    """Newcombe (1998, method 10) for two lines between three tiers: does the interval of the difference miss 0?"""
    (a, n), (b, m) = upper, lower
    z = Z_TWO_SIDED[0.025]
    low = a / n - b / m - sqrt((a / n - wilson(a, n, z)[0]) ** 2 + (wilson(b, m, z)[1] - b / m) ** 2)
    return low > 0


def sales(orders: pd.DataFrame, until: pd.Timestamp, days: int = 365) -> pd.Series:
    """Net sales of the window (until − days, until] of every customer with an order by then."""
    known = orders[orders["ordered_on"] <= until]
    recent = known[known["ordered_on"] > until - pd.Timedelta(days=days)]
    ids = pd.Index(sorted(known["customer_id"].unique()), name="customer_id")
    return recent.groupby("customer_id")["amount"].sum().reindex(ids).fillna(0.0)


def true_tiers(values: pd.Series) -> pd.Series:
    """A = best 10 %, B = the next 30 %, C = the rest, by `values`."""
    ranked = values.sort_values(ascending=False, kind="stable")
    tiers = pd.Series("C", index=ranked.index)
    tiers.iloc[: int(len(ranked) * 0.4)] = "B"
    tiers.iloc[: len(ranked) // 10] = "A"
    return tiers


def counts(frame: pd.DataFrame, tier: str, yes: str) -> dict[str, tuple[int, int]]:
    return {t: (int(g[yes].sum()), len(g)) for t, g in frame.groupby(tier)}


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def stands(readme: str, name: str, value: str) -> None:
    assert f"| {name} | {value} |" in readme


def test_effort_goes_where_value_does_not(readme: str, orders: pd.DataFrame, touches: pd.DataFrame) -> None:
    value = sales(orders, END)
    tiers = true_tiers(value)
    recent = touches[touches["at"] > END - pd.Timedelta(days=90)]
    worked = (
        recent.groupby(recent["customer_id"].map(tiers).fillna("none"))["worked"].sum()
        / recent["worked"].sum()
    )
    share = value.groupby(tiers).sum() / value.sum()
    assert share["C"] < 0.06 and worked["C"] > 0.35
    assert share["A"] > 0.6 and worked["A"] < 0.30
    for tier, text in (("A", "best 10 %"), ("B", "next 30 %"), ("C", "last 60 %")):
        stands(readme, f"sales of the {text}, 12 months", percent(share[tier]))
        stands(readme, f"contact minutes of the {text}, 90 days", percent(worked[tier]))
    stands(readme, "contact minutes on customers without an order", percent(worked["none"]))


def test_money_was_meant_for_the_crowd(readme: str) -> None:
    spend = pd.read_csv(FOLDER / "spend.csv").groupby("tier")["amount"].sum()
    share = spend / spend.sum()
    assert share["C"] > 0.45
    stands(readme, "money spent on tier C", percent(share["C"]))


def rfm_tiers(orders: pd.DataFrame, customers: pd.DataFrame) -> pd.Series:
    """RFM over 12 months, five bins, ties together; A, B = whole groups of equal scores up to 10 and 40 %."""
    value, bought = sales(orders, END), orders[orders["amount"] >= 0]
    days = (END - orders.groupby("customer_id")["ordered_on"].max()).dt.days
    year = bought[bought["ordered_on"] > END - pd.Timedelta(days=365)]
    often = year.groupby("customer_id")["order_id"].nunique().reindex(value.index).fillna(0)
    rated = ~value.index.isin(too_new(orders, customers))
    score = pd.Series(0.0, index=value.index[rated])
    for measure in (-days, often, value):
        score += np.ceil(measure[rated].rank(pct=True) * 5)
    reached = score.value_counts().sort_index(ascending=False).cumsum() / len(score)
    lines = [reached.index[reached <= share].min() for share in (0.1, 0.4)]
    return pd.Series(np.select([score >= lines[0], score >= lines[1]], ["A", "B"], "C"), index=score.index)


def test_a_director_sees_the_point_at_once(
    readme: str, customers: pd.DataFrame, orders: pd.DataFrame, touches: pd.DataFrame
) -> None:
    tiers = rfm_tiers(orders, customers).reindex(customers.index).fillna("unrated")
    recent = touches[touches["at"] > END - pd.Timedelta(days=90)]
    value = sales(orders, END).reindex(customers.index).fillna(0.0)
    hours = recent.groupby("customer_id")["worked"].sum().reindex(customers.index).fillna(0.0)
    sizes = tiers.value_counts()
    a_sales, a_hours = (s.groupby(tiers).sum()["A"] / s.sum() for s in (value, hours))
    assert 0.50 <= a_sales <= 0.60 and 0.20 <= a_hours <= 0.25
    stands(
        readme,
        "RFM tiers A + B + C + not rated",
        " + ".join(str(sizes[t]) for t in ("A", "B", "C", "unrated")),
    )
    stands(readme, "sales of RFM tier A", percent(a_sales))
    stands(readme, "hours of RFM tier A", percent(a_hours))


def test_repurchase_differs_by_true_tier(readme: str, orders: pd.DataFrame) -> None:
    check = END - pd.Timedelta(days=90)
    tiers = true_tiers(sales(orders, check))
    after = orders[(orders["ordered_on"] > check) & (orders["amount"] >= 0)]
    frame = pd.DataFrame({"tier": tiers, "again": tiers.index.isin(after["customer_id"])})
    k = counts(frame, "tier", "again")
    assert can_tell(k["A"], k["B"]) and can_tell(k["B"], k["C"])
    for tier in "ABC":
        stands(readme, f"orders again within 90 days, true tier {tier}", f"{k[tier][0]}/{k[tier][1]}")


def test_win_rate_differs_by_true_tier_but_half_a_year_cannot_tell_a_from_b(
    readme: str, orders: pd.DataFrame, deals: pd.DataFrame
) -> None:
    closed = deals[deals["state"] != "open"].assign(won=deals["state"] == "won")
    # All 23 months: ranked by what was bought without a project, so that a win does not make its own tier.
    plain = orders[orders["reference"].isna()].groupby("customer_id")["amount"].sum()
    always = counts(closed.assign(tier=closed["customer_id"].map(true_tiers(plain))), "tier", "won")
    assert can_tell(always["A"], always["B"]) and can_tell(always["B"], always["C"])
    check = END - pd.Timedelta(days=180)
    recent = closed[closed["closed_on"] > check]
    recent = recent.assign(tier=recent["customer_id"].map(true_tiers(sales(orders, check))))
    k = counts(recent, "tier", "won")
    assert k["A"][0] / k["A"][1] > k["B"][0] / k["B"][1] > k["C"][0] / k["C"][1]
    assert not can_tell(k["A"], k["B"]) and can_tell(k["A"], k["C"])
    for tier in "ABC":
        stands(readme, f"deals won, 23 months, true tier {tier}", f"{always[tier][0]}/{always[tier][1]}")
        stands(readme, f"deals won, last 180 days, true tier {tier}", f"{k[tier][0]}/{k[tier][1]}")


def test_one_seller_is_overloaded(readme: str, customers: pd.DataFrame, orders: pd.DataFrame) -> None:
    tiers = true_tiers(sales(orders, END)).reindex(customers.index)
    need = tiers.map(PLAYBOOK).fillna(0.0).groupby(customers["owner"]).sum() / 60
    reps = pd.read_csv(FOLDER / "reps.csv").set_index("rep_id")
    available = reps["hours_per_month"] * 0.6
    assert len(reps) == 14 and set(customers["owner"]) == set(reps.index)
    over = need[need > 1.25 * available[need.index]]
    assert list(over.index) == ["郑文博"] and over.iloc[0] > 1.8 * available["郑文博"]
    stands(readme, "customers of 郑文博", str((customers["owner"] == "郑文博").sum()))
    stands(readme, "hours 郑文博 needs a month", f"{over.iloc[0]:.0f} of {available['郑文博']:.0f}")
    stands(readme, "hours all fourteen need a month", f"{need.sum():.0f} of {available.sum():.0f}")


def silent_customers(orders: pd.DataFrame) -> pd.Index:
    """Ten or more order days, a median gap of at most 35 days, and nothing for more than 120 days."""
    days = orders[orders["amount"] >= 0][["customer_id", "ordered_on"]].drop_duplicates()
    by = days.sort_values(["customer_id", "ordered_on"]).groupby("customer_id")["ordered_on"]
    gaps = by.apply(lambda column: column.diff().dt.days.median())
    return gaps.index[(gaps <= 35) & (by.size() >= 10) & ((END - by.max()).dt.days > 120)]


def test_accounts_fall_silent(readme: str, orders: pd.DataFrame, touches: pd.DataFrame) -> None:
    silent = silent_customers(orders)
    before = orders[(orders["ordered_on"] > "2025-04-30") & (orders["ordered_on"] <= "2026-04-30")]
    lost = before[before["customer_id"].isin(silent)]["amount"].sum()
    assert len(silent) == 24 and lost > 1_000_000
    contacted = touches[(touches["at"] > "2026-08-02") & touches["customer_id"].isin(silent)]
    assert contacted["customer_id"].nunique() <= 1
    stands(readme, "customers fallen silent", str(len(silent)))
    stands(readme, "their sales May 2025 to April 2026", f"{lost:,.0f}")


def test_a_promising_group_has_no_orders(
    readme: str, customers: pd.DataFrame, orders: pd.DataFrame, touches: pd.DataFrame, deals: pd.DataFrame
) -> None:
    group = customers.index[customers["industry"] == "New-energy batteries"]
    recent = touches[touches["at"] > END - pd.Timedelta(days=90)].groupby("customer_id").size()
    hopes = deals[(deals["state"] == "open") & deals["customer_id"].isin(group)]
    assert not orders["customer_id"].isin(group).any()
    assert (recent.reindex(group) >= 3).all() and set(hopes["customer_id"]) == set(group)
    others = recent.reindex(customers.index.difference(group)).fillna(0)
    assert recent[group].mean() > 3 * others.mean()
    stands(readme, "customers in New-energy batteries", str(len(group)))
    stands(readme, "their open deals", f"{len(hopes)} for {hopes['amount'].sum():,.0f}")
    stands(readme, "their contacts in 90 days", str(int(recent[group].sum())))


def test_hainan_looks_good_by_luck_only(readme: str, customers: pd.DataFrame, deals: pd.DataFrame) -> None:
    closed = deals[deals["state"] != "open"].assign(won=deals["state"] == "won")
    k = counts(closed.assign(region=closed["customer_id"].map(customers["region"])), "region", "won")
    rates = {region: won / n for region, (won, n) in k.items()}
    average = closed["won"].mean()
    low, high = wilson(*k["Hainan"])
    assert max(rates, key=lambda region: rates[region]) == "Hainan"
    assert rates["Hainan"] > 1.5 * average and low < average < high
    stands(readme, "deals won in Hainan", f"{k['Hainan'][0]}/{k['Hainan'][1]}")
    stands(readme, "95 % interval (Wilson)", f"{percent(low)} to {percent(high)}")
    stands(readme, "deals won everywhere", f"{int(closed['won'].sum())}/{len(closed)}")


def test_old_grades_are_mediocre(readme: str, customers: pd.DataFrame, orders: pd.DataFrame) -> None:
    check = END - pd.Timedelta(days=180)
    later = orders[orders["ordered_on"] > check].groupby("customer_id")["amount"].sum()
    before = sales(orders, check).reindex(customers.index).fillna(0.0)
    graded = customers[customers["grade"].notna()]
    later, before = later.reindex(graded.index).fillna(0.0), before[graded.index]
    grade = graded["grade"].map({"A": 4, "B": 3, "C": 2, "D": 1})
    by_grade, by_sales = grade.rank().corr(later.rank()), before.rank().corr(later.rank())
    assert 0.1 < by_grade < 0.35 and by_sales > by_grade + 0.25
    stands(readme, "grade and sales of the next 180 days (Spearman)", f"{by_grade:.2f}")
    stands(readme, "last year's sales and sales of the next 180 days", f"{by_sales:.2f}")
    stands(readme, "customers without a grade", str(int(customers["grade"].isna().sum())))


def too_new(orders: pd.DataFrame, customers: pd.DataFrame) -> pd.Index:
    bought = orders[orders["amount"] >= 0].groupby("customer_id")
    first = bought["ordered_on"].min().reindex(customers.index)
    times = bought["order_id"].nunique().reindex(customers.index).fillna(0)
    young = ((END - customers["first_contact_on"]).dt.days < 90) | ((END - first).dt.days < 90)
    return customers.index[young & (times < 2)]


def test_some_customers_cannot_be_rated(
    readme: str, customers: pd.DataFrame, orders: pd.DataFrame, touches: pd.DataFrame
) -> None:
    bought, contacted = (
        customers.index.isin(orders["customer_id"]),
        customers.index.isin(touches["customer_id"]),
    )
    new, neither = len(too_new(orders, customers)), int((~bought & ~contacted).sum())
    assert new >= 20 and neither >= 10
    stands(readme, "customers too new to be rated", str(new))
    stands(readme, "customers with neither order nor contact", str(neither))
    stands(readme, "customers without an order", str(int((~bought).sum())))


def test_a_won_deal_becomes_an_order(readme: str, orders: pd.DataFrame, deals: pd.DataFrame) -> None:
    won = deals[(deals["state"] == "won") & (deals["closed_on"] <= END - pd.Timedelta(days=9))]
    linked = won.merge(orders, left_on="deal_id", right_on="reference", suffixes=("", "_order"), how="left")
    assert len(linked) == len(won) and (linked["amount"] == linked["amount_order"]).all()
    assert (linked["customer_id"] == linked["customer_id_order"]).all()
    assert ((linked["ordered_on"] - linked["closed_on"]).dt.days.between(0, 8)).all()
    stands(readme, "orders that name a deal", str(int(orders["reference"].notna().sum())))


def test_refunds_blank_minutes_and_every_kind_are_there(
    readme: str, orders: pd.DataFrame, touches: pd.DataFrame
) -> None:
    refunds = orders[orders["amount"] < 0]
    assert set(touches["kind"]) == set(MINUTES) and (refunds["quantity"] < 0).all()
    stands(readme, "refund lines", f"{len(refunds)} for {refunds['amount'].sum():,.2f}")
    stands(readme, "contacts without minutes", percent(touches["minutes"].isna().mean()))
    stands(readme, "net amount of all orders", f"{orders['amount'].sum():,.2f}")


def test_the_data_call_for_rfm_over_twelve_months_and_ninety_days(
    orders: pd.DataFrame, deals: pd.DataFrame
) -> None:
    """Half of the customers order three times, every 60 to 90 days, and it is no subscription."""
    assert (deals["kind"] != "new").mean() < 0.25
    bought = orders[orders["amount"] >= 0]
    assert (bought.groupby("customer_id")["order_id"].nunique() >= 3).sum() >= 0.5 * 1200
    days = bought[["customer_id", "ordered_on"]].drop_duplicates().sort_values(["customer_id", "ordered_on"])
    gaps = days.groupby("customer_id")["ordered_on"].apply(lambda column: column.diff().dt.days.median())
    assert 60 <= gaps.median() < 90


def test_sales_are_seasonal_and_concentrated(orders: pd.DataFrame) -> None:
    months = orders[orders["ordered_on"] < "2026-10-01"].groupby(orders["ordered_on"].dt.month).size()
    assert months[2] < 0.6 * months[3]
    value = sales(orders, END).sort_values(ascending=False)
    assert value.iloc[: len(value) // 5].sum() > 0.8 * value.sum()
    assert abs(float(np.log(orders.loc[orders["amount"] > 0, "amount"]).skew())) < 1.5
