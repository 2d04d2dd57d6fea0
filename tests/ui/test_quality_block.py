"""What hangs on a missing value, in words and as a worklist."""

from __future__ import annotations

from pathlib import Path

import pytest

from segmentation.i18n import LANGUAGES
from segmentation.journal import Journal
from tests.pages.stores import open_page, texts
from tests.test_quality import CARD, world
from tests.worlds import PUBLISHED_AT


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_data_page_says_whose_tier_hangs_on_a_missing_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str
) -> None:
    store = world(tmp_path, 25)
    Journal(store.path).publish_scheme(CARD, "test", PUBLISHED_AT)
    said = texts(open_page(monkeypatch, store.path, "data_intake", code))
    wanted = {
        "en": "customers may have another tier once a missing value is known",
        "zh": "补上缺失值后等级可能不同",
    }
    assert wanted[code] in said and "seats" in said and "35/60" in said
