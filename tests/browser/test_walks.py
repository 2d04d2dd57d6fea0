"""The walks through the app as its users take them, in both languages, on the sample and its next month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import openpyxl
import pandas as pd
import pytest

from segmentation import commands
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.import_command import import_files
from segmentation.journal import Journal
from segmentation.planes import VALUE_BEHAVIOUR
from segmentation.proposals import propose
from segmentation.schemes import Scheme
from segmentation.store import Store
from segmentation.tuning import draw_lines, freeze_lines, prepare
from tests.browser.conftest import ROOT, App, start_app
from tests.browser.visitor import Visitor, visit

pytestmark = pytest.mark.browser
SAMPLE = ROOT / "sample_data"
TABLES = ("customers", "orders", "touches", "deals", "reps", "spend")
WORKBOOK = "客户订单跟进.xlsx"
AT = datetime(2026, 11, 2, 9)
LONG_NAMES = ",".join(f"{letter}{'战略客户名称很长' * 7}" for letter in "甲乙丙丁戊己")


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


def by_command_line(visitor: Visitor, scheme: Path | None = None, out: Path | None = None) -> Any:
    """What `tiers --json` prints, of a scheme file or the published scheme."""
    return commands.tier_customers(visitor.app.store, scheme, None, out, visitor.language)


def sizes(document: Any) -> list[int]:
    """Customers per tier, *unrated* last."""
    return [row["customers"] for row in document["tiers"]]


def in_the_download(visitor: Visitor) -> list[int]:
    """Customers per tier in the file behind the page's download button."""
    listed = pd.read_csv(visitor.download("list_csv"), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    counts = listed[visitor.say("sellers.column.tier")].value_counts()
    return [int(counts.get(visitor.language.tier(name), 0)) for name in ("A", "B", "C", "unrated")]


def headline_of(document: Any, visitor: Visitor) -> str:
    """The sentence over the page, from what the command line prints."""
    rows, language = document["tiers"], visitor.language
    shares = {name: rows[0][name] / sum(row[name] for row in rows) for name in ("revenue", "hours_now")}
    return visitor.say(
        "head.tier",
        tier=language.tier("A"),
        n=rows[0]["customers"],
        revenue_share=language.percent(shares["revenue"]),
        hours_share=language.percent(shares["hours_now"]),
    )


def assert_page_says(document: Any, visitor: Visitor) -> None:
    """Headline, sizes, conversion with k/n and interval, and hours needed against capacity, as the command line has
    them."""
    rows, number = document["tiers"], visitor.language.number
    assert visitor.page.locator("[data-testid=stMain] h2").first.inner_text() == headline_of(
        document, visitor
    )
    assert sum_line(visitor)[:-1] == sizes(document)
    drawn = set(visitor.letters("conversion"))
    assert {f"{number(row['k'], 0)}/{number(row['n'], 0)}" for row in rows} <= drawn, drawn
    ranges = visitor.ranges("conversion")  # beginning and width are drawn to four places each
    for row in rows:
        told = pytest.approx((row["low"], row["high"]), abs=1.5e-4)
        assert any(drawn_range == told for drawn_range in ranges), (row, ranges)
    hours = visitor.letters("effort")
    assert {number(row["hours_needed"], 0) for row in rows} <= set(hours), hours
    need = number(sum(row["hours_needed"] for row in rows), 0)
    have = next(
        text for text in hours if text.startswith(visitor.say("fig.available", hours="¦").split("¦")[0])
    )
    available = have.split()[-1]
    assert any(need in line and available in line for line in visitor.text().splitlines()), (need, available)


def moved_between(first: Path, second: Path) -> int:
    """Customers whose tier differs in two lists of the command line."""
    one, two = (pd.read_csv(path, dtype=str).set_index("customer_id")["tier"] for path in (first, second))
    return int((one != two.reindex(one.index)).sum())


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One app for all who walk on own data: the first month, imported without the browser, which walk 3 does."""
    store = tmp_path_factory.mktemp("walked") / "store"
    import_files(
        store, first_month("en"), mapping=None, takes_proposals=True, now=AT, language=Language("en")
    )
    process, running = start_app(store)
    yield running
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def spring(walked: App) -> Scheme:
    """The proposal as the published scheme, whoever walked before."""
    with Store(walked.store).open() as book:
        scheme = propose(book).scheme
        base = prepare(book, scheme, book.data_through_on or AT.date())
    frozen = freeze_lines(base, draw_lines(base, scheme)).changed(name="Spring")
    return Journal(walked.store).publish_scheme(frozen, "ann", AT)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_director_moves_the_line_publishes_and_hands_out_lists(
    browser: Any, walked: App, spring: Scheme, code: Code, tmp_path: Path
) -> None:
    visitor = visit(browser, walked, code)
    visitor.open()
    in_force = tmp_path / "published.csv"
    assert_page_says(by_command_line(visitor, out=in_force), visitor)
    before = sum_line(visitor)
    line = visitor.page.locator("[data-testid=stSidebar]").get_by_role("slider").first
    line.focus()
    start = percent(line)
    for _ in range(10):
        visitor.page.keyboard.press("ArrowLeft")  # faster than any run ends
    visitor.settle()
    assert percent(line) == start - 10 == in_the_link(visitor, "score1"), "a key pressed was lost"
    after, address = sum_line(visitor), visitor.page.url
    assert after[0] > before[0] and sum(after[:-1]) == after[-1] == 1200, "A did not grow with a lower line"
    visitor.choose("scheme_menu", visitor.say("scheme.file"))
    scheme = visitor.download("scheme_toml")
    visitor.page.keyboard.press("Escape")
    assert_page_says(by_command_line(visitor, scheme, tmp_path / "draft.csv"), visitor)
    _compare_with_published(visitor, spring, moved_between(in_force, tmp_path / "draft.csv"))
    _open_again(browser, visitor, address, after)
    line.focus()
    for _ in range(7):
        visitor.page.keyboard.press("ArrowLeft")
    visitor.press("publish")  # while the last keys are still on their way
    told = read_sum(visitor.page.get_by_role("dialog").inner_text())
    visitor.press("publish_now")
    visitor.page.wait_for_timeout(1500)
    published = Journal(walked.store).published_scheme()
    assert published is not None and published.policy.kind == "score" and published.fitted
    assert published.revision == spring.revision + 1
    assert told[0] > after[0] and told[:-1] == sum_line(visitor)[:-1]
    assert_page_says(by_command_line(visitor, out=in_force), visitor)
    _hand_out(visitor, pd.read_csv(in_force, dtype=str))
    _open_again(browser, visitor, address, after)


def _compare_with_published(visitor: Visitor, spring: Scheme, moved: int) -> None:
    """Grey marks, who would move, and both schemes side by side."""
    assert visitor.say("tune.grey", name="Spring", revision=spring.revision) in visitor.text()
    visitor.page.get_by_text(visitor.say("moves.against.published"), exact=True).first.click()
    visitor.settle()
    assert (
        moved
        and visitor.say("tune.moves.unit.published", n=moved, revenue="¦").split("¦")[0] in visitor.text()
    )
    visitor.choose("scheme_menu", visitor.say("scheme.compare"))
    assert visitor.say("scheme.compare.moved", n=moved) in visitor.page.get_by_role("dialog").inner_text()
    visitor.page.keyboard.press("Escape")
    visitor.settle()


def _open_again(browser: Any, visitor: Visitor, address: str, figures: list[int]) -> None:
    """The same link in another window gives the same figures, whatever is published by now."""
    again = visit(browser, visitor.app, visitor.language.code)
    again.page.goto(address)
    again.page.wait_for_selector(".st-key-scheme_bar")
    again.settle()
    assert sum_line(again) == figures, "the link does not open the same figures"
    again.page.context.close()


def _hand_out(visitor: Visitor, listed: pd.DataFrame) -> None:
    """A sheet per seller: everybody once, in the tier of the list, in the reader's language."""
    book = openpyxl.load_workbook(BytesIO(visitor.download("sellers_xlsx").read_bytes()))
    owners = listed["owner"].dropna().unique()
    assert set(book.sheetnames) == {visitor.say("sellers.summary"), *owners}
    found: dict[str, tuple[str, str]] = {}
    for owner in owners:
        title, basis, head, *rows = book[owner].iter_rows(values_only=True)
        assert title[0] == visitor.say("sellers.title", owner=owner, n=len(rows))
        assert visitor.say("ui.scheme.state.published") in str(basis[0])
        places = [head.index(visitor.say(f"sellers.column.{name}")) for name in ("customer_id", "tier")]
        found |= {str(row[places[0]]): (owner, str(row[places[1]])) for row in rows}
    told = zip(listed["customer_id"], listed["owner"], listed["tier"], strict=True)
    assert found == {number: (owner, visitor.language.tier(tier)) for number, owner, tier in told}


def test_the_analyst_clicks_and_sends_a_long_link(browser: Any, walked: App, spring: Scheme) -> None:
    visitor = visit(browser, walked, "en")
    query = urlencode({"names": LONG_NAMES, "lines": "number", "number1": "30"})
    assert len(query) > 2_000
    visitor.open(f"?{query}")
    visitor.page.wait_for_url("**draft=**")
    figures = sum_line(visitor)
    assert len(figures) == 8 and figures[0] > 0 and len(visitor.page.url) < 300
    again = visit(browser, walked, "zh")
    again.page.goto(visitor.page.url)
    again.page.wait_for_selector(".st-key-scheme_bar")
    again.settle()
    assert sum_line(again) == figures, "the short link of a long draft opens other figures"
    _click_a_cell(again)
    _find_and_open(visitor)


def _click_a_cell(visitor: Visitor) -> None:
    """A cell of value × behaviour lists its customers."""
    name = VALUE_BEHAVIOUR.cell("core").in_(visitor.language.code)
    cell = visitor.page.locator("[class*=st-key-matrix_chart] svg text", has_text=name).first
    cell.scroll_into_view_if_needed()
    count = re.match(r"([\d,]+)", str(cell.text_content()).removeprefix(name))
    assert count, cell.text_content()
    box = cell.bounding_box()
    visitor.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visitor.page.locator(".st-key-matrix_customers").wait_for(state="visible")
    visitor.settle()
    assert re.search(rf"{name}[:：] ?{count[1]} ?(customers|家)", visitor.text()), visitor.text()


def _find_and_open(visitor: Visitor) -> None:
    """Who would move, looked for by name; a click on the name opens the customer's page."""
    moves = pd.read_csv(visitor.download("moves_csv"), dtype=str, encoding="utf-8-sig")
    number, name = moves.iloc[-1, :2]
    alike = int(moves.iloc[:, 1].str.contains(name, regex=False).sum())
    field = visitor.page.locator(".st-key-moves-text input")
    field.fill(name)
    field.press("Enter")
    visitor.see(visitor.say("moves.found", n=alike, total=len(moves)))
    visitor.settle()
    table = visitor.page.locator(".st-key-movers canvas").first
    table.evaluate("table => table.scrollIntoView({block: 'center'})")
    visitor.settle()
    box = table.bounding_box()
    visitor.page.mouse.move(box["x"] + 60, box["y"] + 45)  # the first row's name
    visitor.page.wait_for_timeout(
        300
    )  # as a hand would: the grid looks where the pointer is before it is pressed
    visitor.page.mouse.click(box["x"] + 60, box["y"] + 45, delay=80)
    visitor.page.wait_for_url(re.compile("/customer_profile[?]"), wait_until="commit", timeout=20_000)
    visitor.settle()
    assert parse_qs(urlsplit(visitor.page.url).query)["customer"] == [number]
    assert name in visitor.page.locator("[data-testid=stMain] h2").first.inner_text()
    visitor.page.go_back()
    visitor.settle()
    assert "customer_profile" not in visitor.page.url, "the way back leads to the customer again"


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
    asked = visitor.page.locator("[class*=st-key-in-answer-]:visible")
    keys = asked.evaluate_all("all => all.map(one => one.className)")
    # October is told otherwise by the sample's November (its README says so); nothing else is to be decided.
    restated = re.compile("in-answer-restated-2026-10")
    assert all(restated.search(key) for key in keys), f"asked although nothing is open: {keys}"
    visitor.publish()
    second = store.current()
    assert second is not None and second.number == 2 and second.rows["customers"] == 1211
    assert second.rows["orders"] == first.rows["orders"] + 501
    visitor.press("in.done.tiers")
    told = sum_line(visitor)
    assert sum(told[:-1]) == told[-1] > 1200
    assert told[:-1] == sizes(by_command_line(visitor)) == in_the_download(visitor)
    visitor.open("data_intake")
    visitor.page.get_by_text(visitor.say("in.undo", number=2)).first.click()
    visitor.press("in.undo")
    third = store.current()
    assert third is not None and (third.number, third.rows["orders"]) == (3, first.rows["orders"])
