"""Segments and guards on the tuning page: every segment with its results, and what may be concluded from them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from segmentation.condition_forms import to_plain
from segmentation.conditions import Condition
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.journal import Journal
from segmentation.schemes import Scheme
from tests.pages.states import equal_scores
from tests.pages.stores import WORLDS, assert_whole, open_page, store_path, texts
from tests.pages.test_matrix import written_table
from tests.worlds import make_store


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    "method", ["rfm", "scorecard", "lifecycle", "four_dimensions", "abc", "ltv", "clusters"]
)
def test_segments_stand_with_their_results_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, method: str, code: Code
) -> None:
    app = open_page(monkeypatch, store_path("sample"), "tier_tuning", code, method=method)
    assert_whole(app, code)
    say = Language(code).say
    if method == "clusters":  # finds none in the sample: nothing to compare
        assert say("seg.title") not in texts(app)
        return
    rows = written_table(app, say("seg.column.segment"))
    counts = [int(row[1].replace(",", "")) for row in rows]
    assert len(rows) > 1 and counts == sorted(counts, reverse=True)
    assert say("seg.meaning")[:20] not in texts(app), "what it means is shown where someone points"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_single_measure_is_said_under_the_method(monkeypatch: pytest.MonkeyPatch, code: Code) -> None:
    said = Language(code).say("guard.one")
    assert said in texts(open_page(monkeypatch, store_path("sample"), "tier_tuning", code, method="abc"))
    assert said not in texts(open_page(monkeypatch, store_path("sample"), "tier_tuning", code, method="rfm"))


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("world", WORLDS)
def test_thin_books_have_no_empty_table(monkeypatch: pytest.MonkeyPatch, world: str, code: Code) -> None:
    app = open_page(monkeypatch, store_path(world), "tier_tuning", code, method="rfm")
    assert_whole(app, code)
    assert (Language(code).say("seg.title") in texts(app)) is (world == "sample")


@pytest.mark.parametrize("code", LANGUAGES)
def test_shares_of_segments_do_not_lose_points_to_rounding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: Code
) -> None:
    frames = equal_scores()  # everybody buys every month: all are rated
    regions = ["aabbcdef"[place % 8] for place in range(40)]
    frames["customers"] = frames["customers"].assign(region=regions)
    rules = tuple((name, to_plain(Condition("region", "=", name))) for name in "abcde")
    store = make_store(tmp_path, **frames)
    scheme = Scheme(name="regions", method="rules", method_params={"preset": "own", "rules": rules})
    Journal(store.path).publish_scheme(scheme, "ann", datetime(2027, 1, 1))
    app = open_page(monkeypatch, store.path, "tier_tuning", code)
    rows = written_table(app, Language(code).say("seg.column.segment"))
    assert sorted(row[2] for row in rows) == [*["12.5%"] * 4, "25%", "25%"]
