"""Settings of a workspace: only values that mean something, and a stored one that does not gives way."""

from __future__ import annotations

from typing import Any

import pytest

from segmentation.errors import SettingError
from segmentation.settings import MONEY_UNITS, Settings


@pytest.mark.parametrize(
    "values",
    [
        {"money_unit": "7"},
        {"money_unit": 1000},
        {"money_unit": None},
        {"language": "fr"},
        {"colour": "red"},
        {"stale_tag_days": 0},
        {"stale_tag_days": "91"},
        {"stale_tag_days": True},
        {"stale_tag_days": 3_651},
    ],
)
def test_what_means_nothing_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(SettingError):
        Settings().changed(**values)


def test_every_unit_on_offer_is_allowed() -> None:
    assert [Settings(money_unit=unit).money_unit for unit in MONEY_UNITS] == list(MONEY_UNITS)


def test_a_stored_value_that_is_not_valid_gives_way_alone() -> None:
    assert Settings.read({"money_unit": "abc", "language": "zh", "other": 1}) == Settings("zh", "auto")
    assert Settings.read({"money_unit": ["1000"], "language": 5}) == Settings()
    assert Settings.read({"money_unit": "10000"}) == Settings(None, "10000")
