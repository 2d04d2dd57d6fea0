"""Whose move is drawn now: readers of one server take turns, and what a move draws is sent in one go.

One interpreter draws all of them. Side by side each is interrupted for every other and all end late; in turn nobody
waits longer and most far shorter. So do the thread that draws and the one that sends: told of every element by itself,
they would interrupt one another some forty times a move.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

# A move that must read the book first takes longer than this; the others then go on beside it.
LONGEST_WAIT_SECONDS = 0.2
_turn = threading.Lock()


@contextmanager
def taken() -> Iterator[None]:
    """A turn for what follows, however it ends; without one after `LONGEST_WAIT_SECONDS`."""
    has_turn = _turn.acquire(timeout=LONGEST_WAIT_SECONDS)
    try:
        with sent_together():
            yield
    finally:
        if has_turn:
            _turn.release()


@contextmanager
def sent_together() -> Iterator[None]:
    """What is drawn in the block goes to the browser at its end, in its order, however it ends."""
    context = get_script_run_ctx()
    if context is None:
        yield
        return
    send, kept = context._enqueue, list[ForwardMsg]()  # Streamlit offers no public way to hold messages back
    context._enqueue = kept.append
    try:
        yield
    finally:
        context._enqueue = send
        for message in kept:
            send(message)
