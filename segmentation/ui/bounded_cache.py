"""A cache bounded by bytes: what waits longest and frees anything goes first."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

LIMIT_BYTES = 1 << 30


class ByteBoundCache:
    """Least recently used values go first once all together exceed `limit_bytes`; safe from several threads.

    What several values hold in common (the features of a date, under every method) counts once.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._parts: dict[Hashable, dict[int, int]] = {}  # of a key: id of a frame or array → its bytes
        self._holders: Counter[int] = Counter()
        self.bytes = 0
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of `key`, made once even when several ask at the same time."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            value = make()
            self._keep(key, value)
            return value

    def _keep(self, key: Hashable, value: Any) -> None:
        parts = dict(list_parts(value))
        with self._lock:
            self._making.pop(key, None)
            self._kept[key], self._parts[key] = value, parts
            for part, size in parts.items():
                self._holders[part] += 1
                self.bytes += size if self._holders[part] == 1 else 0
            while self.bytes > self.limit_bytes and (oldest := self._oldest_of_weight(key)) is not None:
                self._drop(oldest)

    def _oldest_of_weight(self, newest: Hashable) -> Hashable | None:
        """The key that waits longest of those whose end frees anything; None where only the newest is left. What a
        younger value holds as well costs nothing to keep, and would have to be read again for the next."""
        for key in self._kept:
            if key != newest and any(self._holders[part] == 1 for part in self._parts[key]):
                return key
        return None

    def _drop(self, key: Hashable) -> None:
        for part, size in self._parts.pop(key).items():
            self._holders[part] -= 1
            if not self._holders[part]:
                del self._holders[part]
                self.bytes -= size
        del self._kept[key]


def list_parts(value: Any) -> Iterator[tuple[int, int]]:
    """The arrays and frames inside a value by their identity, with their bytes; other things at a flat rate."""
    if isinstance(value, np.ndarray):
        yield id(value), int(value.nbytes)
    elif isinstance(value, (pd.DataFrame, pd.Series)):
        yield id(value), int(np.sum(value.memory_usage(deep=len(value) < 100_000)))
    elif isinstance(value, pd.Index):
        yield id(value), int(value.memory_usage())
    elif is_dataclass(value):
        for told in fields(value):
            yield from list_parts(getattr(value, told.name))
    elif isinstance(value, Mapping):
        for held in value.values():
            yield from list_parts(held)
    elif isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        for held in value:
            yield from list_parts(held)
    else:
        yield id(value), 64
