"""A person makes a tag by a rule, and sees in both languages how many customers bear it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from segmentation.i18n import LANGUAGES, Code
from segmentation.journal import Journal
from segmentation.store import Store
from segmentation.tags import read_registry
from tests.browser.conftest import App
from tests.browser.visitor import visit
from tests.worlds import PUBLISHED_AT, make_upload, owned_customers

pytestmark = pytest.mark.browser
ON = date(2026, 6, 30)


@pytest.mark.parametrize("code", LANGUAGES)
def test_an_automatic_tag_is_made_and_counted(browser: Any, app: App, tmp_path: Any, code: Code) -> None:
    world = owned_customers(["Ann", "Bo"], ON, 40, 50)
    Store(app.store).publish(make_upload(tmp_path, **world), None, "test", PUBLISHED_AT)
    visitor = visit(browser, app, code)
    visitor.open("tag_registry")
    visitor.page.get_by_text(visitor.say("tag.view.new"), exact=True).click()
    visitor.settle()
    visitor.page.get_by_text(visitor.say("tag.kind.automatic"), exact=True).click()
    visitor.settle()
    group = visitor.page.locator(".st-key-tags-new-group input")
    group.fill("Sales · 销售")
    group.press("Enter")
    visitor.settle()
    visitor.page.locator(".st-key-tags-new-name input").fill("Orders much")
    visitor.page.locator("[class*=st-key-tag_rule] input[type=number]").first.fill("0.1")
    visitor.page.keyboard.press("Enter")
    visitor.settle()
    # Customer k ordered 2 + k // 3 times for 50 + 9 k: annual purchases above 1,000.
    bought = world["orders"][world["orders"]["ordered_on"] > date(2025, 6, 30)]
    count = int((bought.groupby("customer_id")["amount"].sum() > 1_000).sum())
    visitor.see(visitor.say("tag.rule.tags", n=count, count=40, date=ON))
    visitor.press("tags.make")
    share = visitor.language.percent(count / 40)
    visitor.see(visitor.say("tag.usage", k=count, count=40, share=share))
    visitor.see("Orders much")
    (tag,) = read_registry(Journal(app.store)).core
    assert (tag.group, tag.kind) == ("Sales · 销售", "automatic")
