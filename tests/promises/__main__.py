"""The promises as a report: row, verdict, kept or not.

python -m tests.promises [ROW …]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.promises.every import PROMISES, listed_rows
from tests.promises.promise import Promise, keep


def outcome_of(promise: Promise) -> str:
    """ "kept", or what was found instead."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            keep(promise, Path(folder))
        except AssertionError as broken:
            return f"NOT KEPT: {str(broken).splitlines()[0] if str(broken) else 'an assertion of its own'}"
        except Exception as crashed:  # a crash is a promise not kept, not the end of the report
            return f"NOT KEPT: {type(crashed).__name__}: {crashed}"
    return "kept"


def main() -> int:
    asked = set(sys.argv[1:])
    chosen = [one for one in PROMISES if not asked or one.row in asked]
    broken = 0
    for promise in chosen:
        outcome = outcome_of(promise)
        broken += outcome != "kept"
        print(f"{promise!s:<44} {promise.verdict:<5} {outcome}", flush=True)
    without = [row for row in listed_rows() if row not in {one.row for one in PROMISES}] if not asked else []
    print(
        f"{len(chosen)} promises, {broken} not kept; rows without a promise: {', '.join(without) or 'none'}"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
