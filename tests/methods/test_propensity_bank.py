"""The bank's telephone campaign: `duration` knows the answer, and without it the model is worth what it is worth."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation.drivers import tell_left_out
from segmentation.i18n import Language
from segmentation.methods.base import History
from segmentation.methods.propensity_model.learning import Learned, learn

FILE = Path(__file__).parents[2] / "../shared/data/uci_bank_marketing/bank-additional-full.csv"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the bank data are not here")


@pytest.fixture(scope="module")
def history() -> History:
    rows = pd.read_csv(FILE, sep=";").replace("unknown", None)
    won = (rows.pop("y") == "yes").to_numpy(np.int64)
    assert won.sum() == 4_640
    features = rows.add_prefix("attribute:").set_axis([f"r{place:05d}" for place in range(len(rows))])
    days = np.full(len(rows), np.datetime64("2010-11-30"))
    undated = frozenset(map(str, features.columns))
    return History(
        features, days, np.ones_like(won), won, "recorded", 90, dt.date(2010, 11, 30), undated, is_dated=False
    )


@pytest.fixture(scope="module")
def learned(history: History) -> Learned:
    found = learn(history, penalty=1.0, keeps_suspects=False)
    assert isinstance(found, Learned)
    return found


def test_duration_is_caught_and_explained(learned: Learned) -> None:
    assert [left.name for left in learned.left_out if left.is_leak] == ["duration"]
    (told,) = tell_left_out(learned, Language("en"))[:1]
    assert told.startswith("duration seems to be made by the outcome: at 0–") and "usually 11%" in told
    assert "duration" in tell_left_out(learned, Language("zh"))[0]


def test_without_it_the_area_is_what_can_be_known_beforehand(learned: Learned) -> None:
    assert 0.77 < learned.area.low < learned.area.high < 0.82
    inside = (learned.reliability["low"] <= learned.reliability["predicted"]) & (
        learned.reliability["predicted"] <= learned.reliability["high"]
    )
    assert inside.sum() >= 7
    table = learned.drivers.set_index(["field", "level"])
    assert table.loc[("attribute:contact", "telephone"), "high"] < 1
    assert table.loc[("attribute:month", "mar"), "low"] > 1


def test_with_it_the_area_would_be_too_good_to_be_true(history: History) -> None:
    found = learn(history, penalty=1.0, keeps_suspects=True)
    assert isinstance(found, Learned) and found.area.low > 0.92
    assert [left.name for left in found.left_out if left.is_leak] == ["duration"]
