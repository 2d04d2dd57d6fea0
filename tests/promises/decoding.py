"""E rows: which characters the bytes are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from tests.promises.promise import LANGUAGES, Brought, Promise
from tests.promises.table import ORDERS, csv_file

TWO_ORDERS = ORDERS + "O1,A,2026-03-01,10\nO2,B,2026-03-02,20\n"
HEADS = {
    "gb18030": "订单编号,客户编号,产品,订单日期,金额\n",
    "big5": "訂單編號,客戶編號,產品,訂單日期,金額\n",
    "cp932": "order id,customer id,product,order date,amount\n",
}
NAMES = {
    "gb18030": "苏州恒拓机械有限公司",
    "big5": "臺北精密機械股份有限公司",
    "cp932": "株式会社ヤマダ製作所",
    "cp949": "주식회사 한국정밀",
}


def _orders(head: str, name: str, rows: int = 40) -> str:
    """Orders of one customer each, all of the same product and a number behind it."""
    lines = (f"O{n},C{n:03},{name}{n},2026-03-{n % 28 + 1:02},{n}.50\n" for n in range(1, rows + 1))
    return head + "".join(lines)


def _plain_orders(rows: int, last: str) -> str:
    """Orders in plain ASCII, the last one with a product of another script."""
    lines = (f"O{n},C{n % 9},2026-03-01,10,bolt\n" for n in range(1, rows))
    return ORDERS.strip() + ",product\n" + "".join(lines) + f"O{rows},C1,2026-03-02,20,{last}\n"


def _both_orders(brought: Brought) -> None:
    assert [row["order_id"] for row in brought.rows("orders")] == ["O1", "O2"]
    assert [str(row["amount"]) for row in brought.rows("orders")] == ["10.0000", "20.0000"]


def _named(name: str) -> Callable[[Brought], None]:
    """Every order carries this product and its own number: not one letter came out as another."""

    def hold(brought: Brought) -> None:
        found = {row["customer_id"]: row["product"] for row in brought.rows("orders")}
        assert found == {f"C{n:03}": f"{name}{n}" for n in range(1, 41)}

    return hold


def _last_product(rows: int, product: str) -> Callable[[Brought], None]:
    def hold(brought: Brought) -> None:
        orders = brought.rows("orders")
        assert len(orders) == rows
        assert orders[-1]["product"] == product
        assert {row["product"] for row in orders[:-1]} == {"bolt"}

    return hold


def _asked(text: str) -> str:
    """The id under which the encoding of a text with this first line is asked."""
    return "encoding:" + hashlib.sha256(text.split("\n", maxsplit=1)[0].encode()).hexdigest()[:12]


def _offers(first: str, *others: str, product: str) -> Callable[[Brought], None]:
    """The question proposes the first encoding and offers the others, each with a line of the file read so; the last
    order is read by the first."""

    def hold(brought: Brought) -> None:
        (question,) = [one for one in brought.questions if one.code == "ask.encoding"]
        offered = dict(question.options)
        assert question.proposed == first
        assert next(iter(offered)) == first and {*others} <= set(offered), offered
        for encoding, label in offered.items():
            assert "·" in label and len(label) <= 80, (encoding, label)
        assert product in offered[first]
        assert not any(product in label for encoding, label in offered.items() if encoding != first)
        assert brought.rows("orders")[-1]["product"] == product
        for language in LANGUAGES:
            assert brought.reading is not None
            assert brought.reading.parsed.files[0].name in language.say(question.code, **question.facts)

    return hold


def _glued() -> list[tuple[str, bytes]]:
    """Two exports in one file: 5,001 rows of GB18030 and the rest in UTF-8."""
    first = "订单编号,客户编号,客户名称,订单日期,金额\n" + "".join(
        f"O{n},C{n},苏州恒拓,2026-03-01,10\n" for n in range(1, 5_001)
    )
    second = "".join(f"P{n},D{n},无锡锐泰,2026-04-01,10\n" for n in range(1, 50))
    return [("订单.csv", first.encode("gb18030") + second.encode())]


def _row_5002(brought: Brought) -> None:
    assert brought.error is not None
    facts = brought.error.facts
    assert (facts["file"], facts["row"], facts["column"]) == ("订单.csv", 5_002, "客户名称")


def _german(brought: Brought) -> None:
    assert {one.code for one in brought.questions} >= {"ask.encoding", "ask.decimal"}
    orders = brought.rows("orders")
    assert [str(row["amount"]) for row in orders] == ["1234.5000", "20.0000"]
    assert [row["product"] for row in orders] == ["Büchse, groß", "Kölner Öl"]


def _mac(brought: Brought) -> None:
    assert [row["product"] for row in brought.rows("orders")] == ["Clé à molette", "Écrou forgé", "Façade"]


def _damaged(brought: Brought) -> None:
    assert (brought.issue("n.replacement").facts["n"], brought.issue("n.replacement").rows) == (3, 3)
    assert brought.rows("orders")[0]["product"] == "\ufffd\ufffd"


def _single(answer: str, name: str) -> Promise:
    """Mostly ASCII with one Chinese word: what detectors take for Western letters."""
    return Promise(
        "E4",
        "OK",
        lambda: csv_file(_plain_orders(60, answer), "gb18030"),
        then=_last_product(60, answer),
        name=name,
    )


GERMAN = (
    "order id;customer id;order date;amount;product\n"
    "O1;A;2026-03-01;1.234,50;Büchse, groß\nO2;B;2026-03-02;20,00;Kölner Öl\n"
)
FRENCH = (
    ORDERS.strip()
    + ",product\rO1,A,2026-03-01,10,Clé à molette\rO2,B,2026-03-02,20,Écrou forgé\rO3,B,2026-03-02,20,Façade\r"
)
DAMAGED = ORDERS.strip() + ",product\nO1,A,2026-03-01,10,\ufffd\ufffd\nO2,B,2026-03-02,20,bolt\ufffd\n"
TAB_ORDERS = TWO_ORDERS.replace(",", "\t").replace("\n", "\r\n")

PROMISES = (
    Promise("E1", "OK", lambda: csv_file(TWO_ORDERS), then=_both_orders, name="without a mark"),
    Promise("E1", "OK", lambda: csv_file(TWO_ORDERS, "utf-8-sig"), then=_both_orders, name="with a mark"),
    Promise("E2", "OK", lambda: csv_file(TAB_ORDERS, "utf-16"), then=_both_orders),
    Promise(
        "E3", "ASK", lambda: csv_file(TAB_ORDERS, "utf-16-le"), ("ask.encoding",), _both_orders, name="little end"
    ),
    Promise(
        "E3", "ASK", lambda: csv_file(TAB_ORDERS, "utf-16-be"), ("ask.encoding",), _both_orders, name="big end"
    ),
    Promise(
        "E4", "OK", lambda: csv_file(_orders(HEADS["gb18030"], NAMES["gb18030"]), "gb18030"),
        then=_named(NAMES["gb18030"]), name="GB18030",
    ),
    Promise(
        "E4", "OK", lambda: csv_file(_orders(HEADS["gb18030"], NAMES["gb18030"]), "gbk"),
        then=_named(NAMES["gb18030"]), name="GBK",
    ),
    _single("轴承", "one word among plain rows"),
    _single("李", "one character among plain rows"),
    Promise(
        "E5", "ASK", lambda: csv_file(_plain_orders(60, "鹏"), "gb18030"), ("ask.encoding",),
        _offers("gb18030", "big5", product="鹏"), name="one character that two encodings know",
    ),
    Promise(
        "E5", "ASK", lambda: csv_file(_plain_orders(60, "부품"), "cp949"), ("ask.encoding",),
        _offers("gb18030", "cp949", product="何前"), name="Korean or Chinese, the proposal taken",
    ),
    Promise(
        "E5", "ASK", lambda: csv_file(_plain_orders(60, "부품"), "cp949"), ("ask.encoding",),
        _offers("cp949", "gb18030", product="부품"), answers={_asked(_plain_orders(1, "")): "cp949"},
        name="Korean or Chinese, the other chosen",
    ),
    Promise(
        "E5", "OK", lambda: csv_file(_orders(HEADS["big5"], NAMES["big5"]), "big5"),
        then=_named(NAMES["big5"]), name="Big5 that stands out",
    ),
    Promise(
        "E5", "OK", lambda: csv_file(_orders(HEADS["cp932"], NAMES["cp932"]), "cp932"),
        then=_named(NAMES["cp932"]), name="Shift-JIS that stands out",
    ),
    Promise(
        "E5", "OK", lambda: csv_file(_orders(HEADS["cp932"], NAMES["cp949"]), "cp949"),
        then=_named(NAMES["cp949"]), name="EUC-KR that stands out",
    ),
    Promise("E6", "ASK", lambda: csv_file(GERMAN, "cp1252"), ("ask.encoding", "ask.decimal"), _german),
    Promise("E6", "ASK", lambda: csv_file(FRENCH, "mac_roman"), ("ask.encoding",), _mac, name="Mac Roman, ended by CR"),
    Promise(
        "E7", "OK", lambda: csv_file(_plain_orders(5_001, "轴承"), "gb18030"),
        then=_last_product(5_001, "轴承"), name="row 5,002",
    ),
    Promise(
        "E7", "OK", lambda: csv_file(_plain_orders(59_999, "轴承"), "gb18030"),
        then=_last_product(59_999, "轴承"), name="row 60,000",
    ),
    Promise("E8", "STOP", _glued, ("e.encoding",), _row_5002),
    Promise("E9", "FIX", lambda: csv_file(DAMAGED), ("n.replacement",), _damaged),
)  # fmt: skip
