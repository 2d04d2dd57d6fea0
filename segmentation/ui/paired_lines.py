"""What the draft changes in results, tier by tier against the published scheme: a short line, and each in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.figures.theme import Look
from segmentation.paired import Difference
from segmentation.tuning import Evaluation
from segmentation.ui.escape import plain

NAME_CHARACTERS = 24


@dataclass(frozen=True)
class Told:
    """`short` stands under the chart, `in_full` where someone points at the mark."""

    short: str = ""
    in_full: tuple[str, ...] = ()


def tell_paired(differences: Sequence[Difference], against: Evaluation | None, look: Look) -> Told:
    """Tiers that do better or worse are named at once; where none does, one sentence says so."""
    if not differences or against is None:
        return Told()
    revision = against.scheme.revision
    lines = tuple(_tell(told, revision, look) for told in differences)
    clear = [line for line, told in zip(lines, differences, strict=True) if told.code in ("higher", "lower")]
    return Told(" ".join(clear) or look.say("paired.same", revision=revision), lines)


def _tell(told: Difference, revision: int, look: Look) -> str:
    write = look.money if told.is_money else look.language.percent
    is_alike = told.is_same and told.code == "cannot_tell"  # too few are too few whoever they are
    ends = told.difference, told.low, told.high
    if told.is_money:
        difference, low, high = map(look.money, ends)
    else:
        difference, low, high = map(look.language.points, ends)
        difference = look.say("paired.points", d=difference)
    return look.say(
        f"paired.{'alike' if is_alike else told.code}",
        tier=plain(look.language.tier(told.tier), NAME_CHARACTERS),
        revision=revision,
        ours=write(told.ours),
        theirs=write(told.theirs),
        d=difference,
        lo=low,
        hi=high,
        n=told.ns[0],
        m=told.ns[1],
    )
