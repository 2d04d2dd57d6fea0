"""Stages of one's own on the page: renamed, moved, passed on, and given back."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.stages import STAGES
from tests.pages.stores import texts
from tests.pages.test_tier_tuning import customers, open_tuning
from tests.worlds import make_store


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return Path(make_store(tmp_path, **customers(60)).path)


def unfold(monkeypatch: pytest.MonkeyPatch, store: Path, code: str, **query: str) -> AppTest:
    app = open_tuning(monkeypatch, store, code, method="lifecycle", **query)
    app.session_state["stages"] = True
    return app.run()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_stage_is_renamed_moved_and_passed_on(
    monkeypatch: pytest.MonkeyPatch, own: Path, code: Code
) -> None:
    app = unfold(monkeypatch, own, code)
    assert not app.exception
    usual, (first, second) = STAGES, list(STAGES)[:2]
    field = next(box for box in app.text_input if box.label == usual[first].in_(code))
    field.set_value("<b>Stars</b>").run()
    assert app.session_state["draft"].method_params["names"] == ((first, "<b>Stars</b>"),)
    assert not app.exception and "<b>Stars" not in texts(app)
    down = Language(code).say("rules.down")
    next(button for button in app.button if button.label == down).click().run()
    assert app.session_state["draft"].method_params["order"][:2] == (second, first)
    link = {k: v[0] if isinstance(v, list) else v for k, v in app.query_params.items() if k != "lang"}
    other = open_tuning(monkeypatch, own, "en" if code == "zh" else "zh", **link)
    assert other.session_state["draft"].method_params == app.session_state["draft"].method_params
    field = next(box for box in app.text_input if box.label == usual[first].in_(code))
    field.set_value("").run()
    assert app.session_state["draft"].method_params["names"] == ()


def test_the_order_decides_the_score(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    app = unfold(monkeypatch, own, "en")
    before = app.session_state["draft"]
    down = next(button for button in app.button if button.label == Language("en").say("rules.down"))
    down.click().run()
    after = app.session_state["draft"]
    assert after.unlined != before.unlined and len(after.method_params["order"]) == len(STAGES)
    up = [button for button in app.button if button.label == Language("en").say("rules.up")]
    assert up[0].disabled and not up[1].disabled
