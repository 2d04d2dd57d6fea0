"""Every method on real data says something or why not: quick sets, all with TIERBOARD_LONG=1 (skipped without data).

In words: `python -m tests.every_method`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.every_method import QUICK, SAMPLE, SETS, Told, ask_all, bring
from tests.intake.real_data import DATA

ASKED = SETS if os.environ.get("TIERBOARD_LONG") == "1" else QUICK
# Who must refuse: the reason as the reader gets it begins like this. Everybody else scores somebody.
REFUSES: Mapping[tuple[str, str], str] = {
    ("sample", "clusters"): "**No reliable clusters**",
    ("crm_maven", "clusters"): "**No reliable clusters**",
    ("crm_maven", "propensity"): "The data end too early",
    ("superstore/xls", "clusters"): "**No reliable clusters**",
    ("superstore/xls", "fit_engagement"): "Nothing is known of how customers suit you",
    ("superstore/xls", "ltv"): "The search found no best model of orders",
    ("rfm_r", "fit_engagement"): "Nothing is known of how customers suit you",
    ("rfm_r", "ltv"): "The search found no best model of orders",
    ("bank", "clusters"): "**No reliable clusters**",
    ("bank", "fit_engagement"): "Nothing is known of how customers suit you",
    ("bank", "ltv"): "No customer has everything the model reads",
    ("bank", "potential_loyalty"): "None of the inputs of this method has data",
    ("completejourney/told", "clusters"): "**No reliable clusters**",
    ("completejourney/told", "fit_engagement"): "Nothing is known of how customers suit you",
    ("completejourney/told", "propensity"): "The data end too early",
    ("online_retail", "clusters"): "**No reliable clusters**",
    ("online_retail", "fit_engagement"): "Nothing is known of how customers suit you",
    ("online_retail", "propensity"): "The data end too early",
}
# No orders and no dates in a flat sheet of leads: nobody can be rated, and it is said why.
NOBODY = {("bank", "rfm"), ("bank", "lifecycle"), ("bank", "scorecard")}


@cache
def told_of(data: str) -> tuple[Told, ...]:
    return tuple(ask_all(data, bring(data, Path(mkdtemp()))))


@pytest.mark.parametrize("data", ASKED)
@pytest.mark.xdist_group("every method")
def test_every_method_scores_somebody_or_says_why_not(data: str) -> None:
    if data != SAMPLE and not DATA.exists():
        pytest.skip("../shared/data is absent")
    assert len(told_of(data)) >= 11
    for told in told_of(data):
        place = data, told.method
        assert told.says_why, told
        assert told.is_refused is (place in REFUSES), told
        if place in REFUSES:
            assert told.verdict is not None and told.verdict.startswith(REFUSES[place]), told
        else:
            assert (told.rated > 0) is (place not in NOBODY), told


@pytest.mark.skipif("bank" not in ASKED, reason="takes long: TIERBOARD_LONG=1")
@pytest.mark.xdist_group("every method")
def test_what_is_known_only_afterwards_is_caught_in_the_bank_data() -> None:
    (told,) = [one for one in told_of("bank") if one.method == "propensity"]
    assert told.verdict is not None and "duration" in told.verdict
