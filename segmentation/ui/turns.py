"""Whose move is drawn now: readers of one server take turns.

One interpreter draws all of them. Side by side each is interrupted for every other and all end late; in turn nobody
waits longer and most far shorter.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# A move that must read the book first takes longer than this; the others then go on beside it.
LONGEST_WAIT_SECONDS = 0.2
_turn = threading.Lock()


@contextmanager
def taken() -> Iterator[None]:
    """A turn for what follows, however it ends; without one after `LONGEST_WAIT_SECONDS`."""
    has_turn = _turn.acquire(timeout=LONGEST_WAIT_SECONDS)
    try:
        yield
    finally:
        if has_turn:
            _turn.release()
