"""Which groups can be told from all the others, when every one of them is looked at?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from segmentation.rates import newcombe
from segmentation.tally import Tally
from segmentation.verdicts import FEWEST


@dataclass(frozen=True)
class Standouts:
    """Groups above and below the others, the furthest first; compared: how many had enough cases to be looked at."""

    above: tuple[Hashable, ...]
    below: tuple[Hashable, ...]
    compared: int


def find_standouts(rates: Tally, groups: Sequence[Hashable], whole: Hashable) -> Standouts:
    """Each of `groups` with at least `FEWEST` cases against the rest of `whole`; rows as `rates.tier_rates`.

    Newcombe (1998, method 10) at 1 − 0.05/G for G groups compared (Bonferroni). The rest of deals held by the same
    customers weighs as much less as all of them do.
    """
    k, n, effective_n = rates.row(whole, "k", "n", "effective_n")
    looked_at = [group for group in groups if FEWEST <= rates.at(group, "n") <= n - FEWEST]
    found: list[tuple[float, Hashable]] = []
    for group in looked_at:
        own_k, own_n, own_effective = rates.row(group, "k", "n", "effective_n")
        rest, rest_effective = (k - own_k) / (n - own_n), (n - own_n) * effective_n / n
        confidence = 1 - 0.05 / len(looked_at)
        own = own_k / own_n
        low, high = newcombe(
            own * own_effective, own_effective, rest * rest_effective, rest_effective, confidence
        )
        if low > 0 or high < 0:
            found.append((own - rest, group))
    ranked = sorted(found, key=lambda told: -abs(told[0]))
    return Standouts(
        tuple(group for difference, group in ranked if difference > 0),
        tuple(group for difference, group in ranked if difference < 0),
        len(looked_at),
    )
