"""Which data versions stay: the last ones by number or by age, and for good those a decision names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from segmentation.journal_log import FILE, Event, Log
from segmentation.store_books import ROOTS, Version
from segmentation.store_decisions import waiting
from segmentation.store_files import remove

KEPT_VERSIONS = 36
SETTING = "retention"
Unit = Literal["versions", "months"]
LIMITS: Mapping[Unit, int] = MappingProxyType({"versions": 999, "months": 120})
DEFAULT: Mapping[Unit, int] = MappingProxyType({"versions": KEPT_VERSIONS, "months": 36})


@dataclass(frozen=True)
class Retention:
    """The last `count` versions, or those of the last `count` months, counted back from the newest version."""

    unit: Unit = "versions"
    count: int = KEPT_VERSIONS

    @property
    def written(self) -> dict[str, int]:
        """The setting as the journal has it."""
        return {self.unit: self.count}


def read_retention(events: Iterable[Event], most: int = KEPT_VERSIONS) -> Retention:
    """The workspace setting `retention`; what is no whole number above zero is not followed: too much stays, never too
    little."""
    told: Any = None
    for event in events:
        if event.kind == "setting" and event.key == SETTING:
            told = event.payload.get("value")
    if isinstance(told, Mapping):
        for unit in LIMITS:
            if unit in told and (number := _whole(told[unit])) is not None and len(told) == 1:
                return Retention(unit, number)
    return Retention("versions", most)


def kept_numbers(
    versions: Sequence[Version],
    events: Sequence[Event],
    most: int = KEPT_VERSIONS,
    asked: Retention | None = None,
) -> set[int]:
    """Numbers of the versions to keep, of all `versions`, oldest first, by `asked` (default: the setting).

    The newest stays always, and so does every version an event names as its `data_version`.
    """
    told = asked or read_retention(events, most)
    kept = {found for event in events if isinstance(found := event.payload.get("data_version"), int)}
    kept |= {version.number for version in versions[-(told.count if told.unit == "versions" else 1) :]}
    if told.unit == "months" and versions:
        newest = versions[-1].published_at
        kept |= {v.number for v in versions if _months_between(v.published_at, newest) < told.count}
    return kept


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
