"""What was decided with a version, on its way into the journal.

    decided/000012-<check>.json   written before version 12 is published, gone once the journal has it

A version and what was decided with it are two files; a crash or a locked journal between the two is made up for at the
next opening. The check is that of the manifest: what a rival or a dead build wrote down is never taken over.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from segmentation.errors import StoreError
from segmentation.identities import Alias
from segmentation.journal_log import Event, Log
from segmentation.store_files import remove, write_durably

FOLDER = "decided"
ALIAS = "alias"


def alias_events(
    before: Sequence[Alias], after: Sequence[Alias], author: str, at: datetime
) -> tuple[Event, ...]:
    """One event for each written form that means somebody else than before; `meant` null = itself."""
    old, new = ({(one.who, one.written): one for one in told} for told in (before, after))
    changed = [
        (key, now)
        for key in sorted(old.keys() | new.keys())
        for was, now in [(_meant(old.get(key)), _meant(new.get(key)))]
        if was != now
    ]
    return tuple(Event(0, at, author, ALIAS, key[1], {"who": key[0], "meant": now}) for key, now in changed)


def _meant(alias: Alias | None) -> str | None:
    return None if alias is None or alias.is_apart else alias.meant


def write_down(store: Path, place: Path, manifest: Mapping[str, Any], events: Sequence[Event]) -> Path | None:
    """Keep what is decided with a version about to be published; `place` is its building folder."""
    if not events:
        return None
    (store / FOLDER).mkdir(exist_ok=True)
    target = store / FOLDER / f"{manifest['number']:06d}-{manifest['check'][:32]}.json"
    told = [[e.at.isoformat(), e.author, e.kind, e.key, dict(e.payload)] for e in events]
    write_durably(place / "decided.json", told, target)
    return target


def waiting(store: Path) -> dict[int, Path]:
    """Published versions whose decisions the journal does not have yet, oldest first."""
    return {
        int(path.stem[:6]): path for path in sorted((store / FOLDER).glob("*.json")) if _is_of(store, path)
    }


def _is_of(store: Path, path: Path) -> bool | None:
    """Whether the manifest these decisions were written for was published; None where nobody can tell."""
    try:
        said = json.loads((store / "versions" / f"{path.stem[:6]}.json").read_text("utf-8"))
        return str(said["check"]).startswith(path.stem[7:])
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget_unpublished(store: Path) -> None:
    """Remove what builds wrote down that never were published; only while nobody publishes."""
    for path in (store / FOLDER).glob("*.json"):
        if _is_of(store, path) is False:
            remove(path)


def settle(store: Path, wait_seconds: float | None = None) -> None:
    """Bring into the journal what waits for it, each version in one act and once. StoreError e.store.journal: it is
    locked (longer than `wait_seconds`) or damaged, and what waits goes on waiting."""
    for path in waiting(store).values():
        with contextlib.suppress(FileNotFoundError):  # somebody else was faster
            Log(store, wait_seconds).adopt(path.stem, _read(path))
            remove(path)


def _read(path: Path) -> Iterable[Event]:
    try:
        told = json.loads(path.read_text("utf-8"))
        return [Event(0, datetime.fromisoformat(at), *rest) for at, *rest in told]
    except (ValueError, TypeError) as error:
        raise StoreError("e.store.damaged", file=f"{FOLDER}/{path.name}") from error
