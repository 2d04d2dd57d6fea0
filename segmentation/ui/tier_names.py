"""Presets of tier names, and what happens to the lines when there are more or fewer tiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segmentation.i18n import Language
from segmentation.schemes import CutKind, TierPolicy

FEWEST, MOST = 2, 6
# Preset → its tiers as message ids, or as the names themselves where they are the same in every language.
PRESETS: dict[str, tuple[str, ...]] = {
    "abc": ("A", "B", "C"),
    "abcd": ("A", "B", "C", "D"),
    "strategic": ("tier.name.strategic", "tier.name.key", "tier.name.ordinary"),
    "numbered": ("Tier 1", "Tier 2", "Tier 3"),
    "potential": (
        "tier.name.high_potential",
        "tier.name.fast_close",
        "tier.name.wait_and_see",
        "tier.name.low_value",
    ),
}


def preset_names(preset: str, language: Language) -> tuple[str, ...]:
    """The tier names of a preset as they are written in a language."""
    return tuple(language.say(name) for name in PRESETS[preset])


def more_names(names: Sequence[str], count: int) -> tuple[str, ...]:
    """The first `count` names; missing ones are the next free letters."""
    kept = list(names[:count])
    for letter in "ABCDEF":
        if len(kept) < count and letter not in kept:
            kept.append(letter)
    return tuple(kept)


def rename(policy: TierPolicy, names: Sequence[str]) -> TierPolicy:
    """The policy with these names: its lines from the top are kept, the lowest tier is split or merged.

    SettingError where names are blank, equal or not 2 to 6.
    """
    cuts = list(policy.cuts[: len(names) - 1])
    while len(cuts) < len(names) - 1:
        cuts.append(_next_cut(cuts, policy.kind, len(names) - 1 - len(cuts)))
    return replace(policy, names=tuple(names), cuts=tuple(cuts))


def _next_cut(cuts: Sequence[float], kind: CutKind, missing: int) -> float:
    """A line below the last: what is left of the scale divided evenly, for numbers and hours the last step again."""
    last = cuts[-1] if cuts else 0.0
    if kind == "score":
        return round(last * missing / (missing + 1), 1)
    if kind in ("customers", "value"):
        return round(last + (1.0 - last) / (missing + 1), 3)
    if kind == "number":
        return last + (last - cuts[-2] if len(cuts) > 1 else last)
    return last
