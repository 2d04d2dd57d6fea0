"""The scoreboard and the rule builder in the browser, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.import_command import import_files
from segmentation.rule_presets import PRESETS
from segmentation.scoreboard_command import score_methods
from tests.browser.conftest import App, start_app
from tests.browser.test_walks import first_month
from tests.browser.visitor import Visitor, visit

pytestmark = pytest.mark.browser
AT = datetime(2026, 11, 2, 9)
MINUTES_MS = 300_000  # a replay of every method at eight dates, on a machine with other work
ANNUAL = {"en": "annual purchases > 1,000,000", "zh": "年采购额 > 100万"}
TAKES = {"en": r"takes ([\d,]+) cust", "zh": r"归入 ([\d,]+) 家"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The sample's first month as data of one's own: only those keep drafts."""
    store = tmp_path_factory.mktemp("methods") / "store"
    import_files(
        store, first_month("en"), mapping=None, takes_proposals=True, now=AT, language=Language("en")
    )
    process, running = start_app(store)
    yield running
    process.terminate()
    process.wait(timeout=20)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_scoreboard_says_what_the_command_line_says(browser: Any, own: App, code: Code) -> None:
    visitor = visit(browser, own, code)
    visitor.open("method_scoreboard")
    if visitor.page.locator(".st-key-board-ask button").count():
        visitor.page.locator(".st-key-board-ask button").click()
    visitor.page.locator(".st-key-board-chart svg").first.wait_for(state="visible", timeout=MINUTES_MS)
    visitor.settle()
    told, said = score_methods(own.store, None, visitor.language), plain(visitor.text())
    assert plain(told["finding"]) in said
    assert len(told["methods"]) > 10
    missing = [line["told"] for line in told["methods"] if plain(line["told"]) not in said]
    assert not missing, missing
    drawn = " ".join(visitor.letters("board-chart"))
    ranked = [line for line in told["methods"] if line["verdict"] in ("beats", "no_better", "worse")]
    assert ranked and all(line["name"] in drawn for line in ranked)
    assert all(plain(visitor.say(name)) in said for name in ("board.agree", "board.differ"))


@pytest.mark.parametrize("code", LANGUAGES)
def test_rules_are_built_by_hand_counted_and_passed_on(browser: Any, own: App, code: Code) -> None:
    visitor = visit(browser, own, code)
    visitor.open("?" + urlencode({"method": "rules", "rules.preset": "own"}))
    visitor.page.get_by_role("button", name=PRESETS["annual"].text.in_(code)).click()
    visitor.settle()
    sidebar = visitor.page.locator("[data-testid=stSidebar]")
    assert ANNUAL[code] in sidebar.inner_text().replace("\u2060", "")
    before = taken(visitor)
    field = sidebar.locator("[class*=st-key-rule_rows] input[type=number]").first
    field.fill("1")
    field.press("Enter")
    visitor.settle()
    assert taken(visitor)[0] > before[0], "a lower bound takes more customers"
    sidebar.get_by_role("button", name=visitor.say("rules.add"), exact=True).click()
    visitor.settle()
    assert len(taken(visitor)) == 2
    link = visitor.page.url
    assert "draft" in parse_qs(urlsplit(link).query), link
    again = visit(browser, own, "en" if code == "zh" else "zh")
    again.page.goto(re.sub(r"([?&])lang=\w+", rf"\1lang={again.language.code}", link))
    again.page.wait_for_selector(".st-key-scheme_bar")
    again.settle()
    assert taken(again) == taken(visitor), "the link opens other rules"


def taken(visitor: Visitor) -> list[int]:
    """How many customers each rule takes, as the sidebar says."""
    said = visitor.page.locator("[data-testid=stSidebar]").inner_text()
    return [int(count.replace(",", "")) for count in re.findall(TAKES[visitor.language.code], said)]


def plain(text: str) -> str:
    """Letters alone: the page breaks lines where it likes."""
    return re.sub(r"[\s\u2060]+", "", text)
