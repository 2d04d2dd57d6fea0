"""Groups against all the others: a planted one is found, luck hardly ever, thin ones are not looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segmentation.standouts import find_standouts
from segmentation.tally import Tally

ALL = "all"


def table(ks: Sequence[float], ns: Sequence[float], deff: float = 1.0) -> Tally:
    k, n = np.r_[ks, sum(ks)].astype(float), np.r_[ns, sum(ns)].astype(float)
    return Tally((*range(len(ks)), ALL), {"k": k, "n": n, "effective_n": n / deff})


def test_a_group_that_differs_is_named_and_on_which_side() -> None:
    found = find_standouts(table([60, 30, 31, 5], [100, 100, 100, 100]), range(4), ALL)
    assert (found.above, found.below, found.compared) == ((0,), (3,), 4)


def test_thin_groups_and_a_group_that_is_everybody_are_not_looked_at() -> None:
    assert find_standouts(table([9, 10, 40], [9, 100, 100]), range(3), ALL).compared == 2
    assert find_standouts(table([30, 2], [100, 9]), range(2), ALL).compared == 0
    assert find_standouts(table([], []), (), ALL).compared == 0


def test_several_deals_of_a_customer_say_less() -> None:
    ks, ns = [45, 30, 30], [100, 100, 100]
    assert find_standouts(table(ks, ns), range(3), ALL).above == (0,)
    assert find_standouts(table(ks, ns, deff=4.0), range(3), ALL).above == ()


def test_luck_alone_names_somebody_one_time_in_twenty() -> None:
    random = np.random.default_rng(12)
    named = 0
    for _ in range(400):
        found = find_standouts(table(random.binomial(80, 0.3, 12).tolist(), [80] * 12), range(12), ALL)
        named += bool(found.above or found.below)
    assert named <= 32, named
