"""S rows: workbooks that are hidden, damaged, too big, locked or something else."""

from __future__ import annotations

from tests.promises.promise import Promise

PROMISES: tuple[Promise, ...] = ()
