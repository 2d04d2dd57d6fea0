"""D8–D15 and D18: which row is the header, and what its words mean."""

from __future__ import annotations

from tests.promises.promise import Promise

PROMISES: tuple[Promise, ...] = ()
