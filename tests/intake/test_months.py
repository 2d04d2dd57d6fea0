"""The three companies through three months, one after the other, by the command line's own import."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from segmentation.errors import QuestionError
from segmentation.i18n import Language
from segmentation.import_command import import_files
from segmentation.intake.fast_csv import load_rows
from segmentation.store import Store
from segmentation.store_books import ROOTS
from tests.intake import months

pytestmark = pytest.mark.xdist_group("months")  # three companies are brought in once, not once per worker

AT = (datetime(2026, 12, 1, 9), datetime(2027, 1, 4, 9), datetime(2027, 2, 1, 9))
ENGLISH = Language("en")


@dataclass(frozen=True)
class Month:
    """What was asked (question ids), what the import said, and the stored rows of each table afterwards."""

    asked: list[str]
    told: dict[str, Any]
    rows: dict[str, list[dict[str, Any]]]

    @property
    def topics(self) -> list[str]:
        return [key.split(":")[0] for key in self.asked]

    def difference(self, table: str) -> tuple[int, ...]:
        """added, changed, unchanged, removed."""
        (found,) = [one for one in self.told["difference"] if one["table"] == table]
        return tuple(found[name] for name in ("added", "changed", "unchanged", "removed"))

    def says(self, text: str) -> bool:
        return any(text in issue["text"] for issue in self.told["issues"])

    def amount(self, month: str) -> Decimal:
        return sum(
            (r["amount"] for r in self.rows["orders"] if str(r["ordered_on"])[:7] == month), Decimal(0)
        )

    def by(self, table: str, key: str) -> dict[Any, dict[str, Any]]:
        return {row[key]: row for row in self.rows[table]}


def _bring(folder: Path, uploads: list[months.Files]) -> list[Month]:
    found = []
    for number, files in enumerate(uploads):
        place = folder / str(number)
        place.mkdir()
        for name, content in files:
            (place / name).write_bytes(content)
        paths = [place / name for name, _ in files]
        found.append(_month(folder / "store", paths, AT[number]))
    return found


def _month(store: Path, paths: list[Path], now: datetime) -> Month:
    """Refused while something is open, then with the proposals taken."""

    def bring(takes_proposals: bool) -> dict[str, Any]:
        return import_files(
            store, paths, mapping=None, takes_proposals=takes_proposals, now=now, language=ENGLISH
        )

    asked: list[str] = []
    try:
        told = bring(False)
    except QuestionError as error:
        asked = [question["id"] for question in error.facts["questions"]]
        told = bring(True)
    current = Store(store).current()
    assert current is not None
    ROOTS.drop_idle()
    rows = {
        table: load_rows(store / current.data, table).to_pylist()
        for table in ("customers", "orders", "touches", "deals")
    }
    return Month(asked, told, rows)


def _fixture(make: Any) -> Any:
    @pytest.fixture(scope="module")
    def three(tmp_path_factory: pytest.TempPathFactory) -> list[Month]:
        return _bring(tmp_path_factory.mktemp("months"), make())

    return three


machines = _fixture(months.machines)
software = _fixture(months.software)
trading = _fixture(months.trading)


@pytest.mark.parametrize("company", ["machines", "software", "trading"])
def test_every_row_of_every_month_is_accounted_for(company: str, request: pytest.FixtureRequest) -> None:
    for month in request.getfixturevalue(company):
        for one in month.told["accounts"]:
            gone = one["accepted"] + one["rejected"] + one["duplicate"] + one["excluded"]
            assert one["read"] == gone, one


@pytest.mark.parametrize("company", ["machines", "software", "trading"])
def test_nothing_is_deleted_because_it_is_absent(company: str, request: pytest.FixtureRequest) -> None:
    found = request.getfixturevalue(company)
    for month in found[1:]:
        assert not any(one["removed"] for one in month.told["difference"])
    for before, after in pairwise(found):
        for table in ("customers", "orders", "touches", "deals"):
            assert len(after.rows[table]) >= len(before.rows[table]), table


def test_late_deliveries_and_a_red_invoice_join_what_is_stored(machines: list[Month]) -> None:
    _, december, january = machines
    assert december.difference("orders") == (4, 0, 0, 0)
    assert december.amount("2026-11") == Decimal("449433.64") + Decimal("398.23")
    assert december.amount("2026-12") == Decimal("7725.66")
    assert january.amount("2026-11") == Decimal("449831.87")
    assert january.amount("2027-01") == Decimal("96637.16")


def test_a_renamed_column_is_asked_with_last_months_mapping_and_nothing_else(machines: list[Month]) -> None:
    _, december, january = machines
    assert december.topics == ["renamed"]
    assert january.topics == []
    assert december.says("存货名称 is no longer in 销售发货明细表; 产品名称 is read instead.")
    products = {row["product"] for row in december.rows["orders"]}
    assert {"密封圈", "刀塔备件包", "滚珠丝杠"} <= products and None not in products


def test_history_stays_with_the_seller_who_left(machines: list[Month]) -> None:
    _, december, _ = machines
    assert december.by("customers", "customer_id")["02010115"]["owner"] == "赵敏"
    sold = december.by("orders", "order_id")
    assert sold["XSFH2611-0058"]["rep"] == "刘洋(离职)", (
        "as written; whom it means stands in the version's list"
    )
    assert sold["XSFH2612-0031"]["rep"] == "赵敏"
    assert december.difference("customers") == (1, 1, 5, 0)


def test_one_sheet_in_yuan_among_sheets_in_ten_thousands(machines: list[Month]) -> None:
    november, december, january = machines
    for month in (november, december):
        assert month.by("deals", "deal_id")["XM26-031"]["amount"] == Decimal(1_068_000)
    # In January the sheet drops closed projects: they are kept, the open one closed.
    assert january.difference("deals") == (0, 1, 1, 0)
    states = {key: row["state"] for key, row in january.by("deals", "deal_id").items()}
    assert (states["XM26-031"], states["XM26-018"], states["XM26-027"]) == ("won", "won", "lost")


def test_deals_close_and_closed_ones_that_change_are_history_rewritten(software: list[Month]) -> None:
    _, january, february = software
    (deals,) = [one for one in january.told["difference"] if one["table"] == "deals"]
    assert (deals["added"], deals["open_changed"], deals["rewritten"]) == (2, 2, 3)
    found = january.by("deals", "deal_id")
    assert found["0065g00000AAbbDAAT"]["state"] == "won"
    assert found["0065g00000AAbbEAAT"]["customer_id"] == "0015g00000XyZaB"
    assert found["0065g00000AAbbGAAT"]["amount"] == Decimal(21_600)
    assert found["0065g00000AAbbFAAT"]["stage"] == "Security review"
    # A new fiscal year in the report's name alone changes nothing and asks nothing.
    assert february.topics == [] and february.difference("deals") == (0, 0, 8, 0)
    assert february.told["changed"] is False


def test_a_new_stage_asks_only_about_itself(software: list[Month]) -> None:
    _, january, _ = software
    assert sorted(january.topics) == ["renamed", "stage"]
    assert [key for key in january.asked if key.endswith(":security review")]
    assert january.by("deals", "deal_id")["0065g00000AAbbHAAT"]["state"] == "lost"


def test_a_merged_account_is_kept_and_grades_follow_their_new_header(software: list[Month]) -> None:
    _, january, _ = software
    customers = january.by("customers", "customer_id")
    assert "0015g00000Q1mmA" in customers and len(customers) == 4
    assert customers["0015g00000XyZaB"]["grade"] == "Tier 1"
    assert customers["0015g00000XyZaB"]["customer_id"] != "0015g00000XyZab"
    (missing,) = [one["missing"] for one in january.told["difference"] if one["table"] == "customers"]
    assert missing == 1


def test_money_that_arrives_changes_its_order_and_nothing_is_asked_again(trading: list[Month]) -> None:
    _, december, _ = trading
    # A list without numbers covers a period, and November is told otherwise: that is asked, the layout is not.
    assert set(december.topics) <= {"period", "restated"}
    assert december.difference("orders") == (4, 2, 4, 0)
    assert december.amount("2026-11") == Decimal(44_900)
    paid = {(r["customer_id"], r["product"]): r["paid_amount"] for r in december.rows["orders"]}
    assert paid["宁波海昌五金制品有限公司", "轴承6308"] == Decimal(13_000)
    assert paid["义乌顺达贸易", "轴承6204"] == Decimal(900)
    grades = december.by("customers", "customer_id")
    assert grades["宁波海昌五金制品有限公司"]["grade"] == "B"
    assert json.loads(grades["宁波海昌五金制品有限公司"]["attributes"])["业务类型"] == "零件"


def test_a_forgotten_follow_up_sheet_says_so_and_loses_nothing(trading: list[Month]) -> None:
    november, december, _ = trading
    assert len(november.rows["touches"]) == len(december.rows["touches"]) == 4
    assert december.says("No follow-ups for 2026-12 in this upload: not recorded")


def test_a_file_that_starts_again_in_january_keeps_the_old_year(trading: list[Month]) -> None:
    _, december, january = trading
    assert set(january.topics) == {"year"}
    assert january.difference("orders") == (2, 0, 0, 0)
    for month in ("2026-11", "2026-12"):
        assert january.amount(month) == december.amount(month)
    assert january.amount("2027-01") == Decimal(1_300)
