"""A tier set by hand: decided and withdrawn on the customer page, counted and compared on the tuning page."""

from __future__ import annotations

from datetime import date, datetime
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from segmentation.i18n import LANGUAGES
from segmentation.journal import Journal
from segmentation.overrides import overrides_on, set_override
from segmentation.proposals import propose
from segmentation.store import Store
from tests.pages.stores import open_page, texts
from tests.worlds import make_store

AT = datetime(2026, 11, 22, 9)
LIST_DATE = date(2026, 6, 30)


def _orders() -> pd.DataFrame:
    """40 customers; C39 orders most and last, C00 least and first."""
    rows = [
        (f"O{k}-{n}", f"C{k:02d}", (pd.Timestamp(LIST_DATE) - pd.Timedelta(days=(39 - k) + 20 * n)).date(), 50 + 9 * k)
        for k in range(40)
        for n in range(2 + k // 3)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["order_id", "customer_id", "ordered_on", "amount"])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path, orders=_orders())


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_tuning_page_counts_them_and_moves_them(
    monkeypatch: pytest.MonkeyPatch, store: Store, code: str
) -> None:
    journal = Journal(store.path)
    app = open_page(monkeypatch, store.path, "tier_tuning", code)
    before = unescape(texts(app))
    assert not app.exception and "by hand" not in before and "人工调整" not in before
    with store.open() as book:
        assert book.data_through_on == LIST_DATE
    for customer_id, tier in (("C00", "A"), ("C01", "C"), ("C02", "Gold")):
        set_override(
            journal, customer_id, tier, "strategic", since_on=LIST_DATE, expires_on=date(2026, 9, 28),
            author="local", at=AT,
        )  # fmt: skip
    app = open_page(monkeypatch, store.path, "tier_tuning", code)
    said = unescape(texts(app))
    assert not app.exception
    wanted = {
        "en": (
            "2 customers are set by hand; for 1 of them",
            "1 customer is set to a tier this rule does not have",
        ),
        "zh": ("2 家为人工调整，其中 1 家与系统计算的等级不同", "1 家被调整到本规则没有的等级"),
    }
    assert all(sentence in said for sentence in wanted[code])


BAD = "![x](http://evil.example/p.png) <script>alert(1)</script> :red[**Acme**]"
MARKS = ("![", "](", "<script", ":red[*", "http://evil")


@pytest.fixture
def marked(tmp_path: Path) -> Store:
    """The same orders, two customers of one group named like markup."""
    customers = pd.DataFrame(
        {
            "customer_id": [f"C{k:02d}" for k in range(40)],
            "name": [BAD if k < 2 else f"Firm {k}" for k in range(40)],
            "parent_id": ["C01" if k < 1 else None for k in range(40)],
            "first_contact_on": "2020-01-01",
        }
    )
    return make_store(tmp_path, customers=customers, orders=_orders())


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_tier_is_set_told_and_withdrawn(monkeypatch: pytest.MonkeyPatch, marked: Store, code: str) -> None:
    app = open_page(monkeypatch, marked.path, "customer_profile", code, customer="C00")
    assert app.date_input(key="override.C00.until").value == date(2026, 9, 28), "90 days after the list date"
    app.selectbox(key="override.C00.tier").set_value("A")
    app.selectbox(key="override.C00.reason").set_value("other")
    app.button(key="override.C00.set").click().run()
    needed = {"en": "say in a few words", "zh": "请简单写明"}[code]
    assert needed in texts(app) and not overrides_on(Journal(marked.path), LIST_DATE)
    app.text_input(key="override.C00.note").set_value(BAD)
    app.button(key="override.C00.set").click().run()
    assert not app.exception
    kept = overrides_on(Journal(marked.path), LIST_DATE)["C00"]
    assert (kept.tier, kept.reason, kept.note, kept.expires_on) == ("A", "other", BAD, date(2026, 9, 28))
    said = texts(app)
    assert not any(mark in said for mark in MARKS)
    wanted = {
        "en": ("Set to A by you until 28 Sep 2026: ", "Computed: C.", "As computed: "),
        "zh": ("您人工定为 A 类，有效期至 2026年9月28日，原因：", "系统计算为 C 类。", "按系统计算："),
    }
    assert all(sentence in unescape(said) for sentence in wanted[code]), unescape(said)
    assert unescape(str(app.header[0].value)).endswith({"en": ": A, 0 points", "zh": "：A 类，0 分"}[code])
    app.button(key="override.withdraw").click().run()
    assert not app.exception and not overrides_on(Journal(marked.path), LIST_DATE)
    assert wanted[code][0] not in unescape(texts(app))


def test_nothing_typed_about_one_customer_is_set_for_another(
    monkeypatch: pytest.MonkeyPatch, marked: Store
) -> None:
    app = open_page(monkeypatch, marked.path, "customer_profile", "en", customer="C00")
    app.text_input(key="override.C00.note").set_value("new plant")
    app.selectbox[0].run()
    other = open_page(monkeypatch, marked.path, "customer_profile", "en", customer="C05")
    assert other.text_input(key="override.C05.note").value == ""


def test_an_expired_one_falls_away_with_the_list_date(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    facts = {"since_on": date(2026, 3, 31), "author": "local", "at": AT}
    set_override(Journal(store.path), "C00", "A", "payment", expires_on=date(2026, 6, 29), **facts)  # type: ignore[arg-type]
    app = open_page(monkeypatch, store.path, "customer_profile", "en", customer="C00")
    assert "Set to" not in unescape(texts(app))
    set_override(Journal(store.path), "C00", "A", "payment", expires_on=LIST_DATE, **facts)  # type: ignore[arg-type]
    app = open_page(monkeypatch, store.path, "customer_profile", "en", customer="C00")
    assert "Set to A by you until 30 Jun 2026: payment problem." in unescape(texts(app))


def test_the_sample_takes_no_decisions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = open_page(monkeypatch, tmp_path, "customer_profile", "en")
    assert "The sample company takes no decisions" in texts(app)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_group_shows_the_tiers_that_hold(monkeypatch: pytest.MonkeyPatch, marked: Store, code: str) -> None:
    facts = {"since_on": LIST_DATE, "expires_on": LIST_DATE, "author": "local", "at": AT}
    set_override(Journal(marked.path), "C01", "A", "group", **facts)  # type: ignore[arg-type]
    for customer_id in ("C00", "C01"):
        app = open_page(monkeypatch, marked.path, "customer_profile", code, customer=customer_id)
        assert not app.exception and not any(mark in texts(app) for mark in MARKS)
        assert {"en": "C01: 2 customers, together", "zh": "C01：2 家客户，统计期内合计"}[code] in unescape(
            texts(app)
        )
        table = next(frame.value for frame in app.dataframe if "hours" in frame.value.columns)
        tiers = dict(zip(table["customer_id"], table["tier"], strict=True))
        assert tiers["C01"] == {"en": "A", "zh": "A 类"}[code] and set(tiers) == {"C00", "C01"}
    alone = open_page(monkeypatch, marked.path, "customer_profile", code, customer="C05")
    assert not [frame for frame in alone.dataframe if "hours" in frame.value.columns]


def test_who_is_set_by_hand_moves_under_neither_scheme(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    """Both sides are effective tiers: the draft on the screen is the published scheme, so nobody would move."""
    journal = Journal(store.path)
    with store.open() as book:
        journal.publish_scheme(propose(book).scheme, "ann", AT)
    facts = {"since_on": LIST_DATE, "expires_on": LIST_DATE, "author": "local", "at": AT}
    set_override(journal, "C00", "A", "strategic", **facts)  # type: ignore[arg-type]
    app = open_page(monkeypatch, store.path, "tier_tuning", "en")
    said = unescape(texts(app))
    assert "for 1 of them the computed tier is another one" in said and "Nobody would move" in said
