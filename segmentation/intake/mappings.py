"""Mappings remembered by the layout of their source, and their TOML (format = 1)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence

import tomli_w

from segmentation.errors import SettingError
from segmentation.intake.headers import normalise
from segmentation.intake.month_names import without_months
from segmentation.intake.uploads import SheetMapping

FORMAT = 1
ENOUGH_ALIKE = 0.6
SEPARATE = "separate"


def signature(headers: Sequence[str]) -> str:
    """12 hex digits of a layout: its header words, whatever their order, the file's name or its month."""
    plain = sorted(normalise(text) for text in without_months(headers) if text)
    return hashlib.sha256("\x1f".join(plain).encode()).hexdigest()[:12]


def nearest(headers: Sequence[str], remembered: Mapping[str, SheetMapping]) -> SheetMapping | None:
    """The remembered mapping of this layout, or of the layout most like it (at least 60 % of all headers shared)."""
    exact = remembered.get(signature(headers))
    if exact is not None:
        return exact
    mine = {normalise(text) for text in without_months(headers) if text}
    best, chosen = ENOUGH_ALIKE, None
    for mapping in remembered.values():
        theirs = {normalise(text) for text in without_months(mapping.headers) if text}
        alike = len(mine & theirs) / max(len(mine | theirs), 1)
        if alike >= best:
            best, chosen = alike, mapping
    return chosen


def answers_for(headers: Sequence[str], remembered: Mapping[str, SheetMapping]) -> dict[str, str]:
    """What was answered about the layout nearest to these headers, by the question ids of this one.

    Who is who stands in the store's list, where it can be taken back: of it a layout knows only who was kept apart.
    """
    known = nearest(headers, remembered)
    if known is None:
        return {}
    before, now = signature(known.headers), signature(headers)
    return {
        key.replace(before, now): value
        for key, value in known.answers.items()
        if value == SEPARATE or not key.startswith("alias:")
    }


def to_toml(mapping: Mapping[str, SheetMapping]) -> str:
    """All remembered layouts as one TOML document; `from_toml` reads it back unchanged."""
    sheets = {
        name: {
            "headers": list(one.headers),
            "parts": {table: dict(columns) for table, columns in one.parts.items()},
            "answers": dict(one.answers),
        }
        for name, one in sorted(mapping.items())
    }
    return tomli_w.dumps({"format": FORMAT, "sheets": sheets})


def from_toml(text: str) -> dict[str, SheetMapping]:
    """Read a mapping file; SettingError where it is not one or of a newer format."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError("e.mapping.toml", why=str(error)) from error
    if raw.get("format") != FORMAT:
        raise SettingError("e.setting", name="format", value=raw.get("format"), rule=f"== {FORMAT}")
    try:
        return {
            name: SheetMapping(
                tuple(map(str, one.get("headers", ()))),
                {
                    table: {str(c): str(h) for c, h in columns.items()}
                    for table, columns in one.get("parts", {}).items()
                },
                {str(key): str(value) for key, value in one.get("answers", {}).items()},
            )
            for name, one in raw.get("sheets", {}).items()
        }
    except (AttributeError, TypeError) as error:
        raise SettingError("e.mapping.toml", why=str(error)) from error
