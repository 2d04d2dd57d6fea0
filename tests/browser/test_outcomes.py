"""The page Outcomes as somebody finds it: by tier, then by another group, with nothing clipped or broken."""

from __future__ import annotations

from typing import Any

import pytest

from segmentation.i18n import LANGUAGES, Code
from tests.browser.conftest import App
from tests.browser.visitor import visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_followed_by_tier_and_by_region(browser: Any, shared_app: App, code: Code) -> None:
    visitor = visit(browser, shared_app, code)
    visitor.open()
    visitor.go(visitor.say("ui.page.outcomes"))
    visitor.see(visitor.say("byhand.title"))
    letters = visitor.letters("out-repurchase")
    assert {"A", "B", "C", "83/90", "566/1,073"} <= set(letters)
    assert (
        "42%" not in visitor.letters("cycle")[:1]
        and visitor.page.locator(".st-key-cycle .js-plotly-plot").count()
    )
    box = visitor.page.locator("[data-testid=stSidebar] [data-testid=stSelectbox] input").first
    box.click()
    visitor.page.get_by_role("option", name=visitor.say("out.by.region"), exact=True).click()
    visitor.settle()
    assert "Jiangsu" in visitor.letters("out-repurchase")
    assert "by=region" in visitor.page.url
    assert visitor.page.locator("[data-testid=stException]").count() == 0
