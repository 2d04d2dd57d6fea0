"""Hours now: minutes recorded or by default, once per message day, capped visits, and what is not on record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from segmentation.effort import DAYS_PER_MONTH, EFFORT_DAYS, build_effort
from segmentation.schemes import DEFAULT_MINUTES
from tests.random_worlds import DAYS, START, MemoryBook, make_frames
from tests.test_features import rows, touch_kind

D = date(2025, 6, 30)


def hours(minutes: float) -> float:
    return minutes / 60 * DAYS_PER_MONTH / 90


def one(*touches: dict[str, Any], minutes=DEFAULT_MINUTES) -> pd.Series:
    frame = pd.DataFrame(
        [{"customer_id": "c", "at": pd.Timestamp(D), "minutes": None, "reached": None} | t for t in touches]
    )
    return build_effort(MemoryBook({"touches": frame}), D, minutes).loc["c"]


@pytest.mark.parametrize("kind", [kind for kind in DEFAULT_MINUTES if kind not in ("automatic", "login")])
def test_a_touch_without_minutes_takes_the_default_of_its_kind(kind) -> None:
    assert one({"kind": kind})["hours_now"] == pytest.approx(hours(DEFAULT_MINUTES[kind]))
    assert one({"kind": kind}, minutes={**DEFAULT_MINUTES, kind: 7.0})["hours_now"] == pytest.approx(hours(7))


def test_half_and_double_change_estimated_visits_only() -> None:
    found = one({"kind": "visit"}, {"kind": "call"}, {"kind": "visit", "minutes": 100.0})
    assert found["hours_now"] == pytest.approx(hours(180 + 15 + 100))
    assert found["hours_half_visits"] == pytest.approx(hours(90 + 15 + 100))
    assert found["hours_double_visits"] == pytest.approx(hours(360 + 15 + 100))


def test_a_visit_is_capped_at_the_working_day_recorded_or_doubled() -> None:
    assert one({"kind": "visit", "minutes": 3000.0})["hours_now"] == pytest.approx(hours(480))
    assert one({"kind": "visit"}, minutes={**DEFAULT_MINUTES, "visit": 300.0})[
        "hours_double_visits"
    ] == pytest.approx(hours(480))
    assert one({"kind": "meeting", "minutes": 600.0})["hours_now"] == pytest.approx(hours(600))


def test_messages_of_one_day_are_one() -> None:
    day = pd.Timestamp(D)
    found = one(*({"kind": "message", "at": day + pd.Timedelta(hours=h)} for h in (1, 9, 23)))
    assert found["hours_now"] == pytest.approx(hours(10))
    apart = one({"kind": "message"}, {"kind": "message", "at": day - pd.Timedelta(days=1)})
    assert apart["hours_now"] == pytest.approx(hours(20))
    timed = one(*({"kind": "message", "minutes": minutes} for minutes in (5.0, 25.0, None)))
    assert timed["hours_now"] == pytest.approx(hours(25))


def test_automatic_messages_and_logins_are_no_record_and_an_unknown_kind_is_other() -> None:
    frame = pd.DataFrame(
        {
            "customer_id": list("abc"),
            "at": pd.Timestamp(D),
            "kind": ["automatic", "login", "fair"],
            "minutes": 60.0,
        }
    ).assign(minutes=[60.0, 60.0, None])
    found = build_effort(MemoryBook({"touches": frame}), D, DEFAULT_MINUTES)
    assert list(found.index) == ["c"]
    assert found.loc["c", "hours_now"] == pytest.approx(hours(15))


@pytest.mark.parametrize(("days_ago", "counted"), [(0, 1), (89, 1), (90, 0)])
def test_the_last_90_days_count_and_earlier_ones_are_on_record_with_zero(days_ago, counted) -> None:
    found = one({"kind": "call", "at": pd.Timestamp(D) - pd.Timedelta(days=days_ago)})
    assert found["hours_now"] == pytest.approx(hours(15 * counted))
    later = pd.DataFrame(
        {"customer_id": ["c"], "at": [pd.Timestamp(D) + pd.Timedelta(days=1)], "kind": ["call"]}
    )
    assert build_effort(MemoryBook({"touches": later}), D, DEFAULT_MINUTES).empty


def test_hours_equal_the_answer_worked_out_row_by_row() -> None:
    frames = make_frames(11, 400)
    as_of = START + timedelta(DAYS - 30)
    found = build_effort(MemoryBook(frames), as_of, DEFAULT_MINUTES)
    spent: dict[str, float] = {}
    messages: dict[tuple[str, date], list[float | None]] = {}
    for row in rows(frames["touches"]):
        kind, day, customer = touch_kind(row), row["at"].date(), row["customer_id"]
        if customer is None or day > as_of or kind in ("automatic", "login"):
            continue
        spent.setdefault(customer, 0.0)
        if day <= as_of - timedelta(EFFORT_DAYS):
            continue
        if kind == "message":
            messages.setdefault((customer, day), []).append(row["minutes"])
            continue
        default = DEFAULT_MINUTES.get(kind, DEFAULT_MINUTES["other"])
        took = default if row["minutes"] is None else row["minutes"]
        spent[customer] += min(took, 480) if kind == "visit" else took
    for (customer, _), took in messages.items():
        spent[customer] += max((m for m in took if m is not None), default=10.0)
    assert found["hours_now"].to_dict() == pytest.approx({c: hours(m) for c, m in spent.items()})
    assert list(found.index) == sorted(spent, key=str.encode)
