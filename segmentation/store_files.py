"""The folder of a store: its format, who is building in it, what a crash left behind, how a file becomes durable.

    store.json               {"format": 1}
    versions/000012.json     one manifest per data version; linking it into place is the moment of publishing
    data/<token>.duckdb      immutable rows, named by one or more manifests
    building/<token>/        a build in progress; its `lock` is held by the process that builds

Nothing here knows DuckDB.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from segmentation.errors import StoreError

FORMAT = 1
WAIT_SECONDS = 10.0
ABSENT_HOLDER = "–"
_BEHIND_TEXT = 2**20


def prepare_folder(folder: Path) -> None:
    """Create the folder of a store, or check that this program may use it; StoreError on a newer format."""
    try:
        for name in ("versions", "data", "building"):
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError("e.store.folder", path=str(folder), why=error.strerror or str(error)) from error
    marker = folder / "store.json"
    if not marker.exists():
        write_durably(folder / "building" / f"store-{secrets.token_hex(6)}.json", {"format": FORMAT}, marker)
    try:
        found = json.loads(marker.read_text("utf-8"))["format"]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise StoreError("e.store.damaged", file=marker.name) from error
    if not isinstance(found, int) or found > FORMAT:
        raise StoreError("e.store.newer", found=found, known=FORMAT)


def write_durably(temporary: Path, content: object, target: Path | None = None) -> None:
    """Write JSON and sync it; with `target`, put it there in one step."""
    with temporary.open("w", encoding="utf-8") as handle:
        json.dump(content, handle, ensure_ascii=False, indent=1, sort_keys=True)
        handle.flush()
        os.fsync(handle.fileno())
    if target is not None:
        temporary.replace(target)
        sync_folder(target.parent)


def sync_file(path: Path) -> None:
    """Flush a finished file to the disk."""
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def sync_folder(path: Path) -> None:
    """Make new names in a folder durable; Windows has no such call and does it by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def link_exclusively(temporary: Path, target: Path) -> bool:
    """Give a finished file its public name in one step; False when somebody was first.

    StoreError where the disk knows no hard links (then two publishers could not be told apart).
    """
    try:
        os.link(temporary, target)
    except FileExistsError:
        return False
    except OSError as error:
        if os.name != "nt":
            raise StoreError("e.store.folder", path=str(target.parent), why=str(error)) from error
        # Windows renames without replacing, so a rename is exclusive there and only there.
        try:
            temporary.rename(target)
        except FileExistsError:
            return False
    return True


def digest(path: Path) -> str:
    """sha256 of a file as hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def require_space(folder: Path, needed: int) -> None:
    """StoreError `e.disk` when less than `needed` bytes are free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StoreError("e.disk", need=_megabytes(needed), free=_megabytes(free))


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"


def _try_lock(handle: IO[bytes]) -> bool:
    """An exclusive lock that ends with its process, however that ends."""
    try:
        if os.name == "nt":
            import msvcrt

            handle.seek(_BEHIND_TEXT)  # a locked region cannot be read by others
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(handle.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _lock(handle: IO[bytes], path: Path) -> None:
    """As `_try_lock`, but wait for it; StoreError `e.store.busy` with its holder after `WAIT_SECONDS`."""
    until = time.monotonic() + WAIT_SECONDS
    while not _try_lock(handle):
        if time.monotonic() > until:
            raise StoreError("e.store.busy", holder=_holder(path))
        time.sleep(0.005)


def _holder(path: Path) -> str:
    """Who wrote its name when it took the lock."""
    try:
        return path.read_text("utf-8").strip() or ABSENT_HOLDER
    except OSError:
        return ABSENT_HOLDER


@contextlib.contextmanager
def doorway(folder: Path) -> Iterator[None]:
    """One process at a time begins a build, commits or sweeps; held for milliseconds, freed by a crash.

    So a build is never seen before its lock is held, and no file is swept while a manifest comes to name it.
    """
    path = folder / "building" / "doorway"
    with path.open("ab") as handle:
        _lock(handle, path)
        handle.truncate(0)
        handle.write(f"{platform.node()} (process {os.getpid()})".encode())
        handle.flush()
        yield


@contextlib.contextmanager
def building(folder: Path) -> Iterator[Path]:
    """A fresh folder to build in, marked as belonging to a living process, gone afterwards."""
    place = folder / "building" / secrets.token_hex(8)
    with doorway(folder):
        place.mkdir()
        handle = (place / "lock").open("ab")
        _try_lock(handle)
    try:
        yield place
    except OSError as error:  # the disk is full, or gone: whatever was built is taken away below
        raise StoreError("e.store.folder", path=str(folder), why=error.strerror or str(error)) from error
    finally:
        handle.close()
        shutil.rmtree(place, ignore_errors=True)


def _is_abandoned(place: Path) -> bool:
    if not place.is_dir():
        return True
    try:
        with (place / "lock").open("ab") as handle:
            return _try_lock(handle)
    except OSError:
        return False


def sweep(folder: Path) -> list[tuple[str, float]]:
    """Remove what crashed builds left: their folders, and data files that no manifest names.

    Returns the builds that ended before they were published: name and the time (POSIX) they were last written to.

    The order matters: a builder seen dead has published before or never will, so manifests are read last.
    """
    with doorway(folder):
        candidates = [
            path for path in (folder / "data").iterdir() if _is_abandoned(folder / "building" / path.stem)
        ]
        abandoned = [path for path in (folder / "building").iterdir() if path.name != "doorway"]
        interrupted = []
        for place in abandoned:
            if place.is_dir() and _is_abandoned(place):
                if not _was_published(place):
                    interrupted.append((place.name, place.stat().st_mtime))
                shutil.rmtree(place, ignore_errors=True)
        try:
            named = {
                Path(json.loads(path.read_text("utf-8"))["data"]).name
                for path in (folder / "versions").glob("*.json")
            }
        except (ValueError, KeyError, TypeError):
            return interrupted  # a damaged manifest may name any of them
        for path in candidates:
            if path.name not in named:
                remove(path)
        return interrupted


def _was_published(place: Path) -> bool:
    """Whether the manifest of a build has its public name: the crash came afterwards."""
    draft = place / "manifest.json"
    if not draft.exists():
        return False
    try:
        number = int(json.loads(draft.read_text("utf-8"))["number"])
        public = place.parents[1] / "versions" / f"{number:06d}.json"
        return public.read_bytes() == draft.read_bytes()
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remove(path: Path) -> None:
    """Delete a file; one that is still open elsewhere (Windows) waits for the next sweep."""
    with contextlib.suppress(OSError):
        path.unlink()
