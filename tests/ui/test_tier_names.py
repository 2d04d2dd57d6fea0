"""Two to six tiers: lines above stay, the lowest tier is split or merged, and the order always holds."""

from __future__ import annotations

import pytest

from segmentation.errors import SettingError
from segmentation.i18n import LANGUAGES, Language
from segmentation.schemes import TierPolicy
from segmentation.ui.tier_names import FEWEST, MOST, PRESETS, more_names, preset_names, rename

POLICIES = (
    TierPolicy(),
    TierPolicy(("A", "B", "C"), "score", (72.0, 48.0)),
    TierPolicy(("A", "B", "C"), "value", (0.7, 0.9)),
    TierPolicy(("A", "B", "C"), "number", (50, 150)),
    TierPolicy(("A", "B", "C"), "hours", (400.0, 300.0)),
    TierPolicy(("A", "B"), "number", (50,)),
)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy.kind}-{len(policy.names)}")
@pytest.mark.parametrize("count", range(FEWEST, MOST + 1))
def test_every_number_of_tiers_keeps_the_lines_it_can(policy: TierPolicy, count: int) -> None:
    renamed = rename(policy, more_names(policy.names, count))
    kept = min(count, len(policy.names)) - 1
    assert len(renamed.names) == count and renamed.cuts[:kept] == policy.cuts[:kept]
    assert renamed.kind == policy.kind


def test_a_longer_list_of_names_uses_free_letters() -> None:
    assert more_names(("战略客户", "B"), 4) == ("战略客户", "B", "A", "C")


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_names_a_policy_takes(preset: str, code: str) -> None:
    names = preset_names(preset, Language(code))  # type: ignore[arg-type]
    assert rename(TierPolicy(), names).names == names
    assert not any("." in name for name in names)


@pytest.mark.parametrize("names", [("A",), ("A", "A"), ("A", " "), tuple("ABCDEFG"), ("A", "unrated")])
def test_what_makes_no_order_is_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(SettingError):
        rename(TierPolicy(), names)
