"""What the scheme is held against, and who would move: the published one, the grades of the file, the simple sort."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import cast

import numpy as np

from segmentation.comparisons import Comparison, ComparisonKind, Movement, cross
from segmentation.schemes import to_toml
from segmentation.ui import controls
from segmentation.ui.caches import grades_once, grading_once, published_once, roster_once, sales_order_once
from segmentation.ui.tuning_blocks import Answer

AGAINST = "against"


def comparison_texts(found: Answer) -> dict[str, str]:
    """What the scheme can be held against → its name on the switch."""
    return {kind: found.session.language.say(f"moves.against.{kind}") for kind in comparisons(found)}


def hold_comparison(texts: Mapping[str, str]) -> ComparisonKind:
    """What the scheme is held against."""
    first = next(iter(texts))
    return cast(ComparisonKind, controls.hold_choice(texts, first, AGAINST) if len(texts) > 1 else first)


def move(found: Answer, kind: ComparisonKind) -> Movement:
    """The scheme on the screen held against another grading."""
    session, evaluation = found.session, found.evaluation
    where = session.book, session.store_key, found.draft, evaluation.as_of
    other, name = comparisons(found)[kind]()
    kept = sales_order_once(*where) if kind == "simple_sort" else grading_once(*where, (other, name))
    lines = found.held.lines(evaluation.cuts, evaluation.names)
    return cross(found.prepared.now, roster_once(*where), lines, other, kept)


def comparisons(found: Answer) -> dict[ComparisonKind, Callable[[], tuple[Comparison, Hashable]]]:
    """What the scheme can be held against, first comparison first (definitions.md, *Who would move*): the published
    scheme, else the grades of the user's own file, else the simple sort at the same sizes; with what names each."""
    session, as_of = found.session, found.evaluation.as_of
    kinds: dict[ComparisonKind, Callable[[], tuple[Comparison, Hashable]]] = {}
    if session.published is not None:
        scheme, held = session.published.scheme, found.held
        kinds["published"] = lambda: (
            published_once(session.book, session.store_key, scheme, as_of, held),
            (to_toml(scheme), held.key),
        )
    grades = grades_once(session.book, session.store_key, found.prepared)
    if grades is not None:
        kinds["grades"] = lambda: (grades, "")
    nowhere = Comparison("simple_sort", "", found.evaluation.names, np.empty(0, np.int8))
    kinds["simple_sort"] = lambda: (nowhere, "")
    return kinds


def is_unsold(kind: ComparisonKind, found: Answer) -> bool:
    """Whether sorting by sales says nothing, as nothing was sold."""
    if kind != "simple_sort":
        return False
    where = found.session.book, found.session.store_key, found.draft, found.evaluation.as_of
    return not roster_once(*where).revenue.any()
