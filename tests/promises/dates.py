"""T rows: which day it was."""

from __future__ import annotations

from datetime import date, datetime

import openpyxl

from segmentation.features import build_features
from tests.promises.promise import Brought, Promise
from tests.promises.table import csv_file, saved, workbook

HEADER = ["order id", "customer id", "order date", "amount"]


def _orders(*days: str, header: str = "order date", name: str = "orders.csv") -> list[tuple[str, bytes]]:
    lines = [f"O{place},A,{day},{place}0" for place, day in enumerate(days, 1)]
    return csv_file(f"order id,customer id,{header},amount\n" + "\n".join(lines) + "\n", name=name)


def _sheet(*days: object) -> list[tuple[str, bytes]]:
    return workbook({"orders": [HEADER, *([f"O{n}", "A", day, n * 10] for n, day in enumerate(days, 1))]})


def _days(brought: Brought, *expected: str) -> None:
    found = [str(row["ordered_on"]) for row in brought.rows("orders")]
    assert found == list(expected), found


def _rejected(brought: Brought, *expected: tuple[str, str, str]) -> None:
    rows = brought.rejected
    found = list(zip(rows["cell"], rows["value"], rows["reason"], strict=True))
    assert found == list(expected), found


def _proposed(brought: Brought, code: str, answer: str, *options: str) -> None:
    (asked,) = [question for question in brought.questions if question.code == code]
    assert asked.proposed == answer, asked.proposed
    assert not options or {value for value, _ in asked.options} == set(options), asked.options


def _of_1904(*days: object) -> list[tuple[str, bytes]]:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(HEADER)
    for place, day in enumerate(days, 1):
        book.active.append([f"O{place}", "A", day, place])
    return saved(book)


def _serials(brought: Brought) -> None:
    _days(brought, "2024-03-05", "2024-03-06")
    _proposed(brought, "ask.serial", "yes")


def _year_first(brought: Brought) -> None:
    _days(brought, "2024-03-05", "2024-03-06", "2024-11-20")
    _proposed(brought, "ask.short_year", "year", "year", "day")


def _year_only(brought: Brought) -> None:
    """One digit for the last number: it can be no year."""
    _days(brought, "2024-03-05", "2024-03-16")
    _proposed(brought, "ask.short_year", "year", "year")


def _day_first_short(brought: Brought) -> None:
    _days(brought, "2024-04-03", "2024-04-15")
    _proposed(brought, "ask.short_year", "day")


def _year_supplied(brought: Brought) -> None:
    _days(brought, "2026-03-05", "2026-11-08")
    (asked,) = brought.questions
    assert (asked.code, asked.proposed) == ("ask.year.file", "2026")


def _order_asked(brought: Brought) -> None:
    _days(brought, "2024-04-03", "2024-06-05")
    _proposed(brought, "ask.order", "day", "day", "month")


def _order_remembered(brought: Brought) -> None:
    _days(brought, "2024-07-08")
    _proposed(brought, "ask.order", "month")


def _contradiction(brought: Brought) -> None:
    assert brought.error is not None
    facts = brought.error.facts
    assert facts["column"] == "order date"
    assert facts["a"] == "C3: 25/06/2024, C5: 26/06/2024" and facts["b"] == "C4: 06/25/2024", facts


def _marked(brought: Brought, code: str, *cells: str) -> None:
    assert brought.issue(code).cells == cells, brought.issue(code).cells


def _future(brought: Brought) -> None:
    _days(brought, "2026-11-03", "2099-01-01", "1899-12-31", "9999-12-31")
    _marked(brought, "i.strange_date", "orders!C3", "orders!C4", "orders!C5")
    assert brought.version is not None
    with brought.store.open(brought.version.number) as book:
        assert book.data_through_on == date(2026, 11, 3)
        features = build_features(book, date(2026, 11, 30), 365)
    assert features["recency_days"].tolist() == [27]


def _next_week(brought: Brought) -> None:
    _marked(brought, "i.future", "orders!C3")
    assert brought.version is not None
    with brought.store.open(brought.version.number) as book:
        assert book.data_through_on == date(2026, 11, 3)


def _plans(brought: Brought) -> None:
    told = [(str(row["expected_on"]), str(row["closed_on"])) for row in brought.rows("deals")]
    assert told == [("2027-03-01", "None"), ("2027-04-01", "None")], told


def _deals(text: str) -> list[tuple[str, bytes]]:
    return csv_file(
        "deal id,customer id,created date,expected close,close date,stage\n" + text, name="deals.csv"
    )


def _zones(brought: Brought) -> None:
    """23:30 in New York is the next day in UTC; the account's own zone decides the day."""
    _days(brought, "2024-03-06", "2024-03-05", "2024-03-05")


def _spend_months(brought: Brought) -> None:
    assert [str(row["month"]) for row in brought.rows("spend")] == ["2026-03-01", "2026-04-01"]


def _no_day(brought: Brought) -> None:
    _days(brought, "2024-03-01", "2024-04-02")
    _proposed(brought, "ask.month", "yes", "yes", "no")
    assert brought.upload is not None
    (line,) = brought.upload.corrected.to_dict("records")
    assert (line["cell"], line["value"], line["read_as"], line["reason"]) == (
        "C2",
        "2024-03",
        "2024-03-01",
        "month",
    )


