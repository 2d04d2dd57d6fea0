"""Lists a method picks from the data: most frequent first, kept in the link, names no longer there too."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.i18n import LANGUAGES, Code
from tests.pages.stores import assert_whole, open_page, store_path

LABEL = {"en": "Industries that suit us", "zh": "目标行业"}


def listed(app: AppTest, code: Code) -> Any:
    return next(box for box in app.multiselect if box.label == LABEL[code])


@pytest.mark.parametrize("code", LANGUAGES)
def test_industries_are_picked_counted_and_passed_on(monkeypatch: pytest.MonkeyPatch, code: Code) -> None:
    app = open_page(monkeypatch, store_path("sample"), "tier_tuning", code, method="fit_engagement")
    assert_whole(app, code)
    box = listed(app, code)
    assert len(box.options) > 2 and not box.value
    before = app.session_state["draft"]
    box.set_value(box.options[:2]).run()
    draft = app.session_state["draft"]
    assert not app.exception and draft.method_params["industries"] == tuple(box.options[:2])
    assert draft != before and draft.fitted is None
    told = app.query_params["fit_engagement.industries"]
    link = told[0] if isinstance(told, list) else told
    assert json.loads(link) == list(box.options[:2])
    other = open_page(
        monkeypatch, store_path("sample"), "tier_tuning", "en" if code == "zh" else "zh",
        **{"method": "fit_engagement", "fit_engagement.industries": link},
    )  # fmt: skip
    assert other.session_state["draft"].method_params["industries"] == draft.method_params["industries"]


@pytest.mark.parametrize("link", ["nonsense", "[1, 2]", '{"a": 1}', "[null]"])
def test_a_link_that_holds_no_names_is_told_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, link: str
) -> None:
    query = {"method": "fit_engagement", "fit_engagement.industries": link}
    app = open_page(monkeypatch, store_path("sample"), "tier_tuning", "en", **query)
    assert not app.exception
    assert not listed(app, "en").value and app.session_state["draft"].method_params["industries"] == ()


def test_a_name_the_data_no_longer_have_stays_picked(monkeypatch: pytest.MonkeyPatch) -> None:
    query = {"method": "fit_engagement", "fit_engagement.industries": '["![x](y) <b>Gone</b>"]'}
    app = open_page(monkeypatch, store_path("sample"), "tier_tuning", "en", **query)
    assert not app.exception and listed(app, "en").value == ["![x](y) <b>Gone</b>"]
