"""The two-axis chart: every number in its cell, doubt drawn hollow, one tint, few bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from segmentation.figures.matrix import CELL_PIXELS, cell_text, describe_matrix, draw_matrix
from segmentation.figures.theme import PALETTES, Look
from segmentation.i18n import LANGUAGES, Language
from segmentation.matrix import Matrix
from segmentation.planes import CELLS, VALUE_BEHAVIOUR
from segmentation.tally import Tally

EN = Look(Language("en"), "light", "CNY")
CUSTOMERS = (274, 141, 15, 40, 111, 64, 15, 118, 298)


def make_matrix(n: float = 130, k: float = 84, customers: Any = CUSTOMERS) -> Matrix:
    cells = pd.DataFrame({"customers": customers}, index=list(CELLS), dtype=float)
    cells["customers_share"] = cells["customers"] / max(cells["customers"].sum(), 1)
    cells["revenue"], cells["revenue_share"], cells["k"], cells["n"] = 5e6, 1 / 9, k, n
    rate = k / n if n else np.nan
    cells["rate"], cells["low"], cells["high"], cells["open_count"] = rate, rate - 0.08, rate + 0.08, 0
    return Matrix(VALUE_BEHAVIOUR, Tally.of(cells), np.zeros(1, np.int8), np.zeros((1, 2), np.float32), 0)


def test_a_cell_shows_its_name_its_size_its_share_and_its_outcome() -> None:
    assert cell_text(make_matrix(), "core", "win_rate", EN) == (
        "<b>Core</b><br>274 · 25%<br>● <b>65%</b> (57%–73%)<br>84/130"
    )


@pytest.mark.parametrize(
    ("n", "k", "told"),
    [
        (9, 4, ["○ too few", "4/9"]),
        (10, 5, ["● <b>50%</b> (42%–58%)", "5/10"]),
        (0, 0, ["no deals"]),
        (np.nan, np.nan, []),
    ],
)
def test_few_cases_are_hollow_and_no_cases_are_said(n: float, k: float, told: list[str]) -> None:
    lines = cell_text(make_matrix(n, k), "wake", "win_rate", EN).split("<br>")
    assert lines == ["<b>Wake up</b>", "15 · 1%", *told]


def test_money_is_written_as_money_and_has_no_k() -> None:
    matrix = make_matrix(130, np.nan)
    frame = matrix.cells.frame.copy()
    frame[["rate", "low", "high"]] = [12_000.0, 9_000.0, 15_000.0]
    matrix = replace(matrix, cells=Tally.of(frame))
    assert "● <b>¥12K</b> (¥9K–¥15K)<br>130" in cell_text(matrix, "core", "revenue_per_customer", EN)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("shade", ["light", "dark"])
def test_it_is_a_valid_figure_of_at_most_2_kb_in_the_tint_of_the_ink(code: Any, shade: Any) -> None:
    look = Look(Language(code), shade, "CNY")
    figure = draw_matrix(make_matrix(customers=[n * 100 for n in CUSTOMERS]), "win_rate", look, "core")
    go.Figure(figure)
    text = json.dumps(figure, separators=(",", ":"), ensure_ascii=False)
    assert len(text.encode()) <= 2048
    assert not [colour for colour in PALETTES[shade].tiers if colour in text], "tier colours mean tiers"
    ends = [colour for _, colour in figure["data"][0]["marker"]["colorscale"]]
    ink = PALETTES[shade].ink
    assert all(
        end.startswith(f"rgba({int(ink[1:3], 16)},{int(ink[3:5], 16)},{int(ink[5:7], 16)},") for end in ends
    )


def test_more_value_is_higher_more_behaviour_is_further_right_and_the_largest_is_darkest() -> None:
    figure = draw_matrix(make_matrix(), "win_rate", EN, "wake")
    bars = figure["data"][0]
    at = {cell: (bars["x"][place], bars["base"][place]) for place, cell in enumerate(CELLS)}
    assert (
        at["core"] == (2, 2) and at["wake"] == (0, 2) and at["promising"] == (2, 0) and at["light"] == (0, 0)
    )
    assert CELLS[int(np.argmax(bars["marker"]["color"]))] == "light"
    (outline,) = figure["layout"]["shapes"]
    assert outline["x0"] < 0 < outline["x1"] < 1 and outline["y0"] == 2
    assert bars["hoverinfo"] != "skip", "what is skipped cannot be clicked"
    assert "textfont" not in bars["unselected"], "this would lose the click"
    assert figure["layout"]["height"] > 3 * CELL_PIXELS


def test_nobody_in_any_cell_is_drawn_all_the_same() -> None:
    go.Figure(draw_matrix(make_matrix(0, 0, [0] * 9), "win_rate", EN))


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_words_for_those_who_do_not_see_it_say_every_cell(code: Any) -> None:
    look = Look(Language(code), "light", "CNY")
    told = describe_matrix(make_matrix(), "win_rate", look)
    assert all(VALUE_BEHAVIOUR.cell(cell).in_(look.language.code) in told for cell in CELLS)
    assert all(str(count) in told for count in CUSTOMERS) and "84/130" in told and "65%" in told
    assert look.say("fig.few") in describe_matrix(make_matrix(9, 4), "win_rate", look)
