"""D1 to D7: how a text file divides into rows and cells."""

from __future__ import annotations

from tests.promises.promise import Promise

PROMISES: tuple[Promise, ...] = ()
