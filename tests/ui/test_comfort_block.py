"""Customers near a line as a list, and what is said of the buffer."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.comfort import Band, Edge, find_edge
from segmentation.figures.theme import Look
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.proposals import propose
from segmentation.replays import replay
from segmentation.tuning import Base, Evaluation, draw_lines, prepare
from segmentation.ui.comfort_block import list_edge, round_shown, tell_band, tell_edge
from tests.sample_books import sample_book

LOOK = Look(Language("en"))


@cache
def sample() -> tuple[Base, Evaluation, Edge]:
    book: Any = sample_book()
    scheme = propose(book).scheme
    base = prepare(book, scheme, book.data_through_on)
    evaluation = draw_lines(base, scheme)
    revenue = base.now.features["amount"].to_numpy(float)
    return base, evaluation, find_edge(replay(book, scheme, base.now), evaluation.cuts, revenue)


def test_the_list_holds_everybody_near_a_line_largest_first() -> None:
    base, evaluation, edge = sample()
    found = list_edge(base, evaluation, edge, LOOK)
    assert len(found) == edge.rows.size > 50
    assert found["revenue"].is_monotonic_decreasing and found["revenue"].sum() == pytest.approx(edge.revenue)
    assert (found["own"] < 0.9).all() and (found["tier"] != found["next"]).all()
    assert (found["own"] + found["next_share"] <= 1 + 1e-9).all()
    scores = base.now.scored.scores
    for line in found.head(30).to_dict("records"):
        assert scores[line["customer_id"]] == line["score"]
        place = int(sum(line["score"] < cut for cut in evaluation.cuts))
        assert line["tier"] == evaluation.names[place]
        row = base.now.features.index.get_loc(line["customer_id"])
        assert edge.chances[row][place] == line["own"]
    assert len(list_edge(base, evaluation, edge, LOOK, 7)) == 7


@pytest.mark.parametrize("code", LANGUAGES)
def test_how_many_and_what_hangs_on_them(code: Code) -> None:
    _, _, edge = sample()
    told = tell_edge(edge, Look(Language(code), currency="CNY"))
    assert str(edge.rows.size) in told and Language(code).percent(edge.revenue_share) in told
    nobody = Edge(edge.chances, np.empty(0, np.int64), 40, 0.0, 0.0, 100)
    assert tell_edge(nobody, LOOK) == "All 40 rated customers would keep their tier after a normal month."


def test_the_table_rounds_a_chance_as_the_page_of_the_customer_does() -> None:
    shares = [0.525, 0.425, 0.37, 0.995]
    shown = round_shown(pd.DataFrame({"own": shares, "next_share": shares, "revenue": [1.4, 2.0, 3.0, 4.6]}))
    assert [f"{told:.0f}%" for told in shown["own"]] == [LOOK.language.percent(share) for share in shares]
    assert shown["next_share"].tolist() == shown["own"].tolist() and shown["revenue"].tolist() == [1, 2, 3, 5]


def test_a_buffer_is_proposed_only_where_it_helps() -> None:
    plain, wide = Band(0.0, 40, 12, 0.0), Band(2.0, 20, 5, 0.03)
    told = tell_band((plain, wide), wide, LOOK)
    assert "± 2" in told and "from 12 to 5" in told and "3%" in told
    assert "not one of them undone" in tell_band((Band(0.0, 40, 0, 0.0),), None, LOOK)
    assert "Nobody moved" in tell_band((Band(0.0, 0, 0, 0.0),), None, LOOK)
    assert "no width tried" in tell_band((plain, wide), None, LOOK)
