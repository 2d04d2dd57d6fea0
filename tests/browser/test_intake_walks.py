"""Files to tiers by the words on the screen: a small company's three months, five clicks, a column read wrongly."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.import_command import import_files
from segmentation.store import Store
from segmentation.summary import build_summary
from tests.browser.conftest import App
from tests.browser.test_walks import by_command_line, sizes, sum_line
from tests.browser.visitor import PATIENCE_MS, Visitor, visit
from tests.intake import months

pytestmark = pytest.mark.browser
MOST_CLICKS = 5
COUNT_CLICKS = """
window.clicks = 0;
addEventListener('click', event => { if (event.isTrusted) window.clicks += 1; }, true);
"""
# The column called amount holds list prices: what was paid stands beside it.
ORDERS = {
    "en": "Order No,Customer,Order date,Amount,Really paid\nN1,Acme,2027-05-03,100,70\nN2,Beta,2027-05-09,50,35\n",
    "zh": "订单号,客户,下单日期,金额,谈定总额\nN1,甲公司,2027-05-03,100,70\nN2,乙公司,2027-05-09,50,35\n",
}
PAID = {"en": "Really paid", "zh": "谈定总额"}


def written(folder: Path, files: list[tuple[str, bytes]]) -> list[Path]:
    """The generated files of one month, in a folder of their own."""
    folder.mkdir()
    for name, content in files:
        (folder / name).write_bytes(content)
    return [folder / name for name, _ in files]


def choose_files(visitor: Visitor, files: list[Path]) -> None:
    """As a hand does: the button of the uploader, then the files in the window that opens."""
    with visitor.page.expect_file_chooser() as opened:
        visitor.page.locator("[data-testid=stFileUploaderDropzone] button").first.click()
    opened.value.set_files([str(file) for file in files])
    visitor.page.locator(".st-key-in-publish").first.wait_for(state="visible", timeout=PATIENCE_MS)
    visitor.settle()


def is_in_sight(visitor: Visitor, where: Any) -> bool:
    """Whether something stands on the screen without scrolling."""
    box, size = where.bounding_box(), visitor.page.viewport_size
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


def stored(path: Path) -> tuple[dict[str, int], pd.DataFrame, dict[str, Any]]:
    """Rows of every table, months with their amounts, and the summary."""
    with Store(path).open() as book:
        return dict(book.version.rows), book.query("months"), vars(build_summary(book))


def assert_alike(visitor: Visitor, other: Path) -> None:
    """What came in by the page is what comes in by the command line."""
    (rows, by_month, summary), (its_rows, its_months, its_summary) = stored(visitor.app.store), stored(other)
    assert rows == its_rows and summary == its_summary
    pd.testing.assert_frame_equal(by_month, its_months)


def test_a_trading_company_brings_three_months(browser: Any, app: App, tmp_path: Path) -> None:
    visitor, other = visit(browser, app, "zh"), tmp_path / "other"
    amounts = []
    for place, files in enumerate(months.trading()):
        paths = written(tmp_path / str(place), files)
        visitor.open("data_intake")
        visitor.upload(paths)
        import_files(
            other, paths, mapping=None, takes_proposals=True, now=datetime.now(), language=Language("zh")
        )
        button = visitor.page.locator(".st-key-in-answers-use button").first
        assert is_in_sight(visitor, button), "the one button of the questions is not on the first screen"
        visitor.publish()
        assert_alike(visitor, other)
        by_month = stored(app.store)[1]
        amounts.append(dict(zip(by_month["month"].astype(str).str[:7], by_month["amount"], strict=True)))
    assert amounts[0] == {"2026-11": 42900, "2026-12": 900}
    assert amounts[1]["2026-11"] == 44900 and amounts[1]["2026-12"] > 900
    assert amounts[2] == amounts[1] | {"2027-01": 1300}, "a file of January takes nothing of last year away"
    visitor.press("in.done.tiers")
    told = sum_line(visitor)
    assert told[:-1] == sizes(by_command_line(visitor)) and told[-1] == stored(app.store)[0]["customers"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_five_clicks_lead_to_the_tiers_and_a_wrong_column_is_found_by_its_words(
    browser: Any, app: App, code: Code, tmp_path: Path
) -> None:
    visitor = visit(browser, app, code)
    visitor.page.add_init_script(COUNT_CLICKS)
    visitor.open("data_intake")
    company = months.trading() if code == "zh" else months.software()
    choose_files(visitor, written(tmp_path / "first", company[0]))
    visitor.publish()
    visitor.press("in.done.tiers")
    assert visitor.page.evaluate("window.clicks") <= MOST_CLICKS
    told = sum_line(visitor)
    assert told[:-1] == sizes(by_command_line(visitor)) and told[-1] == stored(app.store)[0]["customers"]
    _correct(visitor, written(tmp_path / "second", [("orders.csv", ORDERS[code].encode())]))
    with Store(app.store).open() as book:
        by_month = book.query("months")
        assert by_month.loc[by_month["month"].astype(str).str[:7] == "2027-05", "amount"].tolist() == [105]
    more = ORDERS[code].replace("N1", "N3").replace("N2", "N4").replace("-05-", "-06-").encode()
    visitor.open("data_intake")
    visitor.upload(written(tmp_path / "third", [("orders.csv", more)]))
    assert "105" in visitor.page.locator("[data-testid=stTable] tr", has_text="2027-06").last.inner_text(), (
        "not remembered"
    )


def _correct(visitor: Visitor, files: list[Path]) -> None:
    """Nothing but words: the wrong sum is seen, the tab that asks about it opened, the column told what it means."""
    page, say = visitor.page, visitor.say
    visitor.open("data_intake")
    choose_files(visitor, files)
    assert "150" in page.locator("[data-testid=stTable] tr", has_text="2027-05").last.inner_text()
    tab = page.get_by_role("tab", name=say("in.tab.columns"))
    assert is_in_sight(visitor, tab), "the way to change a column is not on the first screen"
    tab.click()
    _select(visitor, say("in.column"), PAID[visitor.language.code])
    _select(visitor, say("in.columns.means"), say("column.amount"))
    page.get_by_role("button", name=say("in.columns.apply")).click()
    visitor.settle()
    assert "105" in page.locator("[data-testid=stTable] tr", has_text="2027-05").last.inner_text()
    visitor.publish()


def _select(visitor: Visitor, label: str, option: str) -> None:
    """Open the list that is labelled so and take a line of it."""
    visitor.page.get_by_role("combobox", name=label).first.click()
    visitor.page.get_by_role("option", name=option, exact=True).click()
    visitor.settle()
