"""Deals without a number: next month's list updates them, and what it no longer lists stays."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.intake.uploads import Upload
from segmentation.store import Store, TableDifference

HEAD = "客户,产品,立项日期,阶段,项目金额,实际签约\n"
FIRST = HEAD + (
    "昆山甲,V8,2026-01-05,赢单,100,2026-02-01\n"
    "昆山甲,V8,2026-01-05,合同谈判,100,\n"
    "苏州乙,V6,2026-02-01,合同谈判,200,\n"
    "无锡丙,V6,2026-03-01,丢单,300,2026-04-01\n"
)
# In January closed projects are dropped, stages and amounts have moved on, one project is new, lines stand elsewhere.
SECOND = HEAD + (
    "常州丁,V9,2026-05-01,合同谈判,400,\n"
    "苏州乙,V6,2026-02-01,赢单,250,2026-05-02\n"
    "昆山甲,V8,2026-01-05,赢单,100,2026-02-01\n"
    "昆山甲,V8,2026-01-05,合同谈判,100,\n"
)


def upload(folder: Path, text: str) -> Upload:
    folder.mkdir()
    (folder / "商机表.csv").write_text(text, "utf-8")
    return read_upload(recognise(open_files([("商机表.csv", folder / "商机表.csv")], folder)), None)


def test_a_later_list_updates_and_deletes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    first = store.publish(upload(tmp_path / "1", FIRST), None, "test", dt.datetime(2026, 5, 31))
    assert first.rows["deals"] == 4, "two equal projects are two projects"
    second = upload(tmp_path / "2", SECOND)
    assert second.table("deals").mode == "upsert"
    found: TableDifference = store.compare(second).table("deals")
    assert (found.offered, found.added, found.changed, found.unchanged, found.removed) == (4, 1, 1, 2, 0)
    published = store.publish(second, first.number, "test", dt.datetime(2026, 6, 30))
    assert published.rows["deals"] == 5, "the project that was dropped from the list is kept"


def test_a_list_without_dates_covers_no_period_and_removes_nothing(tmp_path: Path) -> None:
    text = "客户,产品,阶段,项目金额\n昆山甲,V8,赢单,100\n苏州乙,V6,丢单,200\n"
    assert upload(tmp_path / "1", text).table("deals").mode == "add"
