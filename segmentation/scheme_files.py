"""A scheme as somebody's file: read as strictly as it is written, and refused with the place and the reason."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, get_args

from segmentation.errors import SettingError
from segmentation.methods.registry import make
from segmentation.schemes import DEFAULT_MINUTES, FORMAT, OwnerLevel, Scheme, from_toml

LIMIT_BYTES = 1 << 20
_PLACE = re.compile(r"at line (\d+), column (\d+)")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_amount(value: Any) -> bool:
    return _is_number(value) and value >= 0


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and _is_amount(value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_list(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(fits, value))


def _is_table(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(fits, value.values()))


_SHAPE: Mapping[str, Callable[[Any], bool]] = {
    "name": _is_name,
    "revision": _is_count,
    "method.name": _is_name,
    "policy.names": _is_list(_is_name),
    "policy.kind": _is_name,
    "policy.cuts": _is_list(_is_number),
    "outcome.name": _is_name,
    "outcome.days": _is_count,
    "rating.minimum_history_days": _is_count,
    "rating.minimum_orders": _is_count,
    "playbook.tiers": lambda value: isinstance(value, list) and bool(value),
    "effort.working_hours_per_month": lambda value: _is_number(value) and value > 0,
    "effort.selling_share": _is_number,
}
_OPTIONAL: Mapping[str, Callable[[Any], bool]] = {
    "method.params": lambda value: isinstance(value, dict),
    "fitted": _is_table(_is_list(_is_number)),
}
_STANDARD: Mapping[str, Callable[[Any], bool]] = {
    "contacts_per_month": _is_table(_is_amount),
    "owner_level": lambda value: value in get_args(OwnerLevel),
    "response_hours": _is_count,
    "review_months": _is_count,
}
_KNOWN = frozenset({"format", "playbook.unrated", "effort.minutes", *_SHAPE, *_OPTIONAL})


def read_scheme(data: bytes) -> Scheme:
    """The scheme of a TOML file, its method and parameters checked.

    SettingError: `e.scheme.big` above LIMIT_BYTES, `e.scheme.text` where it is no UTF-8, `e.scheme.line` with the place
    of a slip, `e.scheme.missing`, `e.scheme.wrong` or `e.scheme.extra` with the entry's name, and what schemes and
    methods refuse.
    """
    if len(data) > LIMIT_BYTES:
        raise SettingError("e.scheme.big", kilobytes=LIMIT_BYTES // 1024)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingError("e.scheme.text") from error
    _check(_parse(text))
    scheme = from_toml(text)
    try:
        make(scheme.method, dict(scheme.method_params))
    except SettingError as refusal:
        if refusal.code == "e.method.value":  # its detail is the interpreter's, in English
            raise SettingError("e.scheme.wrong", name="method.params") from refusal
        raise
    return scheme


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        if found is None:
            raise SettingError("e.scheme.end") from error
        line, column = map(int, found.groups())
        raise SettingError("e.scheme.line", line=line, column=column) from error
    except RecursionError as error:
        raise SettingError("e.scheme.end") from error


def _check(raw: Mapping[str, Any]) -> None:
    if "format" not in raw:
        raise SettingError("e.scheme.missing", name="format")
    if raw["format"] == FORMAT:  # of another format nothing is known
        _refuse_unknown(raw, "")
    _check_entries(raw, "", _SHAPE)
    _check_entries(raw, "", {name: fits for name, fits in _OPTIONAL.items() if _find(raw, name) is not None})
    minutes = {f"effort.minutes.{kind}": _is_amount for kind in DEFAULT_MINUTES}
    _check_entries(raw, "", {**minutes, "effort.minutes": _is_table(_is_amount)})
    standards = {f"playbook.tiers.{n + 1}.": found for n, found in enumerate(raw["playbook"]["tiers"])}
    for place, standard in {**standards, "playbook.unrated.": _find(raw, "playbook.unrated")}.items():
        if not isinstance(standard, dict):
            raise SettingError("e.scheme.wrong", name=place.rstrip("."))
        for name in standard.keys() - _STANDARD.keys():
            raise SettingError("e.scheme.extra", name=place + name)
        _check_entries(standard, place, _STANDARD)
        for kind in standard["contacts_per_month"]:
            if kind not in raw["effort"]["minutes"]:
                raise SettingError("e.scheme.missing", name=f"effort.minutes.{kind}")


def _refuse_unknown(table: Mapping[str, Any], place: str) -> None:
    """An entry that would be read past: misspelt, it would leave its default standing without a word."""
    for name, value in table.items():
        path = place + name
        if path in _KNOWN:
            continue
        if not any(known.startswith(f"{path}.") for known in _KNOWN):
            raise SettingError("e.scheme.extra", name=path)
        if isinstance(value, dict):
            _refuse_unknown(value, f"{path}.")


def _check_entries(raw: Mapping[str, Any], place: str, shape: Mapping[str, Callable[[Any], bool]]) -> None:
    for name, fits in shape.items():
        value = _find(raw, name)
        if value is None:
            raise SettingError("e.scheme.missing", name=place + name)
        if not fits(value):
            raise SettingError("e.scheme.wrong", name=place + name)


def _find(raw: Mapping[str, Any], path: str) -> Any:
    """The value at `a.b`, None where there is none."""
    found: Any = raw
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
