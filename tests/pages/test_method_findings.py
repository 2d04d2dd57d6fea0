"""What a method found out, under the lines of the tuning page: drivers, and orders held back from a model."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from segmentation.i18n import LANGUAGES, Code, Language
from tests.clv.cdnow import read_days, skip_without_data
from tests.pages.stores import assert_whole, open_page, store_path, texts
from tests.worlds import make_store

PAGE = "tier_tuning"


def drivers(app: AppTest) -> list[pd.DataFrame]:
    return [element.value for element in app.dataframe if "odds" in element.value.columns]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_probability_shows_its_drivers(monkeypatch: pytest.MonkeyPatch, code: Code) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, code, method="propensity")
    assert_whole(app, code)
    say, told = Language(code).say, texts(app)
    assert say("drivers.title") in told
    (table,) = drivers(app)
    assert len(table) > 5 and (table["odds"] > 0).all()
    for line in table.to_dict("records"):
        low, high = (float(end) for end in line["range"].split("–"))
        assert low <= round(line["odds"], 2) <= high
        wins, cases = (int(part.replace(",", "")) for part in line["count"].split("/"))
        assert wins <= cases <= 3_014
    assert table["field"].nunique() > 3 and (Language(code).say("drivers.unknown") in set(table["compared"]))


def test_lines_within_groups_hide_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, "en", method="propensity", within="region")
    assert_whole(app, "en")
    assert len(drivers(app)) == 1


def test_other_methods_show_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, "en")
    say, told = Language("en").say, texts(app)
    assert say("drivers.title") not in told and say("holdout.title") not in told and not drivers(app)


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    days = read_days()
    orders = pd.DataFrame(
        {
            "order_id": [str(number) for number in range(len(days))],
            "customer_id": days["customer"].astype(str),
            "ordered_on": days["day"].dt.strftime("%Y-%m-%d"),
            "amount": days["amount"],
        }
    )
    return Path(make_store(tmp_path_factory.mktemp("cdnow"), orders=orders).path)


@skip_without_data
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_model_of_orders_is_held_against_later_ones(
    monkeypatch: pytest.MonkeyPatch, cdnow: Path, code: Code
) -> None:
    app = open_page(monkeypatch, cdnow, PAGE, code, method="ltv")
    assert_whole(app, code)
    say, told = Language(code).say, texts(app)
    assert say("holdout.title") in told and say("holdout.outside") in told
    (figure,) = [e for e in app.get("plotly_chart") if e.proto.alt == say("holdout.alt")]
    assert "7+" in figure.proto.spec
