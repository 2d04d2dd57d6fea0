"""The list of all customers as a file: in the page's language throughout, the command line's under its own names."""

from __future__ import annotations

import pytest

from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.lists import COLUMNS, list_customers
from segmentation.schemes import Scheme
from segmentation.tuning import prepare
from segmentation.ui.customer_list import HEADERS, frame_tiers
from tests.ui.test_seller_block import ON, World, answer
from tests.worlds import make_store, owned_customers


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = owned_customers(["Ann/陈", None], ON, 20, 50)
    world["orders"] = world["orders"].query("customer_id != 'C03'")  # a customer that cannot be rated
    store, scheme = make_store(tmp_path_factory.mktemp("lists"), **world), Scheme(name="Spring")
    return store, prepare(store.open(), scheme, ON), scheme


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_hands_out_its_list_in_its_own_language(world: World, code: Code) -> None:
    found, language = answer(world, code), Language(code)
    listed = frame_tiers(found)
    assert tuple(HEADERS) == COLUMNS
    assert list(listed) == [language.say(text) for text in HEADERS.values()]
    for column in ("sellers.column.tier", "sellers.column.computed_tier"):
        told = set(listed[language.say(column)])
        assert told == {language.tier(name) for name in ("A", "C", "unrated")}


def test_the_same_customers_stand_in_the_command_lines_list_under_its_names(world: World) -> None:
    found, language = answer(world, "zh"), Language("zh")
    listed = list_customers(found.prepared.now, found.evaluation, language)
    assert tuple(listed) == COLUMNS and "unrated" in set(listed["tier"])
    page = frame_tiers(found)
    assert page[language.say("matrix.column.id")].tolist() == listed["customer_id"].tolist()
    assert page[language.say("sellers.column.tier")].tolist() == [
        language.tier(tier) for tier in listed["tier"]
    ]
