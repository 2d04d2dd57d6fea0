"""The block *Every possible line* on the page, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.i18n import LANGUAGES, Code, Language
from tests.pages.test_tier_tuning import charts, customers, open_tuning, own, run_anew, store_path, texts
from tests.worlds import make_store

__all__ = ["own"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_sample_says_whether_its_line_beats_chance(monkeypatch: pytest.MonkeyPatch, code: Code) -> None:
    app = open_tuning(monkeypatch, store_path("sample"), lang=code)
    say, told = Language(code).say, texts(app)
    assert say("sweep.title") in told
    assert "12" in told and say("cut.real", n=12, cut="29%") in told.replace("。 ", "。")


def test_the_other_line_has_other_curves_and_settings_looked_at_are_counted(
    monkeypatch: pytest.MonkeyPatch, own: Path
) -> None:
    app = open_tuning(monkeypatch, own)
    first = charts(app)["Every"]
    assert "settings were looked at" not in texts(app)
    app = run_anew(choose_line(app, "1"))
    assert charts(app)["Every"] != first
    assert "settings were looked at" not in texts(app), "looking at another curve is no other setting"
    app = run_anew(app.slider(key="customers1@slider").set_value(30.0).run())
    assert "2 settings were looked at" in texts(app)
    app = run_anew(app.slider(key="customers1@slider").set_value(10.0).run())
    assert "2 settings were looked at" in texts(app), "the first setting counted twice"


def choose_line(app: AppTest, place: str) -> AppTest:
    (control,) = [found for found in app.get("button_group") if found.key.startswith("curve@")]
    return control.set_value(place).run()


def test_too_few_results_are_said(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    app = open_tuning(monkeypatch, own, outcome="first_order")
    assert "Too few results to say whether any line beats chance" in texts(app)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_small_company_is_told_in_facts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: Code
) -> None:
    small = Path(make_store(tmp_path, **customers(12)).path)
    told = texts(open_tuning(monkeypatch, small, code))
    head = Language(code).say("empty.small", n=12, facts="¦").split("¦")[0]
    assert head in told
    assert head not in texts(open_tuning(monkeypatch, store_path("sample"), code))
