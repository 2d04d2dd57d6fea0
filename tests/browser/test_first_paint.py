"""First start with an empty store: the sample company's three charts, without a click."""

from __future__ import annotations

from typing import Any

import pytest

from segmentation.i18n import LANGUAGES, Code
from tests.browser.conftest import App
from tests.browser.visitor import visit

pytestmark = pytest.mark.browser
CHARTS = 3


@pytest.mark.parametrize("code", LANGUAGES)
def test_three_charts_of_the_sample_without_a_click(browser: Any, shared_app: App, code: Code) -> None:
    visitor = visit(browser, shared_app, code)
    visitor.open()
    main = visitor.page.locator("[data-testid=stMain]")
    main.locator(".js-plotly-plot").nth(CHARTS - 1).wait_for(state="visible")
    assert main.locator(".js-plotly-plot").count() >= CHARTS
    told = visitor.text()
    assert visitor.say("ui.sample") in told
    assert "1,200" in told
    assert visitor.page.locator("[data-testid=stException]").count() == 0


PATHS = ("tier_tuning", "data_intake", "customer_profile", "outcome_review", "workspace_settings")


@pytest.mark.parametrize("path", PATHS)
def test_an_address_is_the_first_thing_asked_of_a_fresh_server(browser: Any, app: App, path: str) -> None:
    visitor = visit(browser, app, "en")
    visitor.open(path)
    assert visitor.page.get_by_text("Page not found").count() == 0
    assert visitor.page.locator("[data-testid=stException]").count() == 0
    assert visitor.text().strip()


def test_every_page_opens_by_its_address_in_chinese(browser: Any, shared_app: App) -> None:
    for path in PATHS:
        visitor = visit(browser, shared_app, "zh")
        visitor.open(path)
        assert visitor.page.get_by_text("Page not found").count() == 0, path
        assert visitor.page.locator("[data-testid=stException]").count() == 0, path
        assert visitor.page.get_by_text(visitor.say("ui.page.data")).count(), path


def test_nothing_leaves_the_machine(browser: Any, shared_app: App) -> None:
    visitor = visit(browser, shared_app, "en")
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    visitor.open()
    visitor.go(visitor.say("ui.page.data"))
    foreign = [
        url for url in asked if not url.startswith((shared_app.url, "data:", "blob:", "ws://127.0.0.1"))
    ]
    assert not foreign, foreign
