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

from tests.every_method import QUICK, REMEDIES, RENEWALS, SAMPLE, SETS, Told, ask_all, bring
from tests.intake.real_data import DATA

ASKED = SETS if os.environ.get("TIERBOARD_LONG") == "1" else QUICK
# Who must refuse: the reason as the reader gets it begins like this. Everybody else scores somebody.
REFUSES: Mapping[tuple[str, str], str] = {
    ("sample", "clusters"): "**No reliable clusters**",
    ("crm_maven", "clusters"): "**No reliable clusters**",
    ("crm_maven", "propensity"): "The data end too early",
    ("superstore/xls", "clusters"): "**No reliable clusters**",
    ("superstore/xls", "fit_engagement"): "Nothing is known of how customers suit you: neither",
    ("superstore/xls", "ltv"): "One rate and one chance to leave for all",
    ("rfm_r", "fit_engagement"): "Nothing is known of how customers suit you: neither",
    ("rfm_r", "ltv"): "One rate and one chance to leave for all",
    ("bank", "clusters"): "**No clusters**: no customer has what is looked at",
    ("bank", "fit_engagement"): "Nothing is known of how customers suit you: neither",
    ("bank", "four_dimensions"): "None of the inputs of this method has data",
    ("bank", "lifecycle"): "41,188 customers have no stage",
    ("bank", "ltv"): "No customer has everything the model reads",
    ("bank", "potential_loyalty"): "None of the inputs of this method has data",
    ("bank", "scorecard"): "None of the inputs of this method has data",
    ("completejourney/told", "clusters"): "**No reliable clusters**",
    ("completejourney/told", "fit_engagement"): "Nothing is known of how customers suit you: neither",
    ("completejourney/told", "propensity"): "The data end too early",
    ("online_retail", "clusters"): "**No reliable clusters**",
    ("online_retail", "fit_engagement"): "Nothing is known of how customers suit you: name",
    ("online_retail", "propensity"): "The data end too early",
}
# A method that needs an order asks nobody of a flat sheet of leads: each is unrated, with its reason.
NOBODY = {("bank", "rfm"): "no order on record"}


@cache
def told_of(data: str) -> tuple[Told, ...]:
    return tuple(ask_all(data, bring(data, Path(mkdtemp()))))


@pytest.mark.parametrize("data", ASKED)
@pytest.mark.xdist_group("every method")
def test_every_method_scores_somebody_or_says_why_not(data: str) -> None:
    if data != SAMPLE and not DATA.exists():
        pytest.skip("../shared/data is absent")
    assert len(told_of(data)) >= 12
    (renewals,) = [told for told in told_of(data) if told.settings == RENEWALS]
    assert renewals.is_refused and renewals.rated == 0, "none of these sells contracts"
    assert (renewals.verdict or "").startswith("No customer has a contract on record"), renewals
    remedied = [told for told in told_of(data) if REMEDIES.get((data, told.method)) == told.settings]
    assert len(remedied) == sum(place[0] == data for place in REMEDIES)
    for told in remedied:
        assert told.rated > 0 and not told.is_refused, f"what the refusal tells to do does not help: {told}"
    for told in (told for told in told_of(data) if told not in (*remedied, renewals)):
        place = data, told.method
        assert told.says_why, told
        assert told.is_refused is (place in REFUSES), told
        if place in REFUSES:
            assert told.verdict is not None and told.verdict.startswith(REFUSES[place]), told
        else:
            assert (told.rated > 0) is (place not in NOBODY), told
        if place in NOBODY:
            assert list(told.unrated) == [NOBODY[place]], told


@pytest.mark.skipif("bank" not in ASKED, reason="takes long: TIERBOARD_LONG=1")
@pytest.mark.xdist_group("every method")
def test_what_is_known_only_afterwards_is_caught_in_the_bank_data() -> None:
    (told,) = [one for one in told_of("bank") if one.method == "propensity"]
    assert told.verdict is not None and "duration" in told.verdict
