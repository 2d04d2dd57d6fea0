"""Which customers a list shows: what can be asked for, and that only those are shown."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation.sample import FOLDER
from segmentation.ui.list_filters import MOST_VALUES, _mask, find_choices
from tests.pages.stores import store_path, texts
from tests.pages.test_tier_tuning import open_tuning


def test_the_most_frequent_values_are_offered_where_there_are_two() -> None:
    region = pd.Series(["north"] * 3 + ["south"] * 5 + ["é", "é", "east", "east", None, " "])
    owner = pd.Series([f"o{number:02d}" for number in range(14)])
    same = pd.Series(["x"] * 14)
    found = find_choices({"region": region, "owner": owner, "need": same, "channel": pd.Series([None] * 14)})
    assert found["region"] == ("south", "north", "east", "é")
    assert len(found["owner"]) == MOST_VALUES and set(found) == {"region", "owner"}
    assert _mask(region, "é").tolist() == [value == "é" for value in region]


@pytest.mark.parametrize("column", ["region", "channel"])
def test_only_customers_of_the_value_are_listed_and_how_many_there_are_is_said(
    monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    recorded = pd.read_csv(FOLDER / "customers.csv").set_index("name")[column]
    value = recorded.value_counts().index[1]
    app = open_tuning(monkeypatch, store_path("sample"), moves_tag=f"{column}={value}")
    (shown,) = [element.value for element in app.dataframe if "theirs" in element.value.columns]
    assert 0 < len(shown) <= 10
    assert {recorded[name] for name in shown["name"]} == {value}
    whole = open_tuning(monkeypatch, store_path("sample"))
    assert "are shown; the download has all" in texts(whole) and "found" not in texts(whole)
    (box,) = [box for box in app.selectbox if box.label == "Customers shown"]
    assert any(option.endswith(f"· {value}") for option in box.options)
