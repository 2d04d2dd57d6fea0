"""X rows: texts that would like to be more than text."""

from __future__ import annotations

from tests.promises.promise import Promise

PROMISES: tuple[Promise, ...] = ()
