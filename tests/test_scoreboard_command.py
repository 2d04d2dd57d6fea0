"""`scoreboard`: every method and saved scheme with figures, ranges and verdict, and the page says the same."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from segmentation.__main__ import main
from segmentation.i18n import Language
from segmentation.journal import Journal
from segmentation.methods.registry import methods
from segmentation.schemes import Scheme
from segmentation.scoreboard_command import score_methods
from segmentation.validation import past
from tests.pages.stores import open_page, texts
from tests.validation.buyers import MOST, frames
from tests.worlds import make_store

VERDICTS = {"baseline", "beats", "no_better", "worse", "too_few", "not_point_in_time", "cannot_run"}
RANGED = ("auc", "gini", "skill", "value_share", "value_skill", "unchanged")
SEATS = Scheme(name="seats", method="scorecard", method_params={"attributes": ("seats",)})


@pytest.fixture(scope="module", autouse=True)
def few_dates() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(past, "MOST_DATES", MOST - 1)
        yield


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Path(make_store(tmp_path_factory.mktemp("scoreboard"), **frames()).path)
    Journal(made).save_scheme(SEATS, "ann", datetime(2026, 4, 1))
    return made


@pytest.fixture(scope="module")
def told(store: Path) -> dict[str, Any]:
    """As the command prints it."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert main(["scoreboard", "--store", str(store), "--json"]) == 0
    return dict(json.loads(printed.getvalue()))


def test_one_object_for_every_method_saved_scheme_and_the_simple_sort(told: dict[str, Any]) -> None:
    keys = [line["key"] for line in told["methods"]]
    assert keys[0] == "baseline" and len(set(keys)) == len(keys)
    assert set(keys) == {"baseline", "scheme:seats.1", *(f"method:{name}" for name in methods())}
    assert {line["verdict"] for line in told["methods"]} <= VERDICTS
    assert all(line["told"] and "**" not in line["told"] for line in told["methods"])
    assert len(told["dates"]) == MOST - 1 and told["finding"] and "**" not in told["finding"]


def test_every_figure_lies_in_its_range_and_what_is_not_judged_has_none(told: dict[str, Any]) -> None:
    judged = [line for line in told["methods"] if line["dates_count"]]
    assert len(judged) >= 4
    for line in judged:
        for name in RANGED:
            value, low, high = (line[f"{name}{end}"] for end in ("", "_low", "_high"))
            assert value is None or low is None or low <= value <= high, (line["key"], name)
        assert 0 < line["auc"] < 1 and line["customer_months"] > 0
    for line in told["methods"]:
        if not line["dates_count"]:
            assert [line[name] for name in RANGED] == [None] * len(RANGED), line["key"]
    assert next(line for line in judged if line["key"] == "baseline")["skill"] is None


def test_what_reads_columns_without_a_date_is_listed_and_not_ranked(told: dict[str, Any]) -> None:
    (seats,) = [line for line in told["methods"] if line["key"] == "scheme:seats.1"]
    assert seats["verdict"] == "not_point_in_time" and seats["dates_count"] == 0
    assert seats["kind"] == "scheme" and seats["method"] == "scorecard"


def test_the_page_says_what_the_command_says(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    """In Chinese here; in the browser in both languages."""
    app = open_page(monkeypatch, store, "method_scoreboard", "zh")
    if "board.ask" in [button.key for button in app.button]:
        app = app.button(key="board.ask").click().run()
    said = plain(texts(app))
    document = score_methods(store, None, Language("zh"))
    assert plain(document["finding"]) in said
    missing = [line["told"] for line in document["methods"] if plain(line["told"]) not in said]
    assert not missing, missing


def plain(text: str) -> str:
    """Letters and digits alone: marks and escapes are how a page writes them."""
    return "".join(letter for letter in html.unescape(text) if letter.isalnum())
