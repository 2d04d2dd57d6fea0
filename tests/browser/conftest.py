"""A real app on a free loopback port, and Debian's chromium to click through it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
START_SECONDS = 120
CHROMIUM = (
    os.environ.get("TIERBOARD_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests skip with their reason; in CI they fail."""
    if CHROMIUM is None and os.environ.get("CI") != "true":
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="no chromium on this machine"))


@dataclass(frozen=True)
class App:
    """A running app: where it answers and where it keeps its data."""

    url: str
    store: Path


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def start_app(store: Path) -> tuple[subprocess.Popen[bytes], App]:
    """Start the app on `store` and wait until it answers."""
    port = free_port()
    environment = dict(os.environ, TIERBOARD_STORE=str(store), PYTHONDONTWRITEBYTECODE="1")
    process = subprocess.Popen(
        [
            sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port),
            "--server.headless", "true", "--server.fileWatcherType", "none",
        ],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if urllib.request.urlopen(f"{url}/_stcore/health", timeout=2).read() == b"ok":
                return process, App(url, store)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    process.kill()
    raise TimeoutError("the app did not start")


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "chromium is not installed"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An app on an empty store of its own."""
    process, running = start_app(tmp_path / "store")
    yield running
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One app for tests that only look."""
    process, running = start_app(tmp_path_factory.mktemp("looked") / "store")
    yield running
    process.terminate()
    process.wait(timeout=20)
