"""Which data versions stay: the last ones by number or by age, and for good those a decision names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from segmentation.journal_log import FILE, Event, Log
from segmentation.store_books import ROOTS, Version
from segmentation.store_decisions import waiting
from segmentation.store_files import remove

KEPT_VERSIONS = 36
SETTING = "retention"


def kept_numbers(versions: Sequence[Version], events: Iterable[Event], most: int = KEPT_VERSIONS) -> set[int]:
    """Numbers of the versions to keep, of all `versions`, oldest first.

    The workspace setting `retention` is {"versions": n} (default: `most`) or {"months": n}, counted back from the
    newest version; the newest stays always, and so does every version an event names as its `data_version`.
    """
    told, named = {"versions": most}, set[int]()
    for event in events:
        if event.kind == "setting" and event.key == SETTING:
            told = _read(event.payload.get("value"), most)
        if isinstance(event.payload.get("data_version"), int):
            named.add(event.payload["data_version"])
    last = versions[-max(1, told["versions"]) :] if "versions" in told else versions[-1:]
    kept = {version.number for version in last} | named
    if "months" in told and versions:
        newest = versions[-1].published_at
        kept |= {v.number for v in versions if _months_between(v.published_at, newest) < told["months"]}
    return kept


def _read(value: Any, most: int) -> dict[str, int]:
    """A setting as it counts; what is no whole number above zero is not followed: too much stays, never too little."""
    if not isinstance(value, Mapping):
        return {"versions": most}
    numbers = {name: _whole(value[name]) for name in ("versions", "months") if name in value}
    if not numbers or None in numbers.values():
        return {"versions": most}
    return {name: number for name, number in numbers.items() if number is not None}


def _whole(value: Any) -> int | None:
    told = str(value).strip()
    if isinstance(value, bool) or len(told) > 6 or not (told.isascii() and told.isdecimal()) or int(told) < 1:
        return None
    return int(told)


def _months_between(earlier: datetime, later: datetime) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def forget_oldest(store: Path, versions: Sequence[Version], most: int = KEPT_VERSIONS) -> None:
    """Remove versions that need not stay; a data file goes when no kept version names it."""
    events = Log(store).events() if (store / FILE).exists() else ()
    numbers = kept_numbers(versions, events, most) | waiting(store).keys()
    kept = {version.data for version in versions if version.number in numbers}
    for version in versions:
        if version.number in numbers:
            continue
        remove(store / "versions" / f"{version.number:06d}.json")
        if version.data not in kept:
            ROOTS.drop_idle(store / version.data)
            remove(store / version.data)
