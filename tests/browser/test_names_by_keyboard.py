"""Two names said to be one and taken back without a mouse: what the page shows follows at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segmentation.identities import Alias
from segmentation.store import Store
from tests.browser.conftest import App
from tests.browser.visitor import Visitor, visit

pytestmark = pytest.mark.browser
CUSTOMERS = "客户编号,客户名称\nC1,宁波海昌五金制品有限公司\nC2,温州科达泵业\n"
ORDERS = (
    "订单编号,客户,下单日期,金额\nO1,宁波海昌五金制品有限公司,2026-03-01,100\nO2,宁波海昌五金,2026-03-02,50\n"
)
MOST_KEYS = 60


def _tab_to(visitor: Visitor, where: str) -> None:
    """Press Tab until the focus is inside `where`."""
    for _ in range(MOST_KEYS):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate(f"() => document.activeElement.closest('{where}') !== null"):
            return
    raise AssertionError(f"no key leads to {where}")


def test_names_are_merged_and_taken_back_by_keyboard(browser: Any, app: App, tmp_path: Path) -> None:
    visitor = visit(browser, app, "zh")
    files = {"客户.csv": CUSTOMERS, "订单.csv": ORDERS}
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    visitor.open("data_intake")
    visitor.upload([tmp_path / name for name in files])
    visitor.page.get_by_role("tab").first.focus()
    _tab_to(visitor, "[class*=st-key-in-answer-alias]")
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.keyboard.press("Enter")
    visitor.settle()
    _tab_to(visitor, ".st-key-in-answers-use")
    visitor.page.keyboard.press("Enter")
    visitor.settle()
    visitor.publish()
    served = Store(app.store).current()
    assert served is not None and served.aliases == (Alias("customer", "宁波海昌五金", "C1"),)
    visitor.open("workspace_settings")
    back = visitor.page.get_by_role("button", name=visitor.say("alias.take_back"), exact=True)
    back.first.wait_for()
    assert back.count() == 1
    back.focus()
    visitor.page.keyboard.press("Enter")
    visitor.see(visitor.say("alias.none"))
    visitor.settle()
    assert back.count() == 0, "the pair still stands there"
    assert visitor.page.get_by_text(visitor.say("alias.history", n=2)).count() == 1
