"""The two-axis block and who would move, on the page: cells list their customers, searches look at everybody."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from segmentation.i18n import LANGUAGES, Language
from segmentation.journal import Journal
from segmentation.planes import CELLS, VALUE_BEHAVIOUR
from segmentation.ui import movers
from tests.pages.stores import WORLDS, assert_whole, open_page, run_anew, store_path, texts
from tests.pages.test_tier_tuning import customers
from tests.worlds import make_store


def chart(app: AppTest) -> dict[str, Any] | None:
    """What is sent of the matrix, None where it is not drawn."""
    found = [json.loads(proto.proto.spec) for proto in app.get("plotly_chart")]
    return next((figure for figure in found if len(figure["data"][0].get("text", ())) == len(CELLS)), None)


def table(app: AppTest, column: str, nth: int = 0) -> pd.DataFrame | None:
    found = [frame.value for frame in app.dataframe if column in frame.value.columns]
    return found[nth] if len(found) > nth else None


def written_table(app: AppTest, first_header: str) -> list[list[str]]:
    """The rows of the small table that begins with this header."""
    written = [part for one in app.markdown for part in str(one.value).split("\n\n")]
    (found,) = [part for part in written if part.startswith(f"|{first_header}|")]
    return [line.strip("|").split("|") for line in found.split("\n")[2:]]


def listed(app: AppTest) -> pd.DataFrame | None:
    return table(app, "across")


def search(app: AppTest, key: str, text: str) -> AppTest:
    """Type into a search box of a page that was opened directly: its first interaction is lost on AppTest."""
    app.text_input(key=key).set_value(text).run()
    return run_anew(app)


def sizes(app: AppTest) -> list[int]:
    figure = chart(app)
    assert figure is not None
    return [int(text.split("<br>")[1].split(" ")[0].replace(",", "")) for text in figure["data"][0]["text"]]


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """250 customers, all graded, half of them A and half C."""
    world = customers(250)
    world["customers"]["grade"] = ["A", "C"] * 125
    return Path(make_store(tmp_path, **world).path)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_cells_of_the_sample_add_up_to_its_rated_customers(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    app = open_page(monkeypatch, store_path("sample"), "tier_tuning", code)
    assert_whole(app, code)
    assert sum(sizes(app)) == 1_200 - 124
    assert VALUE_BEHAVIOUR.cell("core").in_(code) in texts(app)  # type: ignore[arg-type]
    assert listed(app) is None, "nothing was chosen: nobody is listed, and nothing is sent"


@pytest.mark.parametrize("code", LANGUAGES)
def test_choosing_a_cell_lists_its_customers_by_sales_at_most_200(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    app = open_page(monkeypatch, store_path("sample"), "tier_tuning", code, cell="light")
    assert_whole(app, code)
    count, rows = sizes(app)[CELLS.index("light")], listed(app)
    assert rows is not None and count > 200 == len(rows)
    assert str(count) in texts(app), "how many there are in all"
    assert rows["revenue"].is_monotonic_decreasing and (rows[["up", "across"]] < 34).all().all()
    figure = chart(app)
    assert figure is not None and len(figure["layout"]["shapes"]) == 1
    search(app, "matrix.search", str(rows["name"].iloc[199]))
    found = listed(app)
    assert found is not None and 1 <= len(found) < 10 and rows["name"].iloc[199] in list(found["name"])
    search(app, "matrix.search", "<b>nobody</b>")
    assert listed(app) is None and "nobody" in texts(app) and "<b>nobody" not in texts(app)


def test_the_list_of_cells_does_what_a_click_does(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("sample"), "tier_tuning", "en")
    box = next(found for found in app.selectbox if found.label == "Customers of a cell")
    box.set_value("core").run()
    rows = listed(app)
    assert rows is not None and (rows[["up", "across"]] > 66).all().all()
    assert app.query_params["cell"] in ("core", ["core"])


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("method", ["rfm", "abc", "scorecard"])
def test_every_method_on_every_book_shows_cells_or_says_who_has_them(
    monkeypatch: pytest.MonkeyPatch, world: str, method: str, code: str
) -> None:
    app = open_page(monkeypatch, store_path(world), "tier_tuning", code, method=method)
    assert_whole(app, code)
    if method == "abc" and world == "sample":
        assert chart(app) is None and ("Scorecard" if code == "en" else "评分表") in texts(app)


def test_the_published_scheme_comes_first_then_the_grades_of_the_file_and_the_others_are_one_click_away(
    monkeypatch: pytest.MonkeyPatch, graded: Path
) -> None:
    app = open_page(monkeypatch, graded, "tier_tuning", "en")
    first = table(app, "theirs")
    assert "against the grades in your file" in texts(app) and first is not None and len(first)
    sorted_ = open_page(monkeypatch, graded, "tier_tuning", "en", against="simple_sort")
    assert "against the simple sort" in texts(sorted_)
    Journal(graded).publish_scheme(app.session_state["draft"], "test", datetime(2030, 1, 1))
    app = open_page(monkeypatch, graded, "tier_tuning", "en")
    assert "Nobody would move: this rule gives the same tiers as the published scheme." in texts(app)
    app = open_page(monkeypatch, graded, "tier_tuning", "en", against="grades")
    assert "against the grades in your file" in texts(app)


@pytest.mark.parametrize("code", LANGUAGES)
def test_directions_add_up_and_the_search_looks_beyond_the_rows_shown(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    app = open_page(monkeypatch, store_path("sample"), "tier_tuning", code)
    groups, shown = written_table(app, Language(code).say("moves.direction")), table(app, "theirs")
    assert shown is not None
    total = sum(int(row[1].replace(",", "")) for row in groups)
    assert total > len(shown) == movers.SHOWN_ROWS and len(shown.columns) <= 7 and str(total) in texts(app)
    assert [len(row) for row in groups] == [4] * len(groups) and all(cell for row in groups for cell in row)
    search(app, "moves.text", "有限公司")
    assert texts(app).count(str(total)) >= 2
    least = shown["name"].iloc[-1]
    search(app, "moves.text", str(least))
    found = table(app, "theirs")
    assert found is not None and list(found["name"]) == [least]
