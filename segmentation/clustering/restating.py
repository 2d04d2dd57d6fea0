"""Clusters restated as a few rules over feature values, with the share of customers the rules place alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from segmentation.clustering.sampling import Whole
from segmentation.scales import Floats

Flags = NDArray[np.bool_]
DEPTH = 3
DIGITS = 3  # significant ones of a limit somebody is to remember


@dataclass(frozen=True)
class Condition:
    """`feature` at most, or more than, `limit` (feature units); data, never text that is run."""

    feature: str
    operator: Literal["<=", ">"]
    limit: float

    def holds(self, values: Floats) -> Flags:
        return values <= self.limit if self.operator == "<=" else values > self.limit


@dataclass(frozen=True)
class Rule:
    """All `conditions` → `cluster`. count: customers they hold for · agreeing: those of them in that cluster."""

    cluster: int
    conditions: tuple[Condition, ...]
    count: int
    agreeing: int


@dataclass(frozen=True)
class Restatement:
    """Rules that are exclusive and leave nobody out. fidelity: share 0–1 of customers they place as the clustering."""

    rules: tuple[Rule, ...]
    fidelity: float

    def place(self, columns: Mapping[str, Floats]) -> Whole:
        """The cluster the rules give to each customer; −1 where a feature they ask for is unknown."""
        rows = len(next(iter(columns.values())))
        found = np.full(rows, -1, np.int64)
        for rule in self.rules:
            found[_held(rule.conditions, columns, rows)] = rule.cluster
        return found


def restate(columns: Mapping[str, Floats], clusters: Whole, learned_from: Whole) -> Restatement:
    """A decision tree of at most DEPTH questions (Breiman et al. 1984) read as rules.

    `columns`: feature values by name, unknown ones filled in · `clusters`: the number of each customer's cluster ·
    `learned_from`: the rows the tree is grown on, in canonical order. Limits are shortened to whole numbers or three
    significant digits before anything is counted, so that the counts are those of the rules as they are read.
    """
    from sklearn.tree import DecisionTreeClassifier

    names = sorted(columns)
    tree = DecisionTreeClassifier(
        max_depth=DEPTH, min_samples_leaf=max(1, len(learned_from) // 200), random_state=0
    )
    tree.fit(np.column_stack([columns[name][learned_from] for name in names]), clusters[learned_from])
    whole = {name: bool((columns[name] == np.floor(columns[name])).all()) for name in names}
    leaves = _leaves(tree, names, whole, 0, ())
    rules = []
    for cluster, conditions in leaves:
        held = _held(conditions, columns, len(clusters))
        rules.append(Rule(cluster, conditions, int(held.sum()), int((clusters[held] == cluster).sum())))
    kept = tuple(sorted((rule for rule in rules if rule.count), key=lambda rule: (rule.cluster, -rule.count)))
    agreeing = sum(rule.agreeing for rule in kept)
    return Restatement(kept, agreeing / len(clusters) if len(clusters) else 0.0)


def _leaves(
    model: Any, names: list[str], whole: Mapping[str, bool], node: int, path: tuple[Condition, ...]
) -> list[tuple[int, tuple[Condition, ...]]]:
    """(cluster, conditions) of every leaf below a node; two leaves of one cluster become one."""
    tree = model.tree_
    cluster = int(model.classes_[int(tree.value[node][0].argmax())])
    if tree.children_left[node] < 0:
        return [(cluster, path)]
    name = names[int(tree.feature[node])]
    limit = _shortened(float(tree.threshold[node]), whole[name])
    found = []
    sides: tuple[tuple[Any, Literal["<=", ">"]], ...] = (
        (tree.children_left, "<="),
        (tree.children_right, ">"),
    )
    for children, operator in sides:
        longer = _with(path, Condition(name, operator, limit))
        found += _leaves(model, names, whole, int(children[node]), longer)
    return [(found[0][0], path)] if len({told for told, _ in found}) == 1 else found


def _with(path: tuple[Condition, ...], added: Condition) -> tuple[Condition, ...]:
    """The path with one more condition; of two limits on the same side the later one is the tighter."""
    kept = [c for c in path if (c.feature, c.operator) != (added.feature, added.operator)]
    return (*kept, added)


def _shortened(limit: float, is_whole: bool) -> float:
    if is_whole and abs(limit) < 10**DIGITS:
        return float(np.floor(limit))
    return float(f"{limit:.{DIGITS}g}")


def _held(conditions: tuple[Condition, ...], columns: Mapping[str, Floats], rows: int) -> Flags:
    held = np.ones(rows, bool)
    for condition in conditions:
        held &= condition.holds(columns[condition.feature])
    return held
