"""The publish dialog: the results a scheme then has, and what of others it would take back."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.i18n import LANGUAGES, Language
from segmentation.journal import Journal
from tests.pages.states import company
from tests.pages.stores import texts
from tests.pages.test_tier_tuning import open_tuning
from tests.worlds import make_store

AT = datetime(2026, 11, 2, 9)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(make_store(tmp_path_factory.mktemp("publishing"), **company(300, 900, seed=9)).path)


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "store"))


def rates_on_page(app: AppTest) -> str:
    """The tiers' k of n, as the alternative text of the conversion chart has them."""
    (chart,) = [element.proto.alt for element in app.get("plotly_chart") if "Conversion" in element.proto.alt]
    return str(chart)


def told(app: AppTest) -> str:
    (line,) = [line for line in texts(app).splitlines() if line.startswith("Published, lines and edges")]
    return line


def test_the_results_it_will_have_are_said_before_and_come_true(
    monkeypatch: pytest.MonkeyPatch, own: Path
) -> None:
    app = open_tuning(monkeypatch, own)
    app.button(key="publish").click().run()
    after, now = told(app).split("Results as published: ")[1].split("On the page now: ")
    counts = [re.findall(r"\((\d+)/(\d+)\)", side) for side in (after, now)]
    assert counts[0] != counts[1] and all(len(side) == 3 for side in counts)
    before = rates_on_page(app)
    assert all(f"{k}/{n}" in before or f"{k} of {n}" in before for k, n in counts[1]), before
    app.button(key="publish_now").click().run()
    later = rates_on_page(open_tuning(monkeypatch, own))
    assert all(f"{k}/{n}" in later or f"{k} of {n}" in later for k, n in counts[0]), later
    again = open_tuning(monkeypatch, own)
    again.button(key="publish").click().run()
    assert "Published, lines and edges" not in texts(again), "nothing would change"


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_somebody_else_published_meanwhile_is_said(
    monkeypatch: pytest.MonkeyPatch, own: Path, code: Any
) -> None:
    app, say = open_tuning(monkeypatch, own, code), Language(code).say
    app.button(key="publish").click().run()
    app.text_input(key="publish_name").set_value("Spring")
    app.button(key="publish_now").click().run()
    opened = open_tuning(monkeypatch, own, code, scheme="Spring.1")
    first = Journal(own).published_scheme()
    assert first is not None
    other = first.changed(outcome_days=30, method_params={**first.method_params, "recency_weight": 2.0})
    Journal(own).publish_scheme(other, "zhou", AT, "")
    opened = opened.run()
    opened.button(key="publish").click().run()
    said = texts(opened)
    facts = {"name": "Spring", "revision": 2, "author": "zhou", "date": AT.date()}
    assert say("publish.since", **facts) in said
    assert "30" in said.split(say("publish.since", **facts))[1]
    fresh = open_tuning(monkeypatch, own, code)
    fresh.button(key="publish").click().run()
    assert say("ui.scheme.publish.over", name="Spring", revision=2) in texts(fresh)
    assert say("publish.since", **facts) not in texts(fresh)
