"""The promises as a report: row, verdict, kept or not.

python -m tests.promises [ROW …]
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.promises.every import PROMISES, SCENARIOS, listed_rows
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


def outcomes_of(scenarios: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Row → "kept", or which of its tests did not pass: all in one run of pytest, told by its own report."""
    if not scenarios:
        return {}
    files = sorted({test.split("::")[0] for tests in scenarios.values() for test in tests})
    command = [
        sys.executable,
        "-m",
        "pytest",
        *files,
        "-n",
        "0",
        "-rA",
        "-q",
        "--tb=no",
        "-k",
        _chosen(scenarios),
    ]
    report = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False).stdout
    lines = re.findall(r"^(PASSED|FAILED|ERROR|SKIPPED) (\S+)", report, re.MULTILINE)
    ended = {test: how for how, test in lines}
    found = {}
    for row, tests in scenarios.items():
        mine = {test: how for test, how in ended.items() if test.startswith(tuple(tests))}
        missing = [test for test in tests if not any(done.startswith(test) for done in mine)]
        bad = [test for test, how in mine.items() if how in ("FAILED", "ERROR")]
        found[row] = f"NOT KEPT: {', '.join(bad + missing)}" if bad or missing else "kept"
    return found


def _chosen(scenarios: Mapping[str, Sequence[str]]) -> str:
    return " or ".join(test.split("::")[1] for tests in scenarios.values() for test in tests)


def main() -> int:
    asked = set(sys.argv[1:])
    chosen = [one for one in PROMISES if not asked or one.row in asked]
    broken = 0
    for promise in chosen:
        outcome = outcome_of(promise)
        broken += outcome != "kept"
        print(f"{promise!s:<44} {promise.verdict:<5} {outcome}", flush=True)
    scenarios = {row: tests for row, tests in SCENARIOS.items() if not asked or row in asked}
    for row, outcome in outcomes_of(scenarios).items():
        broken += outcome != "kept"
        print(f"{row + ' scenario':<44} {'':<5} {outcome}", flush=True)
    covered = {one.row for one in PROMISES} | SCENARIOS.keys()
    without = [row for row in listed_rows() if row not in covered] if not asked else []
    count, lacking = len(chosen) + len(scenarios), ", ".join(without) or "none"
    print(f"{count} promises, {broken} not kept; rows without a promise: {lacking}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