def _no_day_refused(brought: Brought) -> None:
    _days(brought, "2024-04-02")
    _rejected(brought, ("C2", "2024-03", "no_day"))


def _month_of_customers(brought: Brought) -> None:
    """When a customer was first met is known to the month: taken as its first day, marked, not asked."""
    assert [str(row["first_contact_on"]) for row in brought.rows("customers")] == ["2020-03-01", "2018-05-01"]
    assert not brought.questions


def _backwards(brought: Brought) -> None:
    (row,) = brought.rows("deals")
    assert (str(row["opened_on"]), str(row["closed_on"])) == ("2026-05-01", "2026-04-01")
    _marked(brought, "i.closed_before_opened", "deals!E2")


def _all_five(brought: Brought) -> None:
    _days(brought, "2024-03-05", "2024-03-05", "2024-03-05", "2024-03-05", "2024-03-05")


PROMISES = (
    Promise(
        "T1", "OK", lambda: _sheet(date(2024, 3, 5), datetime(2024, 3, 6, 23, 30)),
        then=lambda brought: _days(brought, "2024-03-05", "2024-03-06"),
    ),
    Promise("T2", "ASK", lambda: _orders("45356", "45357"), ("ask.serial",), _serials),
    Promise(
        "T3", "FIX", lambda: _of_1904(date(2024, 3, 5), 43894), ("i.mark.serial",),
        lambda brought: _days(brought, "2024-03-05", "2024-03-05"),
    ),
    Promise(
        "T4", "ROW", says=("impossible_date",),
        files=lambda: _orders("1900-02-29", "2024-03-05", "60", "2024-03-06", "2024-03-07"),
        then=lambda brought: _rejected(
            brought, ("C2", "1900-02-29", "impossible_date"), ("C4", "60", "impossible_date")
        ),
    ),
    Promise(
        "T5", "OK", lambda: _orders("2024年3月5日", "2024.3.5", "20240305", "2024/3/5", "2024-03-05"), then=_all_five
    ),
    Promise("T6", "ASK", lambda: _orders("24-03-05", "24-03-06", "24-11-20"), ("ask.short_year",), _year_first),
    Promise("T6", "ASK", lambda: _orders("24-3-5", "24-3-16"), ("ask.short_year",), _year_only, name="one digit"),
    Promise(
        "T6", "ASK", lambda: _orders("03/04/24", "15/04/24"), ("ask.short_year",), _day_first_short, name="day first"
    ),
    Promise(
        "T6", "ASK", lambda: _orders("3-5", "11-8", name="orders 2026.csv"), ("ask.year.file",), _year_supplied,
        name="no year",
    ),
    Promise("T7", "ASK", lambda: _orders("03/04/2024", "05/06/2024"), ("ask.order",), _order_asked),
    Promise(
        "T7", "ASK", lambda: _orders("07/08/2024"), then=_order_remembered, name="remembered",
        given=lambda: _orders("03/14/2024", "05/06/2024"),
    ),
    Promise(
        "T8", "STOP", lambda: _orders("03/04/2024", "25/06/2024", "06/25/2024", "26/06/2024"), ("e.dates",),
        _contradiction,
    ),
    Promise(
        "T9", "ROW", lambda: _orders("2024-02-30", "2024-03-01"), ("impossible_date",),
        lambda brought: _rejected(brought, ("C2", "2024-02-30", "impossible_date")),
    ),
    Promise("T10", "FIX", lambda: _orders("2026-11-03", "2099-01-01", "1899-12-31", "9999-12-31"),
            ("i.strange_date",), _future),
    Promise("T10", "FIX", lambda: _orders("2026-11-03", "2026-12-08"), ("i.future",), _next_week, name="next week"),
    Promise(
        "T10", "OK", lambda: _deals("D1,A,2026-05-01,2027-03-01,,Negotiation\nD2,A,2026-05-01,2027-04-01,,Proposal\n"),
        then=_plans, name="plans",
    ),
    Promise(
        "T11", "OK", then=_zones,
        files=lambda: _orders("2024-03-05T23:30:00-05:00", "2024-03-05T23:30:00Z", "2024-03-06 07:30 +08:00"),
    ),
    Promise(
        "T12", "ASK", lambda: csv_file("月份,渠道,金额\n3月,展会,100\n4月,展会,200\n", name="2026年费用.csv"),
        ("ask.year.file",), _spend_months, name="of the year in the file name",
    ),
    Promise(
        "T12", "OK", lambda: csv_file("month,channel,amount\n2026-03,Fair,100\n2026-04,Fair,200\n", name="spend.csv"),
        then=_spend_months, name="a month column",
    ),
    Promise("T12", "ASK", lambda: _orders("2024-03", "2024-04-02"), ("ask.month",), _no_day),
    Promise(
        "T12", "ROW", lambda: _orders("2024-03", "2024-04-02"), ("no_day",), _no_day_refused, name="refused",
        answers={"month": "no"},
    ),
    Promise(
        "T12", "FIX", says=("i.mark.month",), then=_month_of_customers, name="first met",
        files=lambda: csv_file("客户编码,客户名称,首次合作\nA1,甲公司,2020年3月\nA2,乙公司,2018.05\n", name="客户.csv"),
    ),
    Promise(
        "T13", "FIX", lambda: _deals("D1,A,2026-05-01,,2026-04-01,Closed Won\n"),
        ("i.closed_before_opened",), _backwards,
    ),
)  # fmt: skip
