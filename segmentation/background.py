"""Work that gives way: whoever reads beside an import is answered first.

Linux keeps a priority for every thread, and a new thread begins with that of its maker, DuckDB's workers included.
Elsewhere a priority belongs to the whole process, and work inside the server's process goes on as it is.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

# Where others want every core, about a tenth of one is left.
NICENESS = 10
P = ParamSpec("P")
T = TypeVar("T")


def has_readers() -> bool:
    """Whether a server may be answering beside this work: it does so from other threads than the main one."""
    return threading.current_thread() is not threading.main_thread()


def give_way() -> None:
    """Lower the priority of this process (Linux: of this thread and those it makes) for good; Windows has no such
    call."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICENESS)


def behind(act: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of `act`, on a thread of its own that gives way: only root may raise a priority again, and the thread
    of a server is used by the next reader.

    Where nobody reads, on the main thread of a command, `act` runs in place: there Ctrl-C must end the work itself.
    """
    if not sys.platform.startswith("linux") or not has_readers():
        return act(*args, **kwargs)
    with ThreadPoolExecutor(1, initializer=give_way) as aside:
        return aside.submit(act, *args, **kwargs).result()
