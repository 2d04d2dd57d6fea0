"""Any table in any dress comes back as it was: written with a random dialect, encoding, number and date style and
noise around it, then imported the whole way; and damaged bytes end in the same table or in a refusal.

`TIERBOARD_LONG=1` tries many more.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from segmentation.errors import TierboardError
from segmentation.store import Store
from tests.promises.promise import Brought, bring, hold_accounts

IS_LONG = os.environ.get("TIERBOARD_LONG") == "1"
EXAMPLES = 400 if IS_LONG else 8
CALM = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not IS_LONG,
    phases=(Phase.generate,),  # each example starts a process: shrinking a failure would take many minutes
    suppress_health_check=[HealthCheck.too_slow],
)
HEADERS = {
    "en": ("Order number", "Customer", "Order date", "Amount", "Product"),
    "zh": ("订单号", "客户名称", "下单日期", "金额", "产品"),
}
# What a name may hold: separators, quotes and line ends among letters of several scripts.
LETTERS = st.text(st.sampled_from("abcXYZ019 ,;|\t\"'&<=éß苏州鸿特精密机械有限公司"), min_size=1, max_size=12)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True)
class Order:
    order_id: str
    customer: str
    day: date
    amount: Decimal
    product: str | None


@st.composite
def orders(draw: st.DrawFn) -> list[Order]:
    """A few orders with numbers of their own; names tidy at both ends, for the intake trims them."""
    numbers = draw(
        st.lists(st.from_regex(r"[A-Z]{0,2}[0-9]{4,8}", fullmatch=True), min_size=3, max_size=20, unique=True)
    )
    names = draw(st.lists(LETTERS.map(tidy).filter(is_name), min_size=1, max_size=5, unique=True))
    return [
        Order(
            number,
            draw(st.sampled_from(names)),
            draw(st.dates(date(2019, 1, 13), date(2026, 10, 31))),
            draw(st.decimals(Decimal("-99999"), Decimal("9999999"), places=2)),
            draw(st.none() | LETTERS.map(tidy).filter(is_name)),
        )
        for number in numbers
    ]


def tidy(text: str) -> str:
    return " ".join(text.split())


def is_name(text: str) -> bool:
    """Something with a letter in it: a lone mark may stand for *nothing* in a sheet."""
    return any(letter.isalpha() for letter in text)


DATES = {
    "iso": lambda day: day.isoformat(),
    "slashes": lambda day: f"{day.year}/{day.month}/{day.day}",
    "dots": lambda day: f"{day.year}.{day.month}.{day.day}",
    "chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "digits": lambda day: f"{day:%Y%m%d}",
}
AMOUNTS = {
    "plain": str,
    "grouped": lambda amount: f"{amount:,.2f}",
    "marked": lambda amount: f"{'-' if amount < 0 else ''}¥{abs(amount):,.2f}",
    "brackets": lambda amount: f"({abs(amount):.2f})" if amount < 0 else f"{amount:.2f}",
    "wide": lambda amount: str(amount).translate(FULL_WIDTH),
}


@dataclass(frozen=True)
class Dress:
    """How a table is written: everything that must not matter."""

    language: str
    dates: str
    amounts: str
    order: tuple[int, ...]
    titles: int
    blanks: tuple[int, ...]
    has_total: bool
    encoding: str
    delimiter: str
    ending: str
    quoting: int


@st.composite
def dresses(draw: st.DrawFn) -> Dress:
    language = draw(st.sampled_from(("en", "zh")))
    encodings = (
        ("utf-8", "utf-8-sig", "utf-16", "gb18030") if language == "zh" else ("utf-8", "utf-8-sig", "utf-16")
    )
    return Dress(
        language,
        draw(st.sampled_from(sorted(DATES))),
        draw(st.sampled_from(sorted(AMOUNTS))),
        tuple(draw(st.permutations(range(5)))),
        draw(st.integers(0, 2)),
        tuple(draw(st.lists(st.integers(0, 20), max_size=3))),
        draw(st.booleans()),
        draw(st.sampled_from(encodings)),
        draw(st.sampled_from((",", ";", "\t", "|"))),
        draw(st.sampled_from(("\n", "\r\n"))),
        draw(st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))),
    )


def cells(table: list[Order], dress: Dress) -> list[list[str]]:
    """The rows as written, noise included."""

    def laid(row: tuple[str, ...]) -> list[str]:
        return [row[place] for place in dress.order]

    body = [
        laid(
            (
                one.order_id,
                one.customer,
                DATES[dress.dates](one.day),
                AMOUNTS[dress.amounts](one.amount),
                one.product or "",
            )
        )
        for one in table
    ]
    for place in sorted(dress.blanks, reverse=True):
        body.insert(min(place, len(body)), [""] * 5)
    if dress.has_total:
        total = AMOUNTS[dress.amounts](sum((one.amount for one in table), Decimal(0)))
        mark = "合计" if dress.language == "zh" else "Total"
        body.append(laid((mark, "", "", total, "")))
    titles = [["2026 list" if dress.language == "en" else "订单明细表"] + [""] * 4] * dress.titles
    return [*titles, laid(HEADERS[dress.language]), *body]


def csv_bytes(table: list[Order], dress: Dress) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(
        buffer,
        delimiter=dress.delimiter,
        lineterminator=dress.ending,
        quoting=dress.quoting,  # type: ignore[arg-type]
    )
    writer.writerows(cells(table, dress))
    return buffer.getvalue().encode(dress.encoding)


def xlsx_bytes(table: list[Order], dress: Dress) -> bytes:
    """Cells are text as written, but plain amounts and iso dates are Excel's own."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet()
        for at, row in enumerate(cells(table, dress)):
            for place, (kind, cell) in enumerate(zip(dress.order, row, strict=True)):
                if kind == 3 and dress.amounts == "plain" and is_number(cell):
                    page.write_number(at, place, float(cell))
                elif kind == 2 and dress.dates == "iso" and cell[4:5] == "-":
                    page.write_datetime(at, place, datetime.fromisoformat(cell))
                elif cell:
                    page.write_string(at, place, cell)
    return kept.getvalue()


