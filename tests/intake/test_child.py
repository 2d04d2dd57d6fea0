"""Whatever happens to the child, the parent gets a FileError and a clear code."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from segmentation.background import NICENESS
from segmentation.errors import FileError
from segmentation.intake import child
from segmentation.intake.child import run_child
from segmentation.intake.parsed import open_files
from segmentation.settings import Limits


def run(tmp_path: Path, limits: Limits | None = None, content: bytes = b"a,b\n1,2\n") -> dict[str, Any]:
    source = tmp_path / "upload"
    source.write_bytes(content)
    job = {"task": "open", "source": str(source), "folder": str(tmp_path), "kind": "csv", "encoding": None}
    return run_child(job, tmp_path, limits or Limits())


def sabotage(monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    """Start something else in the child's place."""
    start = subprocess.Popen

    def other(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        return start([sys.executable, "-c", statement], **options)

    monkeypatch.setattr(child.subprocess, "Popen", other)


def test_a_job_gives_a_result(tmp_path: Path) -> None:
    assert run(tmp_path)["sheets"][0]["rows"] == 2


def test_refusals_cross_the_process(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        run(tmp_path, content=b'a,b\n1,"2\n3,4\n')
    assert (caught.value.code, caught.value.facts) == ("e.quote", {"row": 2})


@pytest.mark.parametrize(
    "statement",
    [
        "import os; os.abort()",
        "raise SystemExit(3)",
        "import sys; sys.stderr.write('panicked'); sys.exit(101)",
        "0",
    ],
)
def test_a_crash_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    sabotage(monkeypatch, statement)
    with pytest.raises(FileError) as caught:
        run(tmp_path)
    assert caught.value.code == "e.parse.crash"


def test_too_long_is_stopped_for_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "survived"
    sabotage(monkeypatch, f"import time; time.sleep(4); open({str(mark)!r}, 'w')")
    with pytest.raises(FileError) as caught:
        run(tmp_path, Limits(parse_seconds=1))
    assert caught.value.code == "e.parse.time"
    assert not mark.exists()


def test_one_that_works_on_is_given_as_long_as_others_slow_it_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seconds are seconds of work: here it has had half a second of one, though more than one has passed."""
    mark = tmp_path / "survived"
    monkeypatch.setattr(child, "_worked_seconds", lambda pid: 0.5)
    sabotage(monkeypatch, f"import time; time.sleep(1.5); open({str(mark)!r}, 'w')")
    with pytest.raises(FileError) as caught:
        run(tmp_path, Limits(parse_seconds=1))
    assert caught.value.code == "e.parse.crash"
    assert mark.exists()


def test_one_that_works_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, "while True: pass")
    with pytest.raises(FileError) as caught:
        run(tmp_path, Limits(parse_seconds=1))
    assert caught.value.code == "e.parse.time"


@pytest.mark.skipif(not hasattr(signal, "SIGXCPU"), reason="no limit of seconds here")
def test_one_the_system_ended_for_its_seconds_took_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)")
    with pytest.raises(FileError) as caught:
        run(tmp_path)
    assert caught.value.code == "e.parse.time"


@pytest.mark.skipif(not hasattr(os, "nice"), reason="Windows is told the priority when it starts the child")
@pytest.mark.parametrize("has_readers", [True, False])
def test_the_child_gives_way_to_readers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_readers: bool
) -> None:
    seen = set[int]()
    start = subprocess.Popen

    def watched(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        process = start(command, **options)
        while process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                seen.add(os.getpriority(os.PRIO_PROCESS, process.pid))
        return process

    monkeypatch.setattr(child.subprocess, "Popen", watched)
    if has_readers:  # a server answers from other threads than the main one
        with ThreadPoolExecutor(1) as server:
            server.submit(run, tmp_path).result()
    else:
        run(tmp_path)
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert max(seen) == (min(own + NICENESS, 19) if has_readers else own)


@pytest.mark.skipif(child.guard() != "limit", reason="memory is watched here, not limited")
def test_too_much_memory_is_refused(tmp_path: Path) -> None:
    wide = b'"' + b"x" * 40_000_000 + b'",b\n1,2\n'
    with pytest.raises(FileError) as caught:
        run(tmp_path, Limits(parse_bytes=180 * 2**20), content=wide)
    assert caught.value.code in {"e.parse.memory", "e.parse.crash"}


def test_the_watchdog_stops_what_no_limit_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "guard", lambda: "watchdog")
    sabotage(monkeypatch, "import time; held = b'x' * 150_000_000; time.sleep(60)")
    with pytest.raises(FileError) as caught:
        run(tmp_path, Limits(parse_bytes=100 * 2**20))
    assert caught.value.code == "e.parse.memory"


def test_limits_reach_the_child_whole(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        run(tmp_path, dataclasses.replace(Limits(), columns=1))
    assert caught.value.code == "e.limit.columns"


def test_one_bad_file_stops_the_whole_upload(tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    with pytest.raises(FileError) as caught:
        open_files(
            [("good.csv", b"a,b\n1,2\n"), ("bad.pdf", b"%PDF-1.4")],
            tmp_path,
            on_progress=lambda *step: seen.append(step),
        )
    assert caught.value.facts["file"] == "bad.pdf"
    assert seen == [(0, 2, "good.csv"), (1, 2, "bad.pdf")]


def test_names_are_text_and_never_paths(tmp_path: Path) -> None:
    names = ["../../escape.csv", "C:\\x\\CON.csv", "a" * 300 + ".csv", "</script>.csv"]
    parsed = open_files([(name, b"a,b\n1,2\n") for name in names], tmp_path / "work")
    assert [file.name for file in parsed.files] == names
    assert parsed.files[0].sheets[0].name == "escape"
    assert [path.name for path in tmp_path.iterdir()] == ["work"]


def test_the_start_of_a_child_stays_light() -> None:
    script = (
        "import sys, segmentation.intake.child;"
        "print(sorted({'pandas', 'pyarrow', 'duckdb', 'babel'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=child.ROOT, check=True
    )
    assert found.stdout.strip() == "[]"
