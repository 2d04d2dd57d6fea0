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
from segmentation.store import Store
from tests.pages.stores import open_page, texts
from tests.worlds import make_store

AT = datetime(2026, 11, 22, 9)
LIST_DATE = date(2026, 6, 30)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """40 customers; C39 orders most and last."""
    rows = [
        (f"O{k}-{n}", f"C{k:02d}", (pd.Timestamp(LIST_DATE) - pd.Timedelta(days=(39 - k) + 20 * n)).date(), 50 + 9 * k)
        for k in range(40)
        for n in range(2 + k // 3)
    ]  # fmt: skip
    orders = pd.DataFrame(rows, columns=["order_id", "customer_id", "ordered_on", "amount"])
    return make_store(tmp_path, orders=orders)


def _tiers(store: Store, journal: Journal) -> dict[str, str]:
    return {told.customer_id: told.tier for told in overrides_on(journal, LIST_DATE).values()}


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
