"""The manifest of a data version as JSON: what is linked into `versions/` when it is published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from segmentation.errors import SettingError, StoreError
from segmentation.identities import Alias
from segmentation.settings import Calendar
from segmentation.store_books import Version

# 1: rows mean whom they name; a program that knows no list of who is who must not open one with a list. 2: it has one.
# 3: it says who has stopped.
FORMAT = 3


def to_manifest(version: Version) -> dict[str, Any]:
    """A version as plain JSON values."""
    through = version.data_through_on
    said: dict[str, Any] = {
        "format": _format(version.aliases),
        "number": version.number,
        "base": version.base,
        "author": version.author,
        "published_at": version.published_at.isoformat(),
        "kind": version.kind,
        "note": version.note,
        "rows": dict(version.rows),
        "data": version.data,
        "sha256": version.sha256,
        "bytes": version.bytes,
        "calendar": _calendar(version.calendar),
        "data_through_on": through.isoformat() if through else None,
        "erased_count": version.erased_count,
    }
    if version.aliases:
        said["aliases"] = [[one.who, one.written, one.meant] for one in version.aliases]
    return said | {"check": _check(said)}


def _format(aliases: Sequence[Alias]) -> int:
    """The oldest one that says all of it, so that programs before this one open what they can read."""
    if any(one.who == "stopped" for one in aliases):
        return 3
    return 2 if aliases else 1


def _calendar(calendar: Calendar) -> dict[str, Any]:
    """A calendar as earlier programs wrote it, the tax basis added where one is known."""
    values = asdict(calendar)
    return values if calendar.tax_basis else {name: values[name] for name in values if name != "tax_basis"}


def _check(said: Mapping[str, Any]) -> str:
    """What tells a flipped bit: sha256 of everything else a manifest says."""
    text = json.dumps({key: said[key] for key in sorted(said) if key != "check"}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def from_manifest(path: Path) -> Version:
    """Read a manifest; StoreError when it is damaged or newer than this program, FileNotFoundError when gone."""
    content = path.read_bytes()
    try:
        raw: Mapping[str, Any] = json.loads(content.decode("utf-8"))
        if raw["format"] > FORMAT:
            raise StoreError("e.store.newer", found=raw["format"], known=FORMAT)
        if "check" in raw and raw["check"] != _check(raw):
            raise ValueError("says something else than it was written with")
        through = raw["data_through_on"]
        return Version(
            number=raw["number"],
            base=raw["base"],
            author=raw["author"],
            published_at=datetime.fromisoformat(raw["published_at"]),
            kind=raw["kind"],
            note=raw["note"],
            rows=MappingProxyType(raw["rows"]),
            data=raw["data"],
            sha256=raw["sha256"],
            bytes=raw["bytes"],
            calendar=Calendar(**raw["calendar"]),
            data_through_on=date.fromisoformat(through) if through else None,
            erased_count=raw.get("erased_count", 0),
            aliases=tuple(Alias(*told) for told in raw.get("aliases", ())),
        )
    except (ValueError, KeyError, TypeError, SettingError) as error:
        raise StoreError("e.store.manifest", file=f"versions/{path.name}", number=int(path.stem)) from error
