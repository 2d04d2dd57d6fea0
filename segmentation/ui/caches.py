"""What is kept between reruns: keyed on (store path, data version, frozen parameters), bounded by bytes.

Frames and arrays are never keys, and translated text is never kept.
"""

from __future__ import annotations

import datetime as dt
import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from segmentation.schemes import Scheme, TierPolicy, to_toml
from segmentation.store import Book
from segmentation.tuning import Base, prepare

LIMIT_BYTES = 1 << 30


class ByteBoundCache:
    """Least recently used values go first once all together exceed `limit_bytes`; safe from several threads."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        return sum(size for _, size in self._kept.values())

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of `key`, made once even when several ask at the same time."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    return self._kept[key][0]
            value = make()
            self._keep(key, value)
            return value

    def _keep(self, key: Hashable, value: Any) -> None:
        size = measure_bytes(value)
        with self._lock:
            self._making.pop(key, None)
            self._kept[key] = (value, size)
            while self.bytes > self.limit_bytes and len(self._kept) > 1:
                self._kept.popitem(last=False)


def measure_bytes(value: Any) -> int:
    """Memory of the arrays and frames inside a value, object texts at their average length."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return int(np.sum(value.memory_usage(deep=len(value) < 100_000)))
    if is_dataclass(value):
        return sum(measure_bytes(getattr(value, told.name)) for told in fields(value))
    if isinstance(value, Mapping):
        return sum(map(measure_bytes, value.values()))
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return sum(map(measure_bytes, value))
    return 64


@st.cache_resource(max_entries=1, show_spinner=False)
def shared_cache() -> ByteBoundCache:
    """The one cache of this process."""
    return ByteBoundCache()


def prepare_once(book: Book, store: str, scheme: Scheme, as_of: dt.date) -> Base:
    """`tuning.prepare`, kept on (store, data version, scheme without its lines, as_of)."""
    unlined = to_toml(scheme.changed(name="-", revision=0, policy=TierPolicy()))
    key = ("base", store, book.version.number, unlined, as_of)
    base: Base = shared_cache().get(key, lambda: prepare(book, scheme, as_of))
    return base


@st.cache_resource(max_entries=1, show_spinner=False)
def warm_up() -> bool:
    """Freeze what the first run loaded: full collections otherwise take most of the server's time. Once a process."""
    gc.collect()
    gc.freeze()
    return True
