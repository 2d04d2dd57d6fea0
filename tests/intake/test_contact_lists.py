"""A pair confirmed for a contact list holds next month without being asked anew."""

from __future__ import annotations

import json
from pathlib import Path

from segmentation.store import Store
from tests.promises.contacts import CUSTOMERS, HEADER
from tests.promises.promise import bring
from tests.promises.table import workbook

WRITTEN, MEANT = "无锡锐泰动力科技", "无锡锐泰动力科技有限公司"


def _list(person: str, messages: int) -> list[tuple[str, bytes]]:
    row = ["陈晨", person, None, WRITTEN, None, None, None, "2026-11-21 11:02", messages]
    return workbook({"客户档案": CUSTOMERS, "客户联系": [HEADER, row]}, "企业微信导出_20261130.xlsx")


def test_a_confirmed_company_is_remembered(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    first = bring(store, _list("钱工", 5), tmp_path / "first", {"alias": MEANT})
    assert "i.contacts" in first.codes
    second = bring(store, _list("孙工", 7), tmp_path / "second")
    assert "ask.alias.rows" not in second.codes, "the pair holds: nothing is asked anew"
    told = {row["customer_id"]: json.loads(row["attributes"]) for row in second.rows("customers")}["01020007"]
    assert (told["客户昵称"], told["近30天消息数"]) == ("孙工 (陈晨)", "7 (2026-11-30)")
