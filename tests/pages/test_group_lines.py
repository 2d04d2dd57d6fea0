"""Lines of their own for every region: chosen in the form, kept in the link, shown group by group."""

from __future__ import annotations

import pytest

from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.within import COLUMNS
from tests.pages.stores import WORLDS, assert_whole, open_page, store_path, texts
from tests.pages.test_matrix import written_table


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_region_has_its_lines_in_a_row_and_the_rest_at_the_end(
    monkeypatch: pytest.MonkeyPatch, code: Code
) -> None:
    app = open_page(
        monkeypatch, store_path("sample"), "tier_tuning", code, within="region", method="scorecard"
    )
    assert_whole(app, code)
    say, column = Language(code).say, COLUMNS["region"].in_(code)
    rows = written_table(app, column[:1].upper() + column[1:])
    assert len(rows) > 2 and rows[-1][0] == say("tune.within.rest")
    lines = [[float(cell) for cell in row[1:]] for row in rows]
    assert all(first > second for first, second in lines), (
        "the line of A lies above that of B in every region"
    )
    assert len({first for first, _ in lines}) > 1, "regions differ, or there would be nothing to draw apart"
    assert app.session_state["draft"].lines_within == "region"


def test_the_choice_is_offered_where_groups_are_large_and_stands_in_the_link(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = open_page(monkeypatch, store_path("sample"), "tier_tuning", "en")
    (choice,) = [box for box in app.selectbox if box.label == "Lines among"]
    choice.set_value("region").run()
    assert app.session_state["draft"].lines_within == "region" and not app.exception
    assert app.query_params["within"] in ("region", ["region"])
    for world in WORLDS[1:]:
        thin = open_page(monkeypatch, store_path(world), "tier_tuning", "en", within="region")
        assert not thin.exception and not [box for box in thin.selectbox if box.label == "Lines among"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_customer_is_explained_with_its_place_in_its_group(
    monkeypatch: pytest.MonkeyPatch, code: Code
) -> None:
    app = open_page(monkeypatch, store_path("sample"), "tier_tuning", code, within="region")
    draft = app.session_state["draft"]
    app.session_state["draft"] = draft
    app.switch_page("pages/customer_profile.py").run()
    assert_whole(app, code)
    assert {"en": "Place within its region", "zh": "在同地区中的位置"}[code] in texts(app)
