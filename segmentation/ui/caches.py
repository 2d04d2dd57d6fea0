"""What is kept between reruns: keyed on (store path, data version, frozen parameters), bounded by bytes.

Frames and arrays are never keys, and translated text is never kept.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Hashable

import pandas as pd
import streamlit as st

from segmentation.allocation.current import read_budget
from segmentation.certainties import Certainties, find_certainties
from segmentation.comparisons import Comparison, grades_in_file, keep_grading, keep_sales_order
from segmentation.crossings import FixedGrading, SalesOrder
from segmentation.cutpoints import Cutpoint
from segmentation.fragmentation import Fragmentation, measure_fragmentation
from segmentation.matrix import Matrix, build_matrix
from segmentation.methods.base import EXTRA_COLUMNS
from segmentation.overrides import Held
from segmentation.paired import Pairing, pair
from segmentation.quality import Corrected, Quality, measure_corrected, measure_quality
from segmentation.rosters import Roster
from segmentation.schemes import Scheme, to_toml
from segmentation.standing import Recall, are_months, measure_effort, measure_outcomes
from segmentation.store import Book
from segmentation.summary import Summary, Unmatched, build_summary, build_unmatched
from segmentation.sweep import find_best_line
from segmentation.tuning import Base, Evaluation, draw_lines, prepare
from segmentation.ui.bounded_cache import ByteBoundCache
from segmentation.within import FEWEST_RATED

MOST_NAMES = 200


@st.cache_resource(max_entries=1, show_spinner=False)
def shared_cache() -> ByteBoundCache:
    """The one cache of this process."""
    return ByteBoundCache()


def _base_key(book: Book, store: str, scheme: Scheme, as_of: dt.date) -> tuple[Hashable, ...]:
    return store, book.version.number, scheme.unlined, as_of


def prepare_once(book: Book, store: str, scheme: Scheme, as_of: dt.date) -> Base:
    """`tuning.prepare`, kept on (store, data version, scheme without its lines, as_of)."""
    key = ("base", *_base_key(book, store, scheme, as_of))
    base: Base = shared_cache().get(key, lambda: prepare(book, scheme, as_of, recall_of(book, store)))
    return base


def recall_of(book: Book, store: str) -> Recall:
    """Keeps what the records of a data version say about its customers, whatever the method makes of it."""
    return lambda key, make: shared_cache().get(("records", store, book.version.number, key), make)


def is_prepared(book: Book, store: str, scheme: Scheme, as_of: dt.date) -> bool:
    """Whether `prepare_once` would answer at once."""
    return ("base", *_base_key(book, store, scheme, as_of)) in shared_cache()


def evaluate_once(book: Book, store: str, scheme: Scheme, as_of: dt.date) -> Evaluation:
    """A scheme whose lines stand still, evaluated once on (store, data version, scheme, as_of)."""
    key = ("evaluation", store, book.version.number, to_toml(scheme), as_of)
    found: Evaluation = shared_cache().get(
        key, lambda: draw_lines(prepare_once(book, store, scheme, as_of), scheme)
    )
    return found


def roster_once(book: Book, store: str, scheme: Scheme, as_of: dt.date) -> Roster:
    """What comparisons read of the scheme's customers at the list date, kept like its base."""
    key = ("roster", *_base_key(book, store, scheme, as_of))
    base = prepare_once(book, store, scheme, as_of)

    def read() -> Roster:
        customers = base.now.features.index
        effort = measure_effort(book, scheme, as_of, customers, recall_of(book, store))
        return Roster.of(base.now, effort["hours_now"].to_numpy(dtype=float))

    roster: Roster = shared_cache().get(key, read)
    return roster


def matrix_once(book: Book, store: str, scheme: Scheme, as_of: dt.date) -> Matrix | None:
    """`matrix.build_matrix`, kept like its base; what happened to customers is kept for every method."""
    base = prepare_once(book, store, scheme, as_of)
    checked = base.checked

    def build() -> Matrix | None:
        measured = None
        if checked is not None:
            index = checked.features.index
            measured = measure_outcomes(book, scheme, checked.as_of, index, recall_of(book, store))
        return build_matrix(base, scheme.outcome, measured)

    matrix: Matrix | None = shared_cache().get(("matrix", *_base_key(book, store, scheme, as_of)), build)
    return matrix


def fragmentation_once(book: Book, store: str, scheme: Scheme, as_of: dt.date) -> Fragmentation | None:
    """`fragmentation.measure_fragmentation` at the check date, kept like its base; None where nothing is checked."""
    checked = prepare_once(book, store, scheme, as_of).checked

    def measure() -> Fragmentation | None:
        if checked is None:
            return None
        index = checked.features.index
        measured = measure_outcomes(book, scheme, checked.as_of, index, recall_of(book, store))
        return measure_fragmentation(checked, scheme.outcome, measured)

    key = ("fragmentation", *_base_key(book, store, scheme, as_of))
    found: Fragmentation | None = shared_cache().get(key, measure)
    return found


def best_line_once(book: Book, store: str, scheme: Scheme, as_of: dt.date) -> Cutpoint | None:
    """Whether the score beats chance anywhere, kept like the base it is drawn from."""
    key = ("best line", *_base_key(book, store, scheme, as_of))
    best: Cutpoint | None = shared_cache().get(
        key, lambda: find_best_line(prepare_once(book, store, scheme, as_of), scheme)
    )
    return best


def quality_once(book: Book, store: str, scheme: Scheme, as_of: dt.date) -> Quality:
    """Whose tier hangs on a missing value, kept on (store, data version, scheme, as_of)."""
    key = ("quality", store, book.version.number, to_toml(scheme), as_of)
    quality: Quality = shared_cache().get(
        key,
        lambda: measure_quality(
            prepare_once(book, store, scheme, as_of).now, evaluate_once(book, store, scheme, as_of).cuts
        ),
    )
    return quality


