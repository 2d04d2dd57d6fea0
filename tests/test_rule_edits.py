"""Changes to rules: every one leaves a list that can be written down, and nothing else moves."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from segmentation import rule_edits as edits
from segmentation.condition_forms import from_plain, to_plain
from segmentation.conditions import All, AnyOf, Condition, Node, Not, children, conditions, operators_of
from segmentation.errors import SettingError
from segmentation.fields import FIELDS
from segmentation.methods.rules import OWN, Rules
from segmentation.rule_edits import Line
from tests.test_conditions import random_tree

TEXTS = {"industry": ("Moulds", "<b>x</b>"), "region": ()}
A, B, C = (Condition("amount", ">", number) for number in (1, 2, 3))


def paths(node: Node, start: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    found = [start]
    for place, part in enumerate(children(node)):
        found += paths(part, (*start, place))
    return found


@pytest.mark.parametrize("seed", range(20))
def test_a_node_is_put_where_the_path_leads_and_nothing_else_moves(seed: int) -> None:
    tree = random_tree(np.random.default_rng(seed), 3)
    for path in paths(tree):
        put = edits.put(tree, path, C)
        assert put is not None and edits.at(put, path) == C
        others = [p for p in paths(tree) if p[: len(path)] != path and path[: len(p)] != p]
        assert all(edits.at(put, other) == edits.at(tree, other) for other in others)
        assert edits.put(tree, path, edits.at(tree, path)) == tree
        gone = edits.put(tree, path, None)
        left = [] if gone is None else list(conditions(gone))
        assert len(left) == len(list(conditions(tree))) - len(list(conditions(edits.at(tree, path))))


def test_groups_by_hand() -> None:
    tree = All((A, AnyOf((B, Not(C)))))
    assert edits.put(tree, (1, 1, 0), None) == All((A, AnyOf((B,))))
    assert edits.put(All((AnyOf((B,)),)), (0, 0), None) is None
    assert edits.add(tree, (1,), A) == All((A, AnyOf((B, Not(C), A))))
    assert edits.add(A, (), B) == All((A, B))
    assert edits.join(tree, (), "any") == AnyOf((A, AnyOf((B, Not(C)))))
    assert edits.join(tree, (1,), "all") == All((A, All((B, Not(C)))))
    with pytest.raises(SettingError):
        edits.add(All((A,) * 60), (), B)


def test_every_field_begins_valid_and_every_operator_can_follow_any_other() -> None:
    for name in edits.field_names():
        start = edits.with_field(name, TEXTS)
        assert from_plain(to_plain(start)) == start
        for first, second in product(operators_of(FIELDS[name]), repeat=2):
            told = edits.with_operator(edits.with_operator(start, first, TEXTS), second, TEXTS)
            assert (told.field, told.operator) == (name, second)
            assert from_plain(to_plain(told)) == told
    kept = edits.with_operator(Condition("amount", ">", 7, "wan"), "<=", TEXTS)
    assert kept == Condition("amount", "<=", 7, "wan")
    assert edits.with_window(kept, 91).window_days == 91 and edits.with_window(kept, 0) == kept


def test_rules_move_and_stay_rules() -> None:
    lines = tuple(Line(name, node) for name, node in zip("abc", (A, B, C), strict=True))
    assert [line.segment for line in edits.moved(lines, 0, 1)] == ["b", "a", "c"]
    assert [line.segment for line in edits.moved(lines, 2, -1)] == ["a", "c", "b"]
    assert edits.moved(lines, 0, -1) == edits.moved(lines, 2, 1) == lines
    assert edits.with_line(lines, 1, None) == (lines[0], lines[2])
    assert edits.with_line(lines, 3, lines[0]) == (*lines, lines[0])
    written = edits.write_lines(lines)
    assert edits.read_lines(written) == lines
    assert Rules(preset=OWN, rules=written).rule_set.rules[2].condition == C
