"""Which tiers lose more customers, in words: less is better here."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation.figures.theme import Look
from segmentation.groupings import Grouping
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.rates import tier_rates
from segmentation.results import ALL, OTHERS, WITHOUT, Results
from segmentation.tally import Tally
from segmentation.ui.outcome_panels import tell_losses

ROWS = (0, 1, 2, WITHOUT, OTHERS, ALL)


def told(code: Code, *counts: tuple[int, int]) -> list[str]:
    """What is said of so many churned of so many in the tiers A, B and C."""
    rows = [*counts, (0, 0), (0, 0), (sum(k for k, _ in counts), sum(n for _, n in counts))]
    k, n = (np.array([row[side] for row in rows], np.int64) for side in (0, 1))
    table = tier_rates(Tally(ROWS, {"outcome_k": k, "outcome_n": n, "outcome_open": 0 * n}), "customer")
    grouping = Grouping("tier", ("A", "B", "C"), np.empty(0, np.int64))
    return tell_losses(Results(grouping, {"churn": table}, table, table), Look(Language(code)))


def test_the_better_tier_loses_fewer_and_the_wrong_way_round_comes_first() -> None:
    assert told("en", (5, 100), (40, 100), (10, 100)) == [
        "**B loses more customers than C** (40% against 10%): the wrong way round.",
        "A loses fewer customers than B (5% against 40%).",
    ]
    assert told("zh", (5, 100), (40, 100), (10, 100)) == [
        "**B 类的流失多于 C 类**（40% 对 10%）：方向反了。",
        "A 类的流失少于 B 类（5% 对 40%）。",
    ]


@pytest.mark.parametrize("code", LANGUAGES)
def test_few_or_equal_losses_are_no_finding(code: Code) -> None:
    few, alike = told(code, (1, 8), (20, 100), (21, 100))
    assert few.startswith("**") and "1/8" in few and "20/100" in few
    assert Language(code).tier("C") in alike and "%" not in alike
    alone = told(code, (3, 50), (0, 0), (0, 0))
    assert len(alone) == 1 and Language(code).tier("A") in alone[0]
