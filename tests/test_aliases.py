"""Who is who: merged figures move, a merge taken back leaves all as it was, and no file overrules a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from segmentation.__main__ import main
from segmentation.aliases import merge, take_back
from segmentation.allocation.capacity import count_staff
from segmentation.errors import ConflictError, SettingError, StoreError
from segmentation.features import build_features
from segmentation.i18n import Language
from segmentation.identities import Alias, joined, left_sellers, meanings, says_left, with_alias
from segmentation.journal import Journal
from segmentation.store import Store, Version
from segmentation.store_books import READING
from segmentation.store_erasure import erase_customer, find_traces
from segmentation.store_meanings import open_root
from segmentation.summary import build_summary
from segmentation.tables import TABLES
from tests.promises.promise import NOON, TODAY, bring, content_of
from tests.promises.table import csv_file, workbook
from tests.worlds import make_store

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["C1", "C2", "C3"],
        "name": ["宁波海昌五金制品有限公司", "宁波海昌五金", "温州科达泵业"],
        "owner": ["王磊", "wanglei", None],
        "receivable": [100, 20, 3],
    }
)
ORDERS = pd.DataFrame(
    {
        "order_id": ["1", "2", "3", "4"],
        "customer_id": ["C1", "C2", "C3", "C9"],
        "ordered_on": ["2026-11-03", "2026-11-04", "2026-11-05", "2026-11-06"],
        "amount": [1000, 200, 30, 4],
        "rep": ["王磊", "wanglei", "刘洋(离职)", "刘洋"],
    }
)
TOUCHES = pd.DataFrame(
    {
        "touch_id": ["T1", "T2"],
        "customer_id": ["C2", "C1"],
        "at": ["2026-11-20", "2026-11-21"],
        "kind": ["call", "visit"],
        "rep": ["wanglei", "王磊"],
    }
)
FRAMES = {"customers": CUSTOMERS, "orders": ORDERS, "touches": TOUCHES}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path, **FRAMES)


@pytest.fixture
def journal(store: Store) -> Journal:
    return Journal(store.path)


def tables(store: Store, number: int | None = None, *, is_written: bool = False) -> dict[str, list[Any]]:
    """Every table of a version as it is read, or as it is stored."""
    with store.open(number) as book:
        version = book.version
    meant = open_root(store.path / version.data, () if is_written else version.aliases, READING)
    try:
        names = (*TABLES, "sources", "meta")
        return {name: sorted(meant.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}
    finally:
        meant.close()


def figures(store: Store, number: int | None = None) -> dict[str, tuple[float, int, float]]:
    """Customer → amount, follow-ups, receivable."""
    with store.open(number) as book:
        found = build_features(book, TODAY, None).astype({"receivable": "float64"})
    return {
        str(who): (row["total_amount"], int(row["touch_count"]), row["receivable"])
        for who, row in found.iterrows()
    }


def customer(written: str, meant: str) -> Alias:
    return Alias("customer", written, meant)


def test_a_merge_moves_the_figures_and_taking_it_back_brings_everything_again(
    store: Store, journal: Journal
) -> None:
    before, rows = figures(store), tables(store)
    assert before["C1"] == (1000, 1, 100) and before["C2"] == (200, 1, 20)
    merged = merge(store, customer("C2", "C1"), "anna", NOON)
    assert (merged.number, merged.kind, merged.author) == (2, "alias", "anna")
    after = figures(store)
    assert "C2" not in after and after["C1"] == (1200, 2, 120) and after["C3"] == before["C3"]
    with store.open() as book:
        summary = build_summary(book)
        assert (summary.customers, summary.orders, summary.order_amount) == (2, 4, 1234)
        found = book.query(
            "customer_orders", customer_id="C1", as_of=TODAY, window_start=NOON.date().replace(2020)
        )
        assert sorted(found["amount"]) == [200, 1000]
        assert list(book.query("customer_search", wanted="c2")["customer_id"]) == []
    assert tables(store, is_written=True) == rows, "rows stay as they are written"
    assert figures(store, 1) == before, "an earlier version stays what it was"
    apart = take_back(store, customer("C2", ""), "ben", NOON)
    assert apart.number == 3 and apart.sha256 == store.version(1).sha256
    assert figures(store) == before and tables(store) == rows
    told = [(event.author, event.key, dict(event.payload)) for event in journal.events("alias")]
    assert told == [
        ("anna", "C2", {"who": "customer", "meant": "C1"}),
        ("ben", "C2", {"who": "customer", "meant": None}),
    ]


def test_chains_are_followed_and_end_where_a_link_is_taken_back(store: Store, journal: Journal) -> None:
    merge(store, customer("C2", "C1"), "anna", NOON)
    merge(store, customer("C1", "C3"), "anna", NOON)
    assert figures(store)["C3"] == (1230, 2, 123) and not {"C1", "C2"} & figures(store).keys()
    take_back(store, customer("C1", ""), "anna", NOON)
    assert figures(store)["C1"] == (1200, 2, 120) and figures(store)["C3"] == (30, 0, 3)


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        (("C3", "C2"), "e.alias.cycle"),
        (("C1", "C2"), "e.alias.cycle"),
        (("C1", " C1 "), "e.alias.self"),
        (("", "C1"), "e.alias.blank"),
    ],
)
def test_a_circle_is_refused_and_nothing_changes(
    store: Store, journal: Journal, pair: tuple[str, str], code: str
) -> None:
    merge(store, customer("C2", "C1"), "anna", NOON)
    merge(store, customer("C1", "C3"), "anna", NOON)
    before = content_of(store.path)
    with pytest.raises(SettingError) as refused:
        merge(store, customer(*pair), "anna", NOON)
    assert refused.value.code == code and content_of(store.path) == before
    for language in ("en", "zh"):
        assert "{" not in Language(language).say(code, **refused.value.facts)


def test_only_what_was_merged_can_be_taken_back_and_an_empty_store_has_nobody(
    store: Store, journal: Journal, tmp_path: Path
) -> None:
    with pytest.raises(SettingError, match=r"e\.alias\.unknown"):
        take_back(store, customer("C2", ""), "anna", NOON)
    empty = Store(tmp_path / "empty")
    with pytest.raises(StoreError, match=r"e\.store\.empty"):
        merge(empty, customer("C2", "C1"), "anna", NOON)


def test_an_id_that_never_came_waits(store: Store, journal: Journal, tmp_path: Path) -> None:
    before = figures(store)
    merge(store, customer("C77", "C1"), "anna", NOON)
    assert figures(store) == before
    late = csv_file("日期,客户编号,金额,业务员\n2026-12-01,C77,5,王磊\n", name="订单.csv")
    assert bring(store, late, tmp_path / "late").error is None
    assert figures(store)["C1"] == (1005, 1, 100)


def test_a_customer_of_no_record_takes_the_record_of_the_one_merged(store: Store, journal: Journal) -> None:
    merge(store, customer("C2", "C9"), "anna", NOON)
    assert figures(store)["C9"] == (204, 1, 20)
    with store.open() as book:
        assert list(book.query("customer_search", wanted="c9")["name"]) == ["宁波海昌五金"]


def test_another_publisher_is_never_overruled(store: Store, journal: Journal) -> None:
    stale = store.current()
    assert stale is not None
    merge(store, customer("C2", "C1"), "anna", NOON)
    with pytest.raises(ConflictError):
        store.set_aliases((customer("C3", "C1"),), stale.number, "ben", NOON)


def test_undo_takes_the_merge_along_and_says_so(store: Store, journal: Journal) -> None:
    before = figures(store)
    merge(store, customer("C2", "C1"), "anna", NOON)
    version = store.undo(2, "ben", NOON)
    assert figures(store) == before and version.aliases == ()
    assert dict(journal.events("alias")[-1].payload) == {"who": "customer", "meant": None}
    again = store.undo(3, "ben", NOON)
    assert "C2" not in figures(store) and again.aliases == (customer("C2", "C1"),)


MONTH = {
    "客户表": [["客户名称", "地区"], ["义乌顺达贸易", "义乌"]],
    "订单表": [["日期", "客户", "金额"], ["2026-11-04", "义乌顺达", 20]],
}
NEXT = {
    "客户表": [["客户名称", "地区"], ["义乌顺达贸易", "义乌"]],
    "发货": [["订单日期", "客户", "订单金额", "产品"], ["2026-12-03", "义乌顺达", 40, "x"]],
}


def test_a_confirmed_pair_holds_next_month_in_another_layout_until_it_is_taken_back(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    first = bring(store, workbook(MONTH), tmp_path / "1", {"alias": "义乌顺达贸易"})
    assert first.version is not None and first.version.aliases == (customer("义乌顺达", "义乌顺达贸易"),)
    again = bring(store, workbook(MONTH), tmp_path / "again", {"alias": "义乌顺达贸易"})
    assert again.version == first.version, "the same file twice changes nothing"
    second = bring(store, workbook(NEXT), tmp_path / "2")
    assert "ask.alias" not in second.codes and "i.unknown.orders" not in second.codes
    with store.open() as book:
        assert build_features(book, TODAY.replace(month=12, day=31), None)["total_amount"].to_dict() == {
            "义乌顺达贸易": 60
        }
    take_back(store, customer("义乌顺达", ""), "anna", NOON)
    third = bring(store, workbook(MONTH), tmp_path / "3", {"alias": "义乌顺达贸易"})
    assert "ask.alias" not in third.codes, "what a person took back is not asked again"
    assert third.version is not None and meanings(third.version.aliases, "customer") == {}


def test_an_answer_to_the_same_files_is_published_without_a_row(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    apart = bring(store, workbook(MONTH), tmp_path / "1")
    merged = bring(store, workbook(MONTH), tmp_path / "2", {"alias": "义乌顺达贸易"})
    assert apart.version is not None and merged.version is not None
    assert (merged.version.kind, merged.version.data) == ("alias", apart.version.data)
    assert [event.key for event in Journal(store.path).events("alias")] == ["义乌顺达"]


def test_a_seller_of_several_spellings_counts_once_and_one_who_left_gives_no_hours(
    store: Store, journal: Journal
) -> None:
    def staff() -> int:
        with store.open() as book:
            return count_staff(book, TODAY, 160).sellers

    assert staff() == 2, "王磊 and wanglei made contact"
    merge(store, Alias("seller", "wanglei", "王磊"), "anna", NOON)
    assert staff() == 1
    with store.open() as book:
        owners = build_features(book, TODAY, None)["owner"]
    assert list(owners.dropna().unique()) == ["王磊"] and owners.isna().sum() == 1, (
        "nobody's customer stays nobody's"
    )
    merge(store, Alias("seller", "刘洋(离职)", "刘洋"), "anna", NOON)
    assert sorted(row[TABLES["orders"].names.index("rep")] for row in tables(store)["orders"]) == [
        "刘洋",
        "刘洋",
        "王磊",
        "王磊",
    ]
    merge(store, Alias("seller", "王磊(离职)", "王磊"), "anna", NOON)
    assert staff() == 0, "history stays, hours do not"


def test_a_table_of_sellers_has_each_once_and_those_who_left_without_hours(tmp_path: Path) -> None:
    sellers = pd.DataFrame(
        {
            "rep_id": ["S1", "S2", "S3"],
            "name": ["王磊", "wanglei", "刘洋"],
            "hours_per_month": [160, 100, 150],
        }
    )
    store = make_store(tmp_path, **FRAMES, reps=sellers)

    def hours() -> tuple[int, float]:
        with store.open() as book:
            staff = count_staff(book, TODAY, 160)
        return staff.sellers, staff.working_hours

    assert hours() == (3, 410)
    merge(store, Alias("seller", "wanglei", "王磊"), "anna", NOON)
    assert hours() == (2, 310)
    merge(store, Alias("seller", "刘洋(离职)", "刘洋"), "anna", NOON)
    assert hours() == (1, 160)


def test_erasing_a_customer_takes_the_names_merged_into_it_and_the_pairs(
    store: Store, journal: Journal
) -> None:
    merge(store, customer("C2", "C1"), "anna", NOON)
    merge(store, customer("C9", "C2"), "anna", NOON)
    merge(store, customer("C3", "C77"), "anna", NOON)
    traces = find_traces(store, "C1")
    assert {"C2", "C9", "宁波海昌五金"} <= set(traces.names) and traces.rows[1] == 7
    served = erase_customer(store, traces, "anna", NOON)
    assert served.aliases == (customer("C3", "C77"),) and set(figures(store)) == {"C77"}
    assert [event.key for event in journal.events("alias")] == ["C3"]
    assert all("C2" not in str(one.aliases) for one in store.versions())


def test_erasing_in_the_middle_leaves_who_was_meant_through_it(store: Store, journal: Journal) -> None:
    merge(store, customer("C9", "C2"), "anna", NOON)
    merge(store, customer("C2", "C1"), "anna", NOON)
    erase_customer(store, find_traces(store, "C2"), "anna", NOON)
    version = store.current()
    assert version is not None and version.aliases == (customer("C9", "C1"),)
    assert figures(store)["C1"] == (1004, 1, 100)


def test_a_list_of_names_marks_the_format_and_versions_without_one_stay_as_they_were(
    store: Store, journal: Journal
) -> None:
    def manifest(number: int) -> dict[str, Any]:
        return dict(json.loads((store.path / "versions" / f"{number:06d}.json").read_text("utf-8")))

    merge(store, customer("C2", "C1"), "anna", NOON)
    assert (manifest(1)["format"], "aliases" in manifest(1)) == (1, False)
    assert (manifest(2)["format"], manifest(2)["aliases"]) == (2, [["customer", "C2", "C1"]])
    served: Version | None = Store(store.path).current()
    assert served is not None and served.aliases == (customer("C2", "C1"),)


def test_the_command_line_merges_and_takes_back(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--store", str(store.path), "--json"]
    assert main(["alias", "C2", "C1", *place]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "data_version": 2,
        "aliases": [{"who": "customer", "written": "C2", "meant": "C1"}],
    }
    assert main(["alias", "wanglei", "王磊", "--seller", *place]) == 0
    assert main(["alias", "C1", "C2", *place]) == 1
    assert "C2" in capsys.readouterr().err
    assert main(["alias", "C2", "--remove", *place]) == 0
    assert "C2" in figures(store)
    assert main(["alias", "C2", *place]) == 1


def test_markup_and_quotes_in_names_are_letters(store: Store, journal: Journal) -> None:
    odd = "'; DROP TABLE orders; --"
    merge(store, customer("C2", odd), "anna", NOON)
    assert figures(store)[odd] == (200, 1, 20)


def test_who_left_is_read_from_the_remark_alone() -> None:
    assert says_left("刘洋(离职)") and says_left("Jane Doe (inactive)") and says_left("李强（已离职）")
    assert not says_left("Mai Ito (mai@northbeam.example)") and not says_left("离职交接人")
    aliases = (Alias("seller", "刘洋(离职)", "刘洋"), Alias("seller", "wl", "王磊"))
    assert left_sellers(aliases) == ("刘洋",)


def test_what_an_upload_confirms_never_changes_what_a_person_said() -> None:
    told = with_alias((), customer("A", "B"))
    assert joined(told, [customer("A", "C"), customer("B", "A"), customer("D", "A")]) == (
        customer("A", "B"), customer("D", "A"),
    )  # fmt: skip
