"""The scheme on the screen: keys, changes, and lines that stay in place when they are stated otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.schemes import Scheme, TierPolicy
from segmentation.ui import drafts, held_lines

BASE = Scheme(method="rfm", policy=TierPolicy(("A", "B", "C"), "score", (80.0, 50.0)))


def test_an_unchanged_scheme_counts_no_change() -> None:
    assert drafts.count_changes(BASE, BASE) == 0


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"policy": TierPolicy(("A", "B", "C"), "score", (70.0, 50.0))}, 1),
        ({"policy": TierPolicy(("A", "B", "C"), "score", (70.0, 40.0))}, 2),
        ({"policy": TierPolicy(("A", "B", "C"), "customers", (0.1, 0.4))}, 1),
        ({"outcome": "win_rate", "outcome_days": 180}, 2),
        ({"method_params": {"bins": 3}}, 1),
        ({"method": "abc", "method_params": {}}, 1),
    ],
)
def test_each_decision_counts_once(changes: dict[str, Any], count: int) -> None:
    assert drafts.count_changes(BASE.changed(**changes), BASE) == count


@pytest.mark.parametrize(
    ("kind", "cuts", "expected"),
    [
        ("score", [50.0, 80.0], (50.0, 50.0)),
        ("score", [80.0, 50.0], (80.0, 50.0)),
        ("customers", [0.4, 0.1], (0.4, 0.4)),
        ("hours", [10.0, 400.0], (10.0, 400.0)),
    ],
)
def test_lines_of_a_link_are_put_in_order(kind: Any, cuts: list[float], expected: tuple[float, ...]) -> None:
    assert drafts.ordered(kind, cuts) == expected


def test_shares_are_shown_in_percent_and_meant_as_shares() -> None:
    for cut in (0.1, 0.07, 1 / 3):
        assert drafts.meant_cut("customers", drafts.shown_cut("customers", cut)) == pytest.approx(
            cut, abs=1e-7
        )
    assert drafts.shown_cut("number", 12) == 12


def test_a_moved_line_takes_the_lines_it_crosses_along() -> None:
    def script() -> None:
        import streamlit as st

        from segmentation.ui import drafts

        st.session_state.update({"score1": 40.0, "score2": 50.0, "score3": 10.0})
        drafts.push("score", 0, 3)
        st.session_state.update({"customers1": 10.0, "customers2": 60.0, "customers3": 50.0})
        drafts.push("customers", 1, 3)

    held = AppTest.from_function(script).run().session_state
    assert [held[f"score{place}"] for place in (1, 2, 3)] == [40.0, 40.0, 10.0]
    assert [held[f"customers{place}"] for place in (1, 2, 3)] == [10.0, 60.0, 60.0]


def test_a_lines_rounding_never_loses_the_group_it_stands_on() -> None:
    assert held_lines._upward(91.66666666666667, "score") == 91.6666
    assert held_lines._upward(9.96563573, "customers") >= 9.96563573
    assert held_lines._upward(116.0, "number") == 116
    assert held_lines._upward(512.2, "hours") == 513


def test_frozen_edges_stay_only_while_the_method_says_the_same() -> None:
    base = BASE.changed(fitted={"recency": (1.0, 2.0)})
    same: dict[str, Any] = {
        "outcome": "win_rate",
        "outcome_days": 90,
        "method": "rfm",
        "lines_within": "",
        "method_params": {},
    }
    assert drafts.make_draft(base, same, base.policy).fitted == base.fitted
    assert drafts.make_draft(base, same | {"method_params": {"bins": 3}}, base.policy).fitted is None
    assert drafts.make_draft(base, same | {"method": "abc"}, base.policy).fitted is None
    assert drafts.make_draft(base, same | {"lines_within": "region"}, base.policy).fitted is None


@pytest.mark.parametrize(
    ("key", "is_one"), [("score1", True), ("rfm.bins", True), ("lang", False), ("score", False)]
)
def test_lines_and_parameters_come_and_go_in_the_link(key: str, is_one: bool) -> None:
    assert drafts.is_control(key) == is_one
