"""The course of an upload: endings the uploader takes, and after a publish how many changed the tier that holds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd

from segmentation.figures.theme import Look
from segmentation.i18n import Language
from segmentation.journal import Journal
from segmentation.overrides import set_override
from segmentation.schemes import Scheme, TierPolicy
from segmentation.ui.intake_session import ENDINGS, count_moved
from segmentation.ui.session import Session
from tests.worlds import make_store

AT = datetime(2026, 1, 5)
SCHEME = Scheme(policy=TierPolicy(("A", "B"), "number", (5.0,)))


def orders(rows: list[tuple[str, str, int]]) -> pd.DataFrame:
    dated = [(f"O{place}", *row) for place, row in enumerate(rows)]
    return pd.DataFrame(dated, columns=["order_id", "customer_id", "ordered_on", "amount"])


def test_who_is_set_by_hand_has_not_moved(tmp_path: Path) -> None:
    first = [(f"C{k}", f"2026-0{month}-05", 100 * (k + 1)) for k in range(8) for month in (3, 4, 5)]
    store = make_store(tmp_path, orders=orders(first))
    grown = [("C0", "2026-05-20", 9_000), ("C0", "2026-05-20", 9_000), ("C0", "2026-05-20", 9_000)]
    store = make_store(tmp_path, orders=orders([*first, *grown]))
    before, after = store.versions()
    session = Session(store.path, store.open(), False, None, Language("en"), Look(Language("en")), None)
    assert count_moved(session, before, after, SCHEME) == 2, "C0 rises, and somebody makes room"
    facts = {"since_on": date(2026, 5, 5), "expires_on": date(2026, 5, 20), "author": "x", "at": AT}
    journal = Journal(store.path)
    set_override(journal, "C0", "B", "payment", **facts)  # type: ignore[arg-type]
    assert count_moved(session, before, after, SCHEME) == 1, "C0 is held in B"
    facts |= {"since_on": date(2026, 5, 5), "expires_on": date(2026, 5, 20) - timedelta(days=1)}
    set_override(journal, "C0", "B", "payment", **facts)  # type: ignore[arg-type]
    assert count_moved(session, before, after, SCHEME) == 2, "on the later list date nothing holds it"


def test_the_uploader_lists_endings_only() -> None:
    """A single MIME type among them switches off the check of the ending on the server."""
    assert all(ending.isalnum() for ending in ENDINGS)
