"""The guarded process that touches strangers' bytes: `python -m segmentation.intake.child FOLDER`.

The parent writes `job.json` into the folder; the child writes raw grids and, last of all, `result.json`. Whatever
else happens to it (crash, abort, too much memory or time) the parent turns into a FileError, and nothing changed.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, cast

from segmentation.background import give_way, has_readers
from segmentation.errors import FileError, TierboardError
from segmentation.settings import Limits

ROOT = Path(__file__).resolve().parents[2]
POLL_SECONDS = 0.2
Guard = Literal["limit", "watchdog"]
# A result is some names and numbers per sheet; a stranger's names may be as long as they like.
_RESULT_BYTES, _NOISE_BYTES = 4 * 2**20, 2_000
# A child whose priority is low gets a tenth of a core where others want both; one that gets less is stuck.
_SLOWED = 16
_OUT_OF_SECONDS = -signal.SIGXCPU if sys.platform != "win32" else None
_OUT_OF_MEMORY = ("memory allocation", "MemoryError", "bad_alloc")
_log = logging.getLogger(__name__)


def guard() -> Guard:
    """How memory is bounded here: by the operating system, or by watching (Windows has none, macOS keeps none)."""
    try:
        import resource  # noqa: F401
    except ImportError:
        return "watchdog"
    return "limit" if sys.platform.startswith("linux") else "watchdog"


def run_child(job: Mapping[str, Any], folder: Path, limits: Limits) -> dict[str, Any]:
    """Do one job in a child process and return its result.

    Raises FileError: the child's own refusal, or e.parse.time, e.parse.memory, e.parse.crash.
    """
    told = {**job, "limits": asdict(limits), "guard": guard(), "gives_way": has_readers()}
    (folder / "job.json").write_text(json.dumps(told), "utf-8")
    with (folder / "child.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "segmentation.intake.child", str(folder.resolve())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"},
            creationflags=_windows_flags(),
        )
        try:
            _watch(process, limits)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    return _result(folder, process.returncode, limits)


def _windows_flags() -> int:
    """Elsewhere the child lowers its priority itself, and these are nothing."""
    priority = "BELOW_NORMAL_PRIORITY_CLASS" if has_readers() else "NORMAL_PRIORITY_CLASS"
    return int(getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, priority, 0))


def _watch(process: subprocess.Popen[bytes], limits: Limits) -> None:
    """Wait for the end of the child; FileError when it takes too long or (without a limit) too much memory."""
    started = time.monotonic()
    # A wait with a time limit sleeps up to 50 ms past the end; a thread that only waits wakes at once.
    waiter = threading.Thread(target=process.wait, daemon=True)
    waiter.start()
    while True:
        waiter.join(POLL_SECONDS)
        if not waiter.is_alive():
            return
        if _is_over(process.pid, time.monotonic() - started, limits):
            raise FileError("e.parse.time", limit=limits.parse_seconds)
        if guard() == "watchdog" and _resident_bytes(process.pid) > limits.parse_bytes:
            raise FileError("e.parse.memory", limit=limits.parse_bytes >> 20)


def _is_over(pid: int, passed: float, limits: Limits) -> bool:
    """Whether a child has had its seconds. They are seconds of work: one that others slow down has had fewer than have
    passed, one that hangs or waits has had its time."""
    if passed <= limits.parse_seconds:
        return False
    worked = _worked_seconds(pid)
    return worked >= limits.parse_seconds or worked * _SLOWED < passed


def _worked_seconds(pid: int) -> float:
    import psutil

    try:
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system)
    except psutil.Error:
        return 0.0


def _resident_bytes(pid: int) -> int:
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _result(folder: Path, code: int, limits: Limits) -> dict[str, Any]:
    result = folder / "result.json"
    try:
        if result.stat().st_size > _RESULT_BYTES:
            raise FileError("e.parse.memory", limit=limits.parse_bytes >> 20)
        found: dict[str, Any] = json.loads(result.read_text("utf-8"))
    except (OSError, ValueError):
        noise = _noise(folder / "child.log")
        _log.warning("parser child ended with %s: %s", code, noise.splitlines()[:1])
        if any(word in noise for word in _OUT_OF_MEMORY):
            raise FileError("e.parse.memory", limit=limits.parse_bytes >> 20) from None
        if code == _OUT_OF_SECONDS:
            raise FileError("e.parse.time", limit=limits.parse_seconds) from None
        raise FileError("e.parse.crash") from None
    if "error" in found:
        raise FileError(found["error"]["code"], **found["error"]["facts"])
    return found


def _noise(log: Path) -> str:
    """The beginning and the end of what the child said: a crash may say any amount."""
    with log.open("rb") as handle:
        head = handle.read(_NOISE_BYTES)
        handle.seek(max(len(head), log.stat().st_size - _NOISE_BYTES))
        return (head + handle.read()).decode("utf-8", "replace")


def _limit(limits: Limits) -> None:
    """Let the operating system end this process at the limits."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (limits.parse_bytes, limits.parse_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.parse_seconds, limits.parse_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _perform(job: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """Import only what this file needs: a start costs a tenth of a second, not a second."""
    source, folder = Path(job["source"]), Path(job["folder"])
    if job["task"] == "whole":
        from segmentation.intake.records import write_whole

        return write_whole(source, folder, job["delimiter"], job["skipped_lines"], limits)
    if job["kind"] == "csv":
        from segmentation.intake.decode import decode_file
        from segmentation.intake.records import write_text

        return write_text(decode_file(source, folder, job["encoding"], limits), folder, limits)
    from segmentation.intake.sheets import write_workbook

    return write_workbook(source, folder, job["kind"], limits)


def main(folder: Path) -> None:
    """Do the job of the folder; the result appears whole or not at all."""
    # Millions of cells are made and all are used: looking for garbage among them would double the time.
    gc.disable()
    job = json.loads((folder / "job.json").read_text("utf-8"))
    limits = Limits(**job["limits"])
    if job["gives_way"]:
        give_way()
    if job["guard"] == "limit":
        _limit(limits)
    try:
        found = _perform(job, limits)
    except TierboardError as error:
        found = {"error": {"code": error.code, "facts": error.facts}}
    except MemoryError:
        found = {"error": {"code": "e.parse.memory", "facts": {"limit": limits.parse_bytes >> 20}}}
    draft = folder / "result.draft"
    draft.write_text(json.dumps(found), "utf-8")
    draft.replace(folder / "result.json")


if __name__ == "__main__":
    # Arrow would import it, half of every start, and here nothing needs it.
    sys.modules["numpy"] = cast(ModuleType, None)
    main(Path(sys.argv[1]))
