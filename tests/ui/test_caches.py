"""The cache between reruns: made once, bounded by bytes, keyed on the version and frozen parameters."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation.methods.registry import methods
from segmentation.schemes import Scheme, TierPolicy
from segmentation.ui.bounded_cache import ByteBoundCache, list_parts
from segmentation.ui.caches import prepare_once, shared_cache
from tests.pages.stores import one_customer
from tests.worlds import make_book


def make_kilobyte() -> np.ndarray:
    return np.zeros(128)  # 128 × 8 bytes


def test_the_oldest_goes_first_when_bytes_run_out() -> None:
    cache = ByteBoundCache(limit_bytes=3 * 1024)
    for key in "abc":
        cache.get(key, make_kilobyte)
    cache.get("a", make_kilobyte)
    cache.get("d", make_kilobyte)
    made: list[str] = []
    for key in "acdb":
        cache.get(key, lambda key=key: made.append(key) or make_kilobyte())
    assert made == ["b"]
    assert cache.bytes <= 3 * 1024


def test_one_value_larger_than_the_limit_is_still_kept() -> None:
    cache = ByteBoundCache(limit_bytes=10)
    kept = cache.get("a", make_kilobyte)
    assert cache.get("a", lambda: None) is kept


def test_several_who_ask_at_once_share_one_making() -> None:
    cache, made, gate = ByteBoundCache(), [], threading.Event()

    def make() -> int:
        gate.wait(5)
        made.append(1)
        return 7

    threads = [threading.Thread(target=cache.get, args=("k", make)) for _ in range(6)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_a_failed_making_is_not_kept() -> None:
    cache = ByteBoundCache()

    def fail() -> int:
        raise ValueError

    for _ in range(2):
        try:
            cache.get("k", fail)
        except ValueError:
            continue
    assert cache.get("k", lambda: 3) == 3


def test_frames_inside_values_are_measured() -> None:
    frame = pd.DataFrame({"a": np.zeros(1000)})
    assert sum(dict(list_parts((frame, {"x": make_kilobyte()}))).values()) >= 8000 + 1024


def test_what_two_values_hold_in_common_counts_once_and_as_long_as_either_is_kept() -> None:
    cache, common = ByteBoundCache(limit_bytes=4 * 1024), make_kilobyte()
    for key in "abc":
        cache.get(key, lambda: (common, make_kilobyte()))
    assert cache.bytes == 4 * 1024
    cache.get("d", lambda: (common, make_kilobyte()))
    assert "a" not in cache and all(key in cache for key in "bcd") and cache.bytes == 4 * 1024
    for key in "efgh":
        cache.get(key, make_kilobyte)
    assert cache.bytes == 4 * 1024 and "d" not in cache, "the common kilobyte went with its last holder"


def test_what_a_younger_value_still_holds_is_not_forgotten_for_nothing() -> None:
    """The records of a day, and what methods make of them one after another: a full cache drops old answers."""
    cache, records, read = ByteBoundCache(limit_bytes=3 * 1024), make_kilobyte(), list[str]()

    def answer() -> tuple[np.ndarray, np.ndarray]:
        return cache.get("records", lambda: read.append("once") or records), make_kilobyte()

    for weight in range(4):
        cache.get(weight, answer)
        for block in ("roster", "matrix"):
            cache.get((block, weight), make_kilobyte)
    assert read == ["once"] and cache.bytes <= 3 * 1024 and 0 not in cache


def test_another_weight_asks_the_records_nothing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_book(tmp_path, **one_customer())
    shared_cache.clear()
    day = dt.date(2025, 12, 31)
    first = prepare_once(book, "store", Scheme(method="rfm"), day)
    asked: list[str] = []
    query = type(book).query
    monkeypatch.setattr(
        type(book), "query", lambda self, name, **facts: asked.append(name) or query(self, name, **facts)
    )
    second = prepare_once(book, "store", Scheme(method="rfm", method_params={"recency_weight": 4}), day)
    assert second.now.features is first.now.features and second is not first
    assert not {"features", "effort", "outcome_repurchase"} & set(asked), asked


def test_lines_are_no_key_everything_else_is(tmp_path: Path) -> None:
    book = make_book(tmp_path, **one_customer())
    shared_cache.clear()
    scheme, day = Scheme(method=next(iter(methods()))), dt.date(2025, 12, 31)
    base = prepare_once(book, "store", scheme, day)
    moved = scheme.changed(policy=TierPolicy(("A", "B"), "number", (1.0,)), name="other", revision=4)
    assert prepare_once(book, "store", moved, day) is base
    assert prepare_once(book, "store", scheme.changed(outcome_days=30), day) is not base
    assert prepare_once(book, "store", scheme, day - dt.timedelta(days=1)) is not base
    assert prepare_once(book, "another", scheme, day) is not base


def test_an_index_is_one_part_however_many_customers_it_names() -> None:
    """Counted one by one, a million names took seconds and weighed more than they are."""
    names = pd.Index(pd.array([f"C{number:05d}" for number in range(5000)], dtype="str"))
    for index in (names, pd.Index(range(5000)), pd.Index(["a", "b"], dtype=object)):
        (told,) = list_parts(index)
        assert told == (id(index), index.memory_usage())
    assert names.memory_usage() > 5000 * 6