def corrected_once(book: Book, store: str, scheme: Scheme, as_of: dt.date) -> Corrected:
    """Whose tier hangs on a corrected cell, kept on (store, data version, scheme, as_of)."""

    def measure() -> Corrected:
        standing = prepare_once(book, store, scheme, as_of).now
        return measure_corrected(book, scheme, standing, evaluate_once(book, store, scheme, as_of).cuts)

    key = ("corrected", store, book.version.number, to_toml(scheme), as_of)
    corrected: Corrected = shared_cache().get(key, measure)
    return corrected


def certainties_once(book: Book, store: str, base: Base) -> Certainties:
    """Plain counts of a small company, kept on (store, data version, list date, window of the method)."""
    key = ("certainties", store, book.version.number, base.now.as_of, base.now.method.window_days)
    known: Certainties = shared_cache().get(key, lambda: find_certainties(book, base.now))
    return known


def pairing_once(book: Book, store: str, draft: Scheme, published: Scheme, as_of: dt.date) -> Pairing | None:
    """A draft's results by published tier, kept on (store, data version, draft without lines, published, as_of)."""

    def build() -> Pairing | None:
        ours, theirs = (prepare_once(book, store, scheme, as_of) for scheme in (draft, published))
        against = evaluate_once(book, store, published, as_of)
        return pair(book, ours, theirs, draft, against, recall=recall_of(book, store))

    key = ("pairing", *_base_key(book, store, draft, as_of), to_toml(published))
    pairing: Pairing | None = shared_cache().get(key, build)
    return pairing


def published_once(book: Book, store: str, published: Scheme, as_of: dt.date, held: Held) -> Comparison:
    """The effective tiers of a scheme whose lines stand still, kept on (store, data version, scheme, as_of, held)."""

    def place() -> Comparison:
        roster = roster_once(book, store, published, as_of)
        lines = evaluate_once(book, store, published, as_of)
        places = held.place(roster.place(lines.cuts), lines.names)
        return Comparison("published", published.name, lines.names, places)

    key = ("places", store, book.version.number, to_toml(published), as_of, held.key)
    comparison: Comparison = shared_cache().get(key, place)
    return comparison


def grading_once(
    book: Book, store: str, draft: Scheme, as_of: dt.date, other: tuple[Comparison, Hashable]
) -> FixedGrading:
    """Our scores by a grading that stands still, kept like the roster and on what names the grading."""
    comparison, name = other
    key = ("grading", *_base_key(book, store, draft, as_of), comparison.kind, name)
    grading: FixedGrading = shared_cache().get(
        key, lambda: keep_grading(roster_once(book, store, draft, as_of), comparison)
    )
    return grading


def sales_order_once(book: Book, store: str, draft: Scheme, as_of: dt.date) -> SalesOrder:
    """Our scores against sales of the last 12 months, kept like the roster."""
    key = ("sales order", *_base_key(book, store, draft, as_of))
    order: SalesOrder = shared_cache().get(
        key, lambda: keep_sales_order(roster_once(book, store, draft, as_of))
    )
    return order


def grades_once(book: Book, store: str, base: Base) -> Comparison | None:
    """The grades of the user's own file, kept on (store, data version, as_of); None where it has none."""
    key = ("grades", store, book.version.number, base.now.as_of)
    comparison: Comparison | None = shared_cache().get(key, lambda: grades_in_file(base.now))
    return comparison


def budget_once(book: Book, store: str, as_of: dt.date) -> pd.Series:
    """Budget lines a month, kept on (store, data version, as_of)."""
    key = ("budget", store, book.version.number, as_of)
    lines: pd.Series = shared_cache().get(key, lambda: read_budget(book, as_of))
    return lines


def summary_once(book: Book, store: str) -> tuple[Summary, Unmatched]:
    """The totals of a data version and its orders of no known customer, kept on (store, data version)."""
    key = ("summary", store, book.version.number)
    totals: tuple[Summary, Unmatched] = shared_cache().get(
        key, lambda: (build_summary(book), build_unmatched(book))
    )
    return totals


@st.cache_resource(max_entries=1, show_spinner=False)
def warm_up() -> bool:
    """Freeze what the first run loaded: full collections otherwise take most of the server's time. Once a process."""
    gc.collect()
    gc.freeze()
    # A run makes thousands of objects and hardly a circle among them.
    gc.set_threshold(20_000, 20, 20)
    return True


def groups_once(book: Book, store: str) -> frozenset[str]:
    """Columns with at least two groups large enough for lines of their own, kept on (store, data version)."""

    def find() -> frozenset[str]:
        sizes = book.query("group_sizes", least=FEWEST_RATED)
        return frozenset(sizes["name"][sizes["group_count"] > 1])

    found: frozenset[str] = shared_cache().get(("groups", store, book.version.number), find)
    return found


def names_once(book: Book, store: str, of: str) -> tuple[str, ...]:
    """What a list of names is picked from: the texts of a column, most frequent first, or the extra columns there
    are. Kept on (store, data version)."""

    def find() -> tuple[str, ...]:
        if of == EXTRA_COLUMNS:
            return tuple(str(name) for name in book.query("attributes")["name"])
        texts = book.query("customer_texts", pointer=f"/{of}")["text"]
        return tuple(str(text) for text in texts.value_counts().index[:MOST_NAMES])

    found: tuple[str, ...] = shared_cache().get(("names", store, book.version.number, of), find)
    return found


def monthly_once(book: Book, store: str) -> bool:
    """Whether all orders are totals of months, kept on (store, data version)."""
    key = ("monthly totals", store, book.version.number)
    return bool(shared_cache().get(key, lambda: are_months(book)))
