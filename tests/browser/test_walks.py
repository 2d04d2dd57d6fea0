"""Two walks through the app as its users take them, in both languages, on the sample and its next month."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from segmentation import commands
from segmentation.i18n import LANGUAGES, Code
from segmentation.journal import Journal
from segmentation.store import Store
from tests.browser.conftest import ROOT, App
from tests.browser.visitor import Visitor, visit

pytestmark = pytest.mark.browser
SAMPLE = ROOT / "sample_data"
TABLES = ("customers", "orders", "touches", "deals", "reps", "spend")
WORKBOOK = "客户订单跟进.xlsx"


def first_month(code: Code) -> list[Path]:
    return [SAMPLE / WORKBOOK] if code == "zh" else [SAMPLE / f"{name}.csv" for name in TABLES]


def next_month(code: Code) -> list[Path]:
    return [SAMPLE / "next_month" / path.name for path in first_month(code)]


def sum_line(visitor: Visitor) -> list[int]:
    """The numbers of "97 + 314 + 665 + 124 not rated = 1,200 customers"."""
    visitor.page.wait_for_function(
        "() => document.querySelector('[data-testid=stMain]').innerText.split('\\n')"
        ".some(line => (line.match(/\\+/g) || []).length >= 3 && line.includes('='))"
    )
    return read_sum(visitor.text())


def read_sum(text: str) -> list[int]:
    """The numbers of the first line of `text` that adds up customers."""
    line = next(line for line in text.splitlines() if line.count("+") >= 3 and "=" in line)
    sentence = re.search(r"[\d,]+(?: \+ [^+=]*?[\d,]+[^+=]*)+ = [^\d]*[\d,]+", line)
    assert sentence, line
    return [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", sentence.group(0))]


def percent(slider: Any) -> float:
    """Where a slider stands."""
    return float(slider.get_attribute("aria-valuetext").rstrip("%"))


def in_the_link(visitor: Visitor, key: str) -> float:
    """What the address says of a control."""
    return float(parse_qs(urlsplit(visitor.page.url).query)[key][0])


def by_command_line(app: App, visitor: Visitor) -> list[int]:
    """Customers per tier, *unrated* last, as `tiers --json` prints them."""
    document = commands.tier_customers(app.store, None, None, None, visitor.language)
    return [row["customers"] for row in document["tiers"]]


def in_the_download(visitor: Visitor) -> list[int]:
    """Customers per tier in the file behind the page's download button."""
    with visitor.page.expect_download() as waiting:
        visitor.page.locator(".st-key-list_csv button").first.click()
    listed = pd.read_csv(waiting.value.path(), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    counts = listed["tier"].value_counts()
    return [int(counts.get(name, 0)) for name in ("A", "B", "C", "unrated")]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_director_moves_the_line_and_publishes(browser: Any, app: App, code: Code) -> None:
    visitor = visit(browser, app, code)
    visitor.open("data_intake")
    visitor.upload(first_month(code))
    visitor.publish()
    visitor.open()
    before = sum_line(visitor)
    assert sum(before[:-1]) == before[-1] == 1200
    line = visitor.page.locator("[data-testid=stSidebar]").get_by_role("slider").first
    line.focus()
    start = percent(line)
    for _ in range(10):
        visitor.page.keyboard.press("ArrowRight")  # faster than any run ends
    visitor.settle()
    assert percent(line) == start + 10 == in_the_link(visitor, "customers1"), "a key pressed was lost"
    after = sum_line(visitor)
    assert sum(after[:-1]) == after[-1] == 1200
    assert after[0] > before[0], "A did not grow when its line was moved to a larger share"
    assert str(after[0]) in visitor.page.locator("[data-testid=stMain] h2").first.inner_text()
    address = visitor.page.url
    again = visit(browser, app, code)
    again.page.goto(address)
    again.page.wait_for_selector(".st-key-scheme_bar")
    again.settle()
    assert sum_line(again) == after, "the link does not open the same figures"
    line.focus()
    for _ in range(3):
        visitor.page.keyboard.press("ArrowRight")
    visitor.press("publish")  # while the last keys are still on their way
    told = read_sum(visitor.page.get_by_role("dialog").inner_text())
    visitor.press("publish_now")
    visitor.page.wait_for_timeout(1500)
    published = Journal(app.store).published_scheme()
    assert published is not None and published.policy.kind == "score" and published.fitted
    assert told[:-1] == sum_line(visitor)[:-1] == by_command_line(app, visitor)
    assert told[0] > after[0]
    again = visit(browser, app, code)
    again.page.goto(address)
    again.page.wait_for_selector(".st-key-scheme_bar")
    again.settle()
    assert sum_line(again) == after, "the link opens other figures once another scheme is published"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_small_team_brings_its_next_month(browser: Any, app: App, code: Code) -> None:
    visitor = visit(browser, app, code)
    visitor.open("data_intake")
    visitor.upload(first_month(code))
    visitor.publish()
    store = Store(app.store)
    first = store.current()
    assert first is not None and first.number == 1 and first.rows["customers"] == 1200
    visitor.open("data_intake")
    visitor.upload(next_month(code))
    head = visitor.page.locator("[data-testid=stMain] h2").first.inner_text()
    assert re.search(r"\d", head)
    assert visitor.page.locator(".st-key-in-answers-use button").count() == 0, (
        "a remembered answer was asked again"
    )
    visitor.publish()
    second = store.current()
    assert second is not None and second.number == 2 and second.rows["customers"] == 1211
    assert second.rows["orders"] == first.rows["orders"] + 501
    visitor.press("in.done.tiers")
    told = sum_line(visitor)
    assert sum(told[:-1]) == told[-1] > 1200
    assert told[:-1] == by_command_line(app, visitor) == in_the_download(visitor)
    visitor.open("data_intake")
    visitor.page.get_by_text(visitor.say("in.undo", number=2)).first.click()
    visitor.press("in.undo")
    third = store.current()
    assert third is not None and (third.number, third.rows["orders"]) == (3, first.rows["orders"])
