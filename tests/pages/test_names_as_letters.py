"""Names are data on every page: a segment, rule, tier or column called like an address never becomes a link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from html import unescape
from pathlib import Path
from tempfile import mkdtemp

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.condition_forms import to_plain
from segmentation.conditions import Condition
from segmentation.i18n import LANGUAGES, Code
from segmentation.journal import Journal
from segmentation.schemes import Scheme, TierPolicy
from tests.pages.states import company, flat_sheet
from tests.pages.stores import open_page
from tests.pages.test_states import written
from tests.worlds import make_store

LINK = "https://evil.example/"
PAGES = ("tier_tuning", "customer_profile", "outcome_review", "tag_registry")
# The scoreboard replays every method: once is enough.
OPENED = [*((page, code) for page in PAGES for code in LANGUAGES), ("method_scoreboard", "zh")]
TIERS = tuple(LINK + name for name in "ABC")


@cache
def ruled() -> Path:
    """A published scheme of own rules, one of which takes nobody."""
    store = make_store(Path(mkdtemp(prefix="tierboard-ruled-")), **company(120, 900))
    rules = tuple(
        (LINK + name, to_plain(Condition("order_count", ">", least)))
        for name, least in (("many", 3), ("some", 1), ("idle", 9_999))
    )
    scheme = Scheme(
        name=LINK + "rules",
        method="rules",
        method_params={"preset": "own", "rules": rules, "other": LINK + "rest"},
        policy=TierPolicy(TIERS, "customers", (0.2, 0.5)),
    )
    Journal(store.path).publish_scheme(scheme, "ann", datetime(2027, 1, 1))
    return Path(store.path)


@cache
def weighed() -> Path:
    """A score made of columns that are called like addresses."""
    frames = flat_sheet()
    names = {name: LINK + name for name in ("pages_seen", "minutes_on_site")}
    frames["customers"] = frames["customers"].rename(columns=names)
    return Path(make_store(Path(mkdtemp(prefix="tierboard-weighed-")), **frames).path)


def loose(app: AppTest) -> list[str]:
    """Texts in which markdown would find the address; cells of a static table are markdown too."""
    cells = [str(cell) for table in app.table for cell in table.value.to_numpy().ravel()]
    return [text for text in (*written(app), *cells) if LINK in unescape(text)]


@pytest.mark.parametrize(("page", "code"), OPENED)
@pytest.mark.parametrize("make", [ruled, weighed])
def test_an_address_as_a_name_is_letters(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[], Path], page: str, code: Code
) -> None:
    app = open_page(monkeypatch, make(), page, code, by="segment")
    assert not app.exception and not loose(app)
    asks = [button for button in app.button if button.key == "board.ask"]
    if asks:
        app = asks[0].click().run()
        assert not app.exception and not loose(app)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_names_are_on_the_page_at_all(monkeypatch: pytest.MonkeyPatch, code: Code) -> None:
    for store, names in ((ruled(), ("many", "idle", "rest")), (weighed(), ("pages_seen",))):
        told = [unescape(text) for text in written(open_page(monkeypatch, store, "tier_tuning", code))]
        shown = "\n".join(told).replace("\u2060", "")
        assert all(LINK + name in shown for name in names), shown
