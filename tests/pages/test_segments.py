"""Segments and guards on the tuning page: every segment with its results, and what may be concluded from them."""

from __future__ import annotations

import pytest

from segmentation.i18n import LANGUAGES, Code, Language
from tests.pages.stores import WORLDS, assert_whole, open_page, store_path, texts
from tests.pages.test_matrix import written_table


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