def is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdigit()


def held(brought: Brought) -> list[Order]:
    """What the intake made of it."""
    return [
        Order(row["order_id"], row["customer_id"], row["ordered_on"], row["amount"], row["product"])
        for row in brought.rows("orders")
    ]


def imported(content: bytes, name: str) -> tuple[TierboardError | None, list[Order]]:
    """Why it was refused, or what was stored."""
    with tempfile.TemporaryDirectory() as folder:
        brought = bring(Store(Path(folder) / "store"), [(name, content)], Path(folder) / "work")
        hold_accounts(brought)
        return brought.error, held(brought)


@CALM
@given(orders(), dresses())
def test_a_csv_in_any_dress_is_the_same_table(table: list[Order], dress: Dress) -> None:
    assert imported(csv_bytes(table, dress), "orders.csv") == (None, table)


@CALM
@given(orders(), dresses())
def test_a_workbook_in_any_dress_is_the_same_table(table: list[Order], dress: Dress) -> None:
    assert imported(xlsx_bytes(table, dress), "orders.xlsx") == (None, table)


@CALM
@given(orders(), dresses(), st.data())
def test_a_damaged_workbook_is_the_same_table_or_refused(
    table: list[Order], dress: Dress, data: st.DataObject
) -> None:
    whole = xlsx_bytes(table, dress)
    damaged = damage(whole, data)
    error, found = imported(damaged, "orders.xlsx")
    assert error is not None or found == table or found == imported(whole, "orders.xlsx")[1]


@CALM
@given(orders(), dresses(), st.data())
def test_a_damaged_csv_is_accounted_for_or_refused(
    table: list[Order], dress: Dress, data: st.DataObject
) -> None:
    imported(damage(csv_bytes(table, dress), data), "orders.csv")


def damage(content: bytes, data: st.DataObject) -> bytes:
    """A byte flipped, a run of bytes lost, doubled, or the end cut off."""
    at = data.draw(st.integers(0, len(content) - 1))
    length = data.draw(st.integers(1, 64))
    kind = data.draw(st.sampled_from(("flip", "lose", "double", "cut")))
    if kind == "flip":
        return content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :]
    if kind == "lose":
        return content[:at] + content[at + length :]
    if kind == "double":
        return content[:at] + content[at : at + length] + content[at:]
    return content[:at]
