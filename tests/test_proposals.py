"""Each row of the table of defaults gets its method, window and outcome, with a sentence in both languages."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation.i18n import LANGUAGES, Language, catalogue
from segmentation.methods.registry import make
from segmentation.proposals import Proposal, find_shape, profile, propose
from tests.random_worlds import MemoryBook

END = date(2025, 12, 31)
SHARED = Path(__file__).parents[1] / "../shared/data"


def orders(
    gap_days: int, customers: int = 150, years: float = 3, jitter: int = 3, on: int | None = None
) -> pd.DataFrame:
    """Every customer orders each `gap_days` up to END, a few days early; `on` = always this day of the month."""
    random = np.random.default_rng(gap_days)
    made = [
        (f"c{c}", END - timedelta(int(step * gap_days + random.integers(0, jitter + 1))))
        for c in range(customers)
        for step in range(max(1, int(years * 365 / gap_days)))
    ]
    frame = pd.DataFrame(made, columns=["customer_id", "ordered_on"])
    if on:
        frame["ordered_on"] = [day.replace(day=on) for day in frame["ordered_on"]]
    return frame.assign(order_id=[f"o{n}" for n in range(len(frame))], amount=100.0)


def deals(count: int = 200, days: int = 60, kind: str = "new", **more: object) -> pd.DataFrame:
    opened = [END - timedelta(700 - 2 * n % 600) for n in range(count)]
    frame = pd.DataFrame(
        {
            "deal_id": [f"d{n}" for n in range(count)],
            "customer_id": [f"c{n % 120}" for n in range(count)],
            "opened_on": opened,
            "closed_on": [day + timedelta(days) for day in opened],
            "state": ["won" if n % 3 == 0 else "lost" for n in range(count)],
            "kind": kind,
            "amount": 1000.0,
        }
    )
    return frame.assign(**more)


def proposed(**frames: pd.DataFrame) -> Proposal:
    found = propose(MemoryBook(frames, END))
    # Whatever is proposed exists, and every reason can be said.
    make(found.scheme.method, found.scheme.method_params)
    for code in LANGUAGES:
        for reason in found.reasons:
            said = Language(code).say(reason.code, **reason.facts)
            assert said != reason.code and "{" not in said and "–" not in said, said
    return found


def told(found: Proposal) -> tuple[object, ...]:
    scheme = found.scheme
    return (
        found.shape,
        scheme.method,
        scheme.method_params["window_days"],
        scheme.outcome,
        scheme.outcome_days,
    )


@pytest.mark.parametrize(
    ("gap_days", "window_days", "outcome_days"),
    [(41, 365, 90), (15, 365, 30), (100, 365, 180), (140, 730, 180)],
)
def test_repeat_orders_get_rfm_with_a_window_of_four_gaps(gap_days, window_days, outcome_days) -> None:
    found = proposed(orders=orders(gap_days, years=4))
    assert told(found) == ("repeat", "rfm", window_days, "repurchase", outcome_days)
    assert found.window.facts["months"] == window_days // 30
    assert abs(found.window.facts["gap"] - gap_days) <= 1


def test_rare_orders_get_a_scorecard_over_36_months_or_all_there_is() -> None:
    assert told(proposed(orders=orders(300, years=5))) == ("rare", "scorecard", 1095, "repurchase", 365)
    assert told(proposed(orders=orders(300, years=3))) == ("rare", "scorecard", None, "repurchase", 180)
    assert proposed(orders=orders(300, years=0.5)).method.code == "proposal.method.rare_few"
    twice = proposed(orders=orders(100, years=0.56))
    assert told(twice)[:2] == ("between", "rfm")
    few = pd.concat(
        [
            orders(120, customers=30, years=3),
            orders(120, customers=470, years=0.3).assign(
                customer_id=lambda f: "x" + f["customer_id"], ordered_on=END - timedelta(700)
            ),
        ]
    )
    assert proposed(orders=few).method.code == "proposal.method.rare_few"


def test_rare_orders_with_deals_are_judged_by_deals_won() -> None:
    found = proposed(orders=orders(300, years=5), deals=deals(days=120))
    assert told(found) == ("rare", "scorecard", 1095, "win_rate", 180)
    assert found.outcome_days.facts["basis"] == 120


def test_renewals_get_value_and_contacts_over_12_months() -> None:
    touches = pd.DataFrame({"customer_id": ["c1"], "at": [pd.Timestamp(END)], "kind": ["call"]})
    found = proposed(deals=deals(days=100, kind="renewal"), touches=touches)
    assert told(found) == ("subscription", "scorecard", 365, "win_rate", 180)
    assert found.scheme.method_params["order_count_points"] == 0
    dated = pd.DataFrame({"customer_id": [f"c{n}" for n in range(150)], "renewal_on": END})
    assert proposed(customers=dated, orders=orders(41)).shape == "subscription"


def test_mostly_deals_are_judged_by_deals_won_over_6_months() -> None:
    found = proposed(deals=deals())
    assert told(found) == ("deals", "scorecard", 182, "win_rate", 90)
    assert found.scheme.method_params["preset"] == "three_factors"
    touches = pd.DataFrame({"customer_id": ["c1"], "at": [pd.Timestamp(END)], "kind": ["call"]})
    assert proposed(deals=deals(), touches=touches).scheme.method_params["preset"] == "leads"
    assert proposed(deals=deals(), orders=orders(41, customers=10)).shape == "deals"
    assert proposed(deals=deals(), orders=orders(41)).shape == "repeat"


def test_a_flat_sheet_is_taken_as_recorded_with_the_columns_that_exist() -> None:
    attributes = [
        '{"city": "x", "1st": "5", "same": "1", "a": "2", "b": "0.5", "c": "3"}',
        '{"city": "y", "1st": "6", "same": "1", "a": "4", "b": "7.5", "c": "-3"}',
    ]
    customers = pd.DataFrame({"customer_id": ["a", "b"], "attributes": attributes})
    flat = pd.DataFrame({"deal_id": ["1", "2"], "customer_id": ["a", "b"], "state": ["won", "lost"]})
    found = propose(MemoryBook({"customers": customers, "deals": flat}, None))
    assert told(found) == ("flat", "scorecard", None, "recorded", 90)
    assert found.scheme.method_params["attributes"] == ("1st", "a", "b")
    assert found.profile.number_columns == ("1st", "a", "b", "c")
    assert found.method.code == "proposal.method.flat"


def test_a_column_that_sounds_known_only_afterwards_is_no_factor_and_is_named() -> None:
    """The longer a call the more it sold: `duration` would put the answer into the score."""
    attributes = [
        f'{{"duration": "{n}", "age": "{n + 3}", "通话时长": "{n * 2}", "visits": "{n}"}}' for n in (1, 2)
    ]
    customers = pd.DataFrame({"customer_id": ["a", "b"], "attributes": attributes})
    flat = pd.DataFrame({"deal_id": ["1", "2"], "customer_id": ["a", "b"], "state": ["won", "lost"]})
    found = propose(MemoryBook({"customers": customers, "deals": flat}, None))
    assert found.scheme.method_params["attributes"] == ("age", "visits")
    assert found.method.code == "proposal.method.flat.late"
    assert set(found.method.facts["names"].split(", ")) == {"duration", "通话时长"}
    for code in LANGUAGES:
        assert "duration" in Language(code).say(found.method.code, **found.method.facts)


def test_months_side_by_side_get_abc_by_sales() -> None:
    found = proposed(orders=orders(30, on=1))
    assert told(found) == ("months", "abc", 365, "repurchase", 90)
    assert (found.scheme.policy.kind, found.scheme.policy.cuts) == ("value", (0.7, 0.9))
    ends = orders(30, on=1).assign(ordered_on=lambda f: [d - timedelta(1) for d in f["ordered_on"]])
    assert proposed(orders=ends).shape == "months"


def test_fewer_than_100_customers_get_three_bins() -> None:
    assert proposed(orders=orders(41, customers=99)).scheme.method_params == {"window_days": 365, "bins": 3}
    assert "bins" not in proposed(orders=orders(41, customers=100)).scheme.method_params


@pytest.mark.parametrize(
    ("years", "days", "window"), [(0.9, 90, None), (0.6, 30, None), (0.2, 22, None), (1.5, 90, 365)]
)
def test_the_outcome_window_is_at_most_a_third_of_the_history(years, days, window) -> None:
    found = proposed(orders=orders(41 if years > 0.3 else 10, years=years, jitter=0))
    if years == 0.2:
        assert found.scheme.outcome_days <= found.profile.history_days // 3
        return
    assert (found.scheme.outcome_days, found.scheme.method_params["window_days"]) == (days, window)


def test_nothing_at_all_still_gives_a_scheme() -> None:
    found = propose(MemoryBook({}, None))
    assert told(found) == ("nothing", "scorecard", None, "first_order", 90)


def test_the_profile_ignores_what_lies_after_the_last_date() -> None:
    later = pd.concat(
        [
            orders(41),
            pd.DataFrame(
                {
                    "customer_id": ["c1"],
                    "order_id": ["z"],
                    "amount": [1.0],
                    "ordered_on": [END + timedelta(3000)],
                }
            ),
        ]
    )
    assert profile(MemoryBook({"orders": later}, END)) == profile(
        MemoryBook({"orders": orders(41)}, END)
    ).__class__(**{**vars(profile(MemoryBook({"orders": orders(41)}, END))), "order_rows": len(later)})


def test_every_reason_is_in_both_catalogues() -> None:
    codes = {message for message in catalogue("en")._catalog if str(message).startswith("proposal.")}  # type: ignore[attr-defined]
    assert codes == {m for m in catalogue("zh")._catalog if str(m).startswith("proposal.")}  # type: ignore[attr-defined]
    assert len(codes) > 20


@pytest.mark.skipif(not SHARED.exists(), reason="the real data at ../shared/data are absent")
def test_the_maven_pipeline_is_mostly_deals() -> None:
    raw = pd.read_csv(SHARED / "crm_maven/sales_pipeline.csv")
    frame = pd.DataFrame(
        {
            "deal_id": raw["opportunity_id"],
            "customer_id": raw["account"],
            "amount": raw["close_value"],
            "opened_on": pd.to_datetime(raw["engage_date"]).dt.date,
            "closed_on": pd.to_datetime(raw["close_date"]).dt.date,
            "state": raw["deal_stage"].str.lower().where(raw["close_date"].notna(), "open"),
        }
    )
    found = propose(MemoryBook({"deals": frame}, date(2017, 12, 31)))
    assert find_shape(found.profile) == "deals"
    assert found.profile.days_to_win == 57
    assert told(found) == ("deals", "scorecard", 182, "win_rate", 90)


def test_the_usual_gap_is_that_of_the_usual_customer() -> None:
    """Ten customers who order weekly have most of the gaps; the other ninety order every 80 days."""
    often = orders(7, customers=10, jitter=0)
    seldom = orders(80, customers=90, jitter=0)
    seldom = seldom.assign(customer_id="s" + seldom["customer_id"], order_id="s" + seldom["order_id"])
    found = profile(MemoryBook({"orders": pd.concat([often, seldom], ignore_index=True)}, END))
    assert found.order_interval_days == 80
