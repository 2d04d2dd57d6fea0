"""The workbook of lists per seller as the page makes it: both tiers where they differ, and words where it has none."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from weakref import ref

import numpy as np
import openpyxl
import pytest

from segmentation.export.tables import to_csv
from segmentation.figures.theme import Look
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.journal import Journal
from segmentation.overrides import NOBODY, Held
from segmentation.schemes import Scheme
from segmentation.store import Store
from segmentation.tags import make_tag, tag_customers
from segmentation.tuning import Base, draw_lines, prepare
from segmentation.ui import seller_block
from segmentation.ui.customer_list import frame_tiers
from segmentation.ui.session import Session
from segmentation.ui.tuning_blocks import Answer, Latest
from tests.worlds import make_store, owned_customers

ON = date(2026, 6, 30)
World = tuple[Store, Base, Scheme]


def make_world(folder: Path, owners: list[str | None]) -> World:
    world = owned_customers(owners, ON, 20, 50)
    world["customers"].loc[0, "name"] = "=1+1"
    store = make_store(folder, **world)
    return store, prepare(store.open(), Scheme(name="Spring"), ON), Scheme(name="Spring")


def answer(world: World, code: Code) -> Answer:
    store, base, scheme = world
    language = Language(code)
    session = Session(store.path, store.open(), False, None, language, Look(language, currency="CNY"), None)
    return Answer(session, scheme, draw_lines(base, scheme), None, ref(base))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("sheets"), ["Ann/陈", None])


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_computed_tier_stands_beside_one_set_by_hand(world: World, code: Code) -> None:
    found, say = answer(world, code), Language(code).say
    computed = say("sellers.column.computed_tier")
    plain = openpyxl.load_workbook(BytesIO(seller_block.make_workbook(found, NOBODY)))
    assert plain.sheetnames == [say("sellers.summary"), "Ann_陈", say("sellers.nobody")]
    head = [cell.value for cell in plain["Ann_陈"][3]]
    assert computed not in head, "the same column twice says nothing"
    assert say("sellers.column.last_touch_on") not in head, "nobody was contacted"
    held = seller_block.make_workbook(found, Held(np.array([0]), ("A",)))
    page = openpyxl.load_workbook(BytesIO(held))["Ann_陈"]
    rows = [dict(zip((cell.value for cell in page[3]), row, strict=True)) for row in page.iter_rows(4)]
    mine = next(row for row in rows if row[say("sellers.column.customer_id")].value == "C00")
    assert mine[say("sellers.column.tier")].value == Language(code).tier("A")
    assert mine[computed].value == Language(code).tier("C")
    name = mine[say("sellers.column.name")]
    assert (name.value, name.data_type, name.quotePrefix) == ("=1+1", "s", True)
    assert f"{say('sellers.column.revenue_12m')} (CNY)" in rows[0]
    summary = [[cell.value for cell in row] for row in plain.worksheets[0].iter_rows(3)]
    assert summary[-1][:2] == [say("sellers.all"), 20] and summary[-2][0] == say("sellers.nobody")
    assert sum(summary[-1][2:6]) == 20


@pytest.mark.parametrize("code", LANGUAGES)
def test_where_there_can_be_no_lists_the_page_says_why(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: Code
) -> None:
    said: list[str] = []
    monkeypatch.setattr(seller_block.blocks, "grey", said.append)
    monkeypatch.setattr(seller_block, "offer_file", lambda *_, **__: said.append("offered"))
    seller_block.offer_seller_lists(Latest(answer(world, code)))
    seller_block.offer_seller_lists(Latest(answer(make_world(tmp_path, [None]), code)))
    monkeypatch.setattr(seller_block, "MOST_CUSTOMERS", 19)
    seller_block.offer_seller_lists(Latest(answer(world, code)))
    say = Language(code).say
    assert said == ["offered", say("sellers.none"), say("sellers.many", customers=19, sellers=200)]


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_group_of_tags_is_a_column_of_every_sheet(tmp_path: Path, code: Code) -> None:
    world = make_world(tmp_path, ["Ann", None])
    journal = Journal(world[0].path)
    by: dict[str, Any] = {"author": "anna", "at": datetime(2026, 6, 30, 9)}
    for name in ("=1+1", "Samples"):
        tag_id = make_tag(journal, "@Sales", name, **by)
        tag_customers(journal, tag_id, ["C02"], is_set=True, on=ON, **by)
    page = openpyxl.load_workbook(BytesIO(seller_block.make_workbook(answer(world, code), NOBODY)))["Ann"]
    rows = [dict(zip((cell.value for cell in page[3]), row, strict=True)) for row in page.iter_rows(4)]
    say = Language(code).say
    head = say("tag.column", group="@Sales")
    assert list(rows[0])[-3:] == [head, say("sellers.column.notes"), say("sellers.column.signature")]
    told = {row[say("sellers.column.customer_id")].value: row[head] for row in rows}
    mine = told["C02"]
    expected = say("tag.separator").join(["=1+1", "Samples"])
    assert (mine.value, mine.data_type, mine.quotePrefix) == (expected, "s", True)
    assert [cell.value for key, cell in told.items() if key != "C02"] == [None] * (len(told) - 1)
    csv = to_csv(frame_tiers(answer(world, code)))
    assert f"'{expected}" in csv and f",{expected}" not in csv
