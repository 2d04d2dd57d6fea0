"""Small sheets through the whole intake: recognised, asked, kept, rejected, every row accounted for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from segmentation.errors import FileError, SettingError
from segmentation.intake import mappings
from segmentation.intake.reading import read_upload, recognise
from segmentation.tables import TABLES, storage_types
from tests.intake.grids_of import codes, csv_rows, parsed_of, stored, upload_of

ORDERS = csv_rows(
    """
    order_id | customer_id | order date | amount
    O1 | 001 | 2026-01-05 | 1,200.50
    O1 | 001 | 2026-01-05 | 30
    O2 | 2 | 2026-01-09 | -5
    """
)


def test_orders_keep_leading_zeros_refunds_and_exact_amounts(tmp_path: Path) -> None:
    upload = upload_of(tmp_path, {"orders.csv": ORDERS})
    rows = stored(upload, "orders")
    assert [(r["order_id"], r["line"], r["customer_id"], r["amount"]) for r in rows] == [
        ("O1", "1", "001", Decimal("1200.5000")), ("O1", "2", "001", Decimal("30.0000")),
        ("O2", "1", "2", Decimal("-5.0000")),
    ]  # fmt: skip
    assert [r["row_key"] for r in rows] == ["O1|1", "O1|2", "O2|1"]
    assert [r["source_row"] for r in rows] == [2, 3, 4]
    assert list(rows[0]) == list(storage_types(TABLES["orders"]))
    assert upload.table("orders").mode == "upsert"  # type: ignore[union-attr]


def test_bad_rows_are_rejected_with_cell_and_reason_and_the_account_closes(tmp_path: Path) -> None:
    rows = [
        *ORDERS, ["O3", "3", "2026-02-30", "5"], ["O4", "3", "2026-02-03", "待定"], ["", "", "", ""], ORDERS[0],
        ["O5", "", "2026-02-03", "7"], ["合计", "", "", "1232.50"],
    ]  # fmt: skip
    upload = upload_of(tmp_path, {"orders.csv": rows})
    (account,) = upload.accounts
    assert (account.read, account.accepted, account.rejected, account.excluded) == (9, 4, 2, 3)
    assert account.difference == 0
    assert list(upload.rejected["cell"]) == ["C5", "D6"]
    assert list(upload.rejected["reason"]) == ["impossible_date", "not_a_number"]
    assert stored(upload, "orders")[-1]["customer_id"] is None
    assert {"i.unmatched.orders", "total.agrees", "i.excluded.header", "i.excluded.blank"} <= codes(upload)


def test_a_wrong_total_is_reported_with_both_numbers(tmp_path: Path) -> None:
    upload = upload_of(tmp_path, {"orders.csv": [*ORDERS, ["Total", "", "", "1,300"]]})
    (issue,) = [issue for issue in upload.issues if issue.code == "total.differs"]
    assert (issue.facts["theirs"], issue.facts["ours"]) == (Decimal(1300), Decimal("1225.5"))


def test_amount_is_quantity_times_price_where_it_is_absent(tmp_path: Path) -> None:
    rows = csv_rows(
        "InvoiceNo|Quantity|InvoiceDate|UnitPrice|CustomerID|Country\n"
        "A|3|2010-12-01 08:26|0.335|7|UK\nB|-2|2010-12-02 09:00|4.25||UK"
    )
    upload = upload_of(tmp_path, {"retail.csv": rows})
    assert [r["amount"] for r in stored(upload, "orders")] == [Decimal("1.0050"), Decimal("-8.5000")]
    (customer,) = stored(upload, "customers")
    assert (customer["customer_id"], customer["region"]) == ("7", "UK")
    assert [a.difference for a in upload.accounts] == [0, 0]


def test_identical_rows_are_duplicates_only_with_a_unique_id(tmp_path: Path) -> None:
    header = ["order_id", "line", "customer", "date", "amount"]
    row = ["O1", "1", "A", "2026-01-05", "10"]
    upload = upload_of(tmp_path, {"orders.csv": [header, row, row]})
    assert (upload.accounts[-1].accepted, upload.accounts[-1].duplicate) == (1, 1)
    plain = upload_of(tmp_path, {"orders.csv": [header[2:], row[2:], row[2:]]})
    assert (plain.accounts[-1].accepted, plain.accounts[-1].duplicate) == (2, 0)
    assert plain.table("orders").mode == "replace"  # type: ignore[union-attr]
    assert plain.table("orders").period == (date(2026, 1, 5), date(2026, 1, 5))  # type: ignore[union-attr]
    again = upload_of(tmp_path, {"orders.csv": [header[2:], row[2:], row[2:]]})
    assert [r["row_key"] for r in stored(plain, "orders")] == [r["row_key"] for r in stored(again, "orders")]


def test_a_repeated_customer_number_with_other_values_is_told(tmp_path: Path) -> None:
    rows = csv_rows("customer id|name|region\n1|Ann|N\n1|Ann|N\n2|Bob|S\n2|Bob|W\n3|Cy|S")
    upload = upload_of(tmp_path, {"customers.csv": rows})
    assert [(r["customer_id"], r["region"]) for r in stored(upload, "customers")] == [
        ("1", "N"),
        ("2", "W"),
        ("3", "S"),
    ]
    assert upload.accounts[0].duplicate == 2
    (issue,) = [issue for issue in upload.issues if issue.code == "i.conflict"]
    assert (issue.severity, issue.rows) == ("decide", 1)


DEALS = csv_rows(
    """
    deal id | customer | stage | created date | close date | amount
    1 | A | Won | 2026-01-01 | 2026-02-01 | 10
    2 | A | Closed Lost | 2026-01-01 | 2026-03-01 | 20
    3 | B | Negotiation | 2026-01-01 | 2026-04-01 | 30
    4 | B | Security review | 2026-01-01 |  | 40
    5 | B | Duplicate | 2026-01-01 |  | 50
    """
)


def test_the_closing_date_of_an_open_deal_is_expected(tmp_path: Path) -> None:
    upload = upload_of(tmp_path, {"deals.csv": DEALS})
    rows = {r["deal_id"]: r for r in stored(upload, "deals")}
    assert [rows[key]["state"] for key in "1234"] == ["won", "lost", "open", "open"]
    assert (rows["3"]["closed_on"], rows["3"]["expected_on"]) == (None, date(2026, 4, 1))
    assert rows["1"]["closed_on"] == date(2026, 2, 1)
    assert upload.accounts[0].excluded == 1


def test_an_unknown_stage_is_asked_once_and_remembered(tmp_path: Path) -> None:
    parsed = parsed_of(tmp_path, {"deals.csv": DEALS})
    reading = recognise(parsed)
    (question,) = [q for q in reading.questions if q.code == "ask.stage.one"]
    assert question.proposed == "open"
    upload = read_upload(reading, {question.id: "lost"})
    assert {r["deal_id"]: r["state"] for r in stored(upload, "deals")}["4"] == "lost"
    text = mappings.to_toml(upload.mapping)
    assert mappings.to_toml(mappings.from_toml(text)) == text
    again = recognise(parsed, mappings.from_toml(text))
    assert next(q for q in again.questions if q.id == question.id).proposed == "lost"


def test_an_ambiguous_date_is_asked_and_a_contradiction_refused(tmp_path: Path) -> None:
    rows = csv_rows("order id|customer|date|amount\n1|A|03/04/2026|5\n2|A|05/06/2026|6")
    reading = recognise(parsed_of(tmp_path, {"orders.csv": rows}))
    (question,) = [q for q in reading.questions if q.code == "ask.order"]
    days = [r["ordered_on"] for r in stored(read_upload(reading, {question.id: "month"}), "orders")]
    assert days == [date(2026, 3, 4), date(2026, 5, 6)]
    bad = [*rows, ["3", "A", "25/06/2026", "1"], ["4", "A", "06/25/2026", "1"]]
    with pytest.raises(FileError) as error:
        recognise(parsed_of(tmp_path, {"orders.csv": bad}))
    assert error.value.code == "e.dates"


def test_a_decimal_comma_counts_for_the_whole_column(tmp_path: Path) -> None:
    rows = csv_rows("order id|customer|date|amount\n1|A|2026-01-05|1.234,50\n2|A|2026-01-06|1.234")
    upload = upload_of(tmp_path, {"orders.csv": rows})
    assert [r["amount"] for r in stored(upload, "orders")] == [Decimal("1234.5"), Decimal("1234")]


def test_lines_without_an_order_number_are_told_to_count_as_orders(tmp_path: Path) -> None:
    lines = "-|2026-01-04|5\n-|2026-01-04|6\nA|2026-01-05|1\nA|2026-01-05|2\nA|2026-01-05|3\nB|2026-01-06|4"
    without = upload_of(tmp_path, {"slips.csv": csv_rows(f"customer|date|amount\n{lines}")})
    (told,) = [issue for issue in without.issues if issue.code == "i.rows_as_orders"]
    assert told.facts == {"sheet": "slips", "n": 4, "days": 2}, "rows of nobody say nothing of order days"
    one_a_day = upload_of(
        tmp_path, {"slips.csv": csv_rows("customer|date|amount\nA|2026-01-05|1\nB|2026-01-06|4")}
    )
    numbered = [f"{place}|{line}" for place, line in enumerate(lines.split("\n"))]
    with_number = upload_of(
        tmp_path, {"slips.csv": csv_rows("\n".join(["order id|customer|date|amount", *numbered]))}
    )
    assert "i.rows_as_orders" not in codes(one_a_day) | codes(with_number)


def test_ids_that_excel_has_destroyed_are_refused(tmp_path: Path) -> None:
    rows = csv_rows("order id|customer|date|amount\n1.88E+10|A|2026-01-05|5")
    with pytest.raises(FileError) as error:
        upload_of(tmp_path, {"orders.csv": rows})
    assert error.value.code == "e.digits"


def test_a_sheet_of_no_table_is_skipped_beside_another_and_refused_alone(tmp_path: Path) -> None:
    products = csv_rows("product|series|sales_price\nX|S|5")
    upload = upload_of(tmp_path, {"orders.csv": ORDERS, "products.csv": products})
    assert "i.skipped" in codes(upload)
    with pytest.raises(FileError) as error:
        upload_of(tmp_path, {"products.csv": products})
    assert error.value.code in {"e.nottable", "e.nottable.none", "e.column"}


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    rows = csv_rows("order id|customer id|sales rep|amount\n1|A|Kim|5")
    with pytest.raises(FileError) as error:
        upload_of(tmp_path, {"orders.csv": rows})
    assert (error.value.code, error.value.facts["column"]) == ("e.column", "ordered on")


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError) as error:
        upload_of(tmp_path, {"orders.csv": ORDERS[:1]})
    assert error.value.code == "e.empty"


def test_a_flat_sheet_with_names_is_customers_and_dateless_deals(tmp_path: Path) -> None:
    rows = csv_rows(
        "客户名称|行业|来源|是否成交|热度\n甲|机床|展会|是|高\n乙|模具|官网|否|低\n丙|模具|官网|√|"
    )
    upload = upload_of(tmp_path, {"线索.csv": rows})
    assert [(r["customer_id"], r["channel"], r["attributes"]) for r in stored(upload, "customers")] == [
        ("甲", "展会", '{"热度": "高"}'), ("乙", "官网", '{"热度": "低"}'), ("丙", "官网", None)
    ]  # fmt: skip
    assert [(r["customer_id"], r["state"], r["closed_on"]) for r in stored(upload, "deals")] == [
        ("甲", "won", None), ("乙", "lost", None), ("丙", "won", None)
    ]  # fmt: skip
    assert "i.recorded" in codes(upload)


def test_without_id_and_name_each_row_is_its_own_customer(tmp_path: Path) -> None:
    rows = csv_rows("age|job|y\n30|admin|yes\n30|admin|yes\n41|maid|no")
    upload = upload_of(tmp_path, {"bank.csv": rows})
    assert [r["customer_id"] for r in stored(upload, "customers")] == ["#2", "#3", "#4"]
    assert [(r["customer_id"], r["state"]) for r in stored(upload, "deals")] == [
        ("#2", "won"),
        ("#3", "won"),
        ("#4", "lost"),
    ]


def test_own_size_is_never_purchases_and_a_grade_is_kept_apart(tmp_path: Path) -> None:
    rows = csv_rows("account|revenue|tier\nA|100|1\nB|200|2")
    (first, _) = stored(upload_of(tmp_path, {"accounts.csv": rows}), "customers")
    assert (first["size"], first["grade"], first["customer_id"]) == (100.0, "1", "A")


def test_names_in_other_sheets_find_the_customer_number(tmp_path: Path) -> None:
    customers = csv_rows(
        "客户编码|客户名称|客户简称\n01|昆山鸿特精密机械有限公司|昆山鸿特\n02|无锡锐泰动力科技有限公司|"
    )
    touches = csv_rows(
        "日期|客户|方式\n2026-01-05|昆山鸿特|上门\n2026-01-06|无锡锐泰|电话\n2026-01-07|江阴某|微信"
    )
    parsed = parsed_of(tmp_path, {"客户.csv": customers, "跟进.csv": touches})
    reading = recognise(parsed)
    (question,) = [q for q in reading.questions if q.code == "ask.alias.rows"]
    assert [r["customer_id"] for r in stored(read_upload(reading), "touches")] == ["01", "无锡锐泰", "江阴某"]
    answered = read_upload(reading, {question.id: "无锡锐泰动力科技有限公司"})
    assert [r["customer_id"] for r in stored(answered, "touches")] == ["01", "无锡锐泰", "江阴某"], (
        "as written"
    )
    assert [(pair.written, pair.meant) for pair in answered.aliases] == [("无锡锐泰", "02")]


def test_kinds_of_contact(tmp_path: Path) -> None:
    rows = csv_rows(
        "date|customer|type|subject|assigned\n2026-01-05|A|Call|No answer|Kim\n2026-01-05|A|Email|[Sequence] Step|Kim\n"
        "2026-01-05|A|Email|Re: price|Kim\n2026-01-06|A|上门|装机|Kim\n2026-01-06|A|Fax|x|Kim"
    )
    upload = upload_of(tmp_path, {"activities.csv": rows})
    assert [r["kind"] for r in stored(upload, "touches")] == [
        "not_reached",
        "automatic",
        "email",
        "visit",
        "other",
    ]
    assert [r["reached"] for r in stored(upload, "touches")][:2] == [False, None]


def test_a_person_corrects_table_and_column(tmp_path: Path) -> None:
    rows = csv_rows("order id|customer|date|amount|list\n1|A|2026-01-05|5|7")
    parsed = parsed_of(tmp_path, {"orders.csv": rows})
    name = recognise(parsed).sheets[0].signature
    reading = recognise(parsed, corrections={f"column:{name}:orders.amount": "list"})
    assert stored(read_upload(reading), "orders")[0]["amount"] == 7
    remembered = read_upload(reading).mapping
    assert stored(read_upload(recognise(parsed, remembered)), "orders")[0]["amount"] == 7
    with pytest.raises(SettingError):
        recognise(parsed, corrections={f"column:{name}:orders.amount": "nowhere"})
    with pytest.raises(FileError):
        read_upload(recognise(parsed, corrections={f"table:{name}": "skip"}))


def test_moved_columns_keep_their_mapping_and_a_renamed_one_is_told(tmp_path: Path) -> None:
    first = recognise(parsed_of(tmp_path, {"orders.csv": ORDERS}))
    remembered = read_upload(first).mapping
    moved = [[row[3], row[1], row[0], row[2]] for row in ORDERS]
    again = recognise(parsed_of(tmp_path, {"orders.csv": moved}), remembered)
    assert again.sheets[0].parts[0].columns["amount"] == 0
    renamed = [["order_id", "customer_id", "order date", "sales"], *ORDERS[1:]]
    third = recognise(parsed_of(tmp_path, {"orders.csv": renamed}), remembered)
    assert third.sheets[0].parts[0].columns["amount"] == 3
    assert "i.renamed" in {issue.code for issue in third.issues}


def test_later_dates_are_marked_when_the_day_is_known(tmp_path: Path) -> None:
    reading = recognise(parsed_of(tmp_path, {"orders.csv": ORDERS}))
    assert "i.future" not in codes(read_upload(reading, None, date(2026, 1, 9)))
    assert "i.future" in codes(read_upload(reading, None, date(2026, 1, 8)))


def test_strangers_text_stays_text(tmp_path: Path) -> None:
    evil = [
        "NA",
        "None",
        '=cmd|"/C calc"!A0',
        "<script>alert(1)</script>",
        'a"; drop table t; --',
        "O'Reilly",
    ]
    rows = [["customer id", "name"], *[[str(i), name] for i, name in enumerate(evil)]]
    upload = upload_of(tmp_path, {"customers.csv": rows})
    assert [r["name"] for r in stored(upload, "customers")] == evil


def test_deals_without_number_or_opening_date_replace_only_the_period_they_cover(tmp_path: Path) -> None:
    rows = csv_rows("客户|阶段|签约日期\n甲|赢单|2026-02-01\n甲|丢单|2026-03-01\n乙|线索|")
    part = upload_of(tmp_path, {"商机.csv": rows}).table("deals")
    assert part is not None
    assert (part.mode, part.period) == ("replace", (date(2026, 2, 1), date(2026, 3, 1)))


def test_a_result_column_settles_a_stage_that_would_be_asked(tmp_path: Path) -> None:
    rows = csv_rows("项目编号|客户|阶段|结果\n1|甲|搁置|赢\n2|甲|复核|丢\n3|乙|搁置|")
    reading = recognise(parsed_of(tmp_path, {"商机.csv": rows}))
    assert [(q.facts["stage"], q.facts["n"]) for q in reading.questions if q.code == "ask.stage.one"] == [
        ("搁置", 1)
    ]
    assert [r["state"] for r in stored(read_upload(reading), "deals")] == ["won", "lost"]
