"""The holdout comparison: the published CDNOW table from a book, what it may not know, and the chart of it."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from segmentation.clv.holdout import compare
from segmentation.figures.holdout import draw_holdout
from segmentation.figures.theme import CLEAR, Look
from segmentation.holdouts import HeldOut, hold_out
from segmentation.i18n import LANGUAGES, Language
from segmentation.store import Book
from tests.clv.cdnow import CALIBRATED_ON, HOLDOUT_WEEKS, read_days, skip_without_data
from tests.clv.test_bg_nbd import ACTUAL, COUNTS, MODEL
from tests.random_worlds import MemoryBook

END = CALIBRATED_ON + dt.timedelta(weeks=HOLDOUT_WEEKS)


def make_book(days: pd.DataFrame) -> Book:
    orders = pd.DataFrame(
        {
            "order_id": [str(number) for number in range(len(days))], "customer_id": days["customer"],
            "ordered_on": days["day"].dt.date, "amount": days["amount"],
        }
    )  # fmt: skip
    return MemoryBook({"orders": orders})  # type: ignore[return-value]


@pytest.fixture(scope="module")
def held() -> HeldOut:
    return hold_out(make_book(read_days()), END, HOLDOUT_WEEKS)


@skip_without_data
def test_the_published_table_comes_out_of_a_book(held: HeldOut) -> None:
    found = held.holdout
    assert found is not None and held.calibrated_on == CALIBRATED_ON
    assert found.customer_count.tolist() == COUNTS
    assert found.actual_mean.tolist() == pytest.approx(ACTUAL, abs=6e-5)
    assert found.expected_mean.tolist() == pytest.approx(MODEL, abs=6e-4)
    assert (found.actual, found.expected) == (1882, pytest.approx(1653.4, abs=0.05))
    assert found.expected_low < found.expected < found.expected_high < found.actual
    assert found.likely_low < found.expected_low and found.expected_high < found.likely_high
    assert ((found.low < found.actual_mean) & (found.actual_mean < found.high)).all()
    assert held.frame.index.tolist() == ["0", "1", "2", "3", "4", "5", "6", "7+"]
    assert held.frame["customer_count"].sum() == 2357


@skip_without_data
def test_the_model_knows_nothing_of_the_days_it_is_judged_on(held: HeldOut) -> None:
    days = read_days()
    silent = days[(days["day"] <= pd.Timestamp(CALIBRATED_ON)) | (days["customer"] == "0001")]
    other = hold_out(make_book(silent), END, HOLDOUT_WEEKS).holdout
    assert held.holdout is not None and other is not None
    assert other.expected == held.holdout.expected and other.actual < 10


@skip_without_data
def test_nothing_to_learn_from_is_a_refusal() -> None:
    days = read_days()
    refused = hold_out(make_book(days[days["customer"] < "0100"]), END, HOLDOUT_WEEKS)
    assert refused.holdout is None and refused.refusal is not None and refused.refusal[0] == "ltv.repeaters"
    assert refused.frame.empty
    nobody = hold_out(make_book(days), dt.date(1997, 2, 1), HOLDOUT_WEEKS)
    assert nobody.refusal == ("ltv.repeaters", {"n": 0, "least": 50})


@skip_without_data
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_chart_has_every_number_beside_its_mark(held: HeldOut, code: str) -> None:
    assert held.holdout is not None
    look = Look(Language(code))  # type: ignore[arg-type]
    figure = draw_holdout(held.holdout, look)
    go.Figure(figure)
    assert len(json.dumps(figure, ensure_ascii=False).encode()) < 6_000
    modelled, actual = figure["data"][:2]
    assert actual["x"] == pytest.approx(held.holdout.actual_mean, abs=1e-4)
    assert modelled["x"] == pytest.approx(held.holdout.expected_mean, abs=1e-4)
    assert "0.24" in figure["layout"]["yaxis2"]["ticktext"][1]
    assert figure["layout"]["yaxis3"]["ticktext"][1] == "0.23"
    assert "1,411" in figure["layout"]["yaxis4"]["ticktext"][1]
    assert (
        len(figure["layout"]["shapes"]) == 8
        and max(figure["layout"]["xaxis"]["range"]) > held.holdout.high.max()
    )
    for axis in (name for name in figure["layout"] if name.startswith("yaxis")):
        assert len(figure["layout"][axis]["ticktext"]) == 9


@skip_without_data
def test_few_customers_are_hollow_and_none_are_absent(held: HeldOut) -> None:
    from dataclasses import replace

    assert held.holdout is not None
    size = np.array([20, 9, 0, 20, 20, 20, 20, 1])
    gone = np.where(size == 0, np.nan, held.holdout.actual_mean)
    thin = replace(
        held.holdout, customer_count=size, actual_mean=gone, expected_mean=gone,
        low=np.where(size < 2, np.nan, held.holdout.low), high=np.where(size < 2, np.nan, held.holdout.high),
    )  # fmt: skip
    figure = draw_holdout(thin, Look(Language("en"), "dark"))
    go.Figure(figure)
    fills = figure["data"][1]["marker"]["color"]
    assert [fill == CLEAR for fill in fills] == [bool(few) for few in size < 10]
    assert figure["data"][1]["x"][2] is None and figure["data"][1]["hovertext"][2] == ""
    assert figure["layout"]["yaxis2"]["ticktext"][3] == "<b>–</b>"
    assert len(figure["layout"]["shapes"]) == 6 and "NaN" not in json.dumps(figure)


def test_the_likely_range_of_the_total_holds_what_comes_nineteen_times_of_twenty() -> None:
    """Renewals drawn with the very chances the model expects; its parameters are known within five per cent."""
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(400):
        chance, before = rng.beta(3.0, 2.0, 200), rng.integers(0, 10, 200).astype(float)
        scale = float(np.exp(rng.normal(0, 0.05)))
        after = (rng.random(200) < np.minimum(chance * scale, 1.0)).astype(float)
        total = {
            "count": chance.sum(),
            "count_low": chance.sum() / np.exp(0.098),
            "count_high": chance.sum() * np.exp(0.098),
        }
        found = compare(before, chance, after, 52, total)
        assert found.likely_low < found.expected_low and found.expected_high < found.likely_high
        inside += found.likely_low <= found.actual <= found.likely_high
    assert 370 <= inside <= 392
