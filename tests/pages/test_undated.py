"""Data without any date: the pages offer no look back, and say what would make one possible."""

from __future__ import annotations

import pytest

from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.ui import outcome_months, profile_months
from tests.pages.states import STATES
from tests.pages.stores import open_page, texts
from tests.pages.test_states import plain, state_path, written


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "by"), [("customer_profile", ""), ("outcome_review", "tier"), ("outcome_review", "month")]
)
def test_no_replay_is_offered_where_nothing_has_a_date(
    monkeypatch: pytest.MonkeyPatch, page: str, by: str, code: Code
) -> None:
    monkeypatch.setattr(profile_months, "MOST_WITHOUT_ASKING", 0)
    monkeypatch.setattr(outcome_months, "are_months_known", lambda *_: False)
    say, count = Language(code).say, len(STATES["flat_sheet"]()["customers"])
    app = open_page(monkeypatch, state_path("flat_sheet"), page, code, by=by)
    assert not app.exception
    offered = {say(ask, n=count) for ask in ("profile.months.ask", "out.months.ask")}
    assert not offered & {button.label for button in app.button}
    assert say("profile.months.undated") in texts(app)
    app = open_page(monkeypatch, state_path("customers_alone"), page, code, by=by)
    assert not app.exception and say("profile.months.undated") in texts(app)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_large_company_with_dates_is_still_asked(monkeypatch: pytest.MonkeyPatch, code: Code) -> None:
    monkeypatch.setattr(profile_months, "MOST_WITHOUT_ASKING", 0)
    app = open_page(monkeypatch, state_path("without_deals"), "customer_profile", code)
    asked = Language(code).say("profile.months.ask", n=len(STATES["without_deals"]()["customers"]))
    assert asked in {button.label for button in app.button}


@pytest.mark.parametrize(("code", "words"), [("en", "too early"), ("zh", "时间太短")])
@pytest.mark.parametrize(
    ("page", "query"),
    [("method_scoreboard", {}), ("outcome_review", {}), ("tier_tuning", {"outcome": "repurchase"})],
)
def test_no_dates_are_not_called_a_short_time(
    monkeypatch: pytest.MonkeyPatch, page: str, query: dict[str, str], code: Code, words: str
) -> None:
    app = open_page(monkeypatch, state_path("flat_sheet"), page, code, **query)
    assert not app.exception
    assert not [text for text in map(plain, written(app)) if words in text]
