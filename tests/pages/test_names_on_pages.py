"""Two names merged on the pages: the figures move at once, one click takes it back, in both languages."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from segmentation.i18n import LANGUAGES, Language
from segmentation.identities import Alias
from segmentation.journal import Journal
from segmentation.store import Store
from segmentation.ui.session import AUTHOR
from tests.pages.stores import one_customer, open_page, texts
from tests.worlds import make_store


def two_names(folder: Path) -> Store:
    frames = one_customer()
    more = pd.DataFrame(
        {"order_id": ["O9"], "customer_id": ["C2"], "ordered_on": ["2025-11-02"], "amount": [7]}
    )
    return make_store(folder, **frames | {"orders": pd.concat([frames["orders"], more])})


def press(app: AppTest, key: str) -> AppTest:
    return next(button for button in app.button if key in str(button.key)).click().run()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_pair_is_said_and_taken_back_in_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str
) -> None:
    store, language = two_names(tmp_path), Language(code)
    app = open_page(monkeypatch, store.path, "workspace_settings", code)
    assert language.say("alias.none") in texts(app)
    app.text_input(key="alias.written").set_value("C2")
    app.text_input(key="alias.meant").set_value("C1")
    app = press(app, "alias.send")
    assert not app.exception
    served = store.current()
    assert served is not None and served.aliases == (Alias("customer", "C2", "C1"),)
    app = open_page(monkeypatch, store.path, "workspace_settings", code)
    app = press(app, "alias.back.0")
    assert not app.exception
    served = store.current()
    assert served is not None and (served.number, served.sha256) == (3, store.version(1).sha256)
    app = open_page(monkeypatch, store.path, "workspace_settings", code)
    today = [event.at.date() for event in Journal(store.path).events("alias")]
    facts = {"written": "C2", "meant": "C1", "who": AUTHOR}
    for event, day in zip(("merged", "back"), today, strict=True):
        assert language.say(f"alias.history.{event}", date=day, **facts) in texts(app)


def test_a_customer_is_merged_from_its_own_page_and_taken_back_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = two_names(tmp_path)
    store.set_aliases((Alias("customer", "C2", "C1"),), 1, "test", store.version(1).published_at)
    app = open_page(monkeypatch, store.path, "customer_profile", "en", customer="C1")
    assert not app.exception and "Also written: C2" in texts(app)
    app = press(app, "alias.also.0")
    assert not app.exception
    served = store.current()
    assert served is not None and served.number == 3
