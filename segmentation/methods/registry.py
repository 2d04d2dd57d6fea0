"""Finds the methods: every file of this folder is one, nothing outside it is, and a broken file stops no other."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from segmentation.errors import SettingError
from segmentation.methods.base import Method, params_of

FOLDER = Path(__file__).parent
NOT_METHODS = frozenset({"__init__", "base", "registry"})


@dataclass(frozen=True)
class BrokenMethod:
    """A file that is no method: shown as an error card (message `code` with `file` and `detail`)."""

    file: str
    detail: str
    code: str = "e.method.broken"


@dataclass(frozen=True)
class _Found:
    signature: tuple[tuple[str, int], ...]
    methods: Mapping[str, type[Method]]
    broken: tuple[BrokenMethod, ...]


def methods() -> Mapping[str, type[Method]]:
    """Name → class of every working method, by file name."""
    return _found().methods


def broken_methods() -> tuple[BrokenMethod, ...]:
    """The files that could not be taken as methods, each with its reason."""
    return _found().broken


def look_again() -> None:
    """Take in files that came, went or changed: once for a run of a page, not once for every question about methods."""
    if _signature() != _found().signature:
        _found.cache_clear()


def make(name: str, params: Mapping[str, Any] | None = None) -> Method:
    """The method called `name` with `params`; SettingError for an unknown name, parameter or value."""
    known = methods()
    if name not in known:
        raise SettingError("e.method", name=name, near=_near(name, known), known=", ".join(known))
    wanted = known[name]
    names = inspect.signature(wanted).parameters
    given = dict(params or {})
    for param in given:
        if param not in names:
            raise SettingError("e.method.param", name=param, method=name, near=_near(param, names))
    whole = {told.name for told in params_of(wanted) if type(told.default) is int}
    for param, value in given.items():
        if param in whole and isinstance(value, float) and value.is_integer():
            given[param] = int(value)  # a slider or a TOML file may say 5.0 for a whole number
    try:
        return wanted(**given)
    except TypeError as error:
        raise SettingError("e.method.value", method=name, detail=str(error)) from error


def _near(name: str, known: Mapping[str, Any]) -> str:
    return ", ".join(get_close_matches(name, list(known), n=3, cutoff=0.5)) or "–"


def _signature() -> tuple[tuple[str, int], ...]:
    files = (path for path in FOLDER.glob("*.py") if path.stem not in NOT_METHODS)
    return tuple(sorted((path.stem, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=1)
def _found() -> _Found:
    importlib.invalidate_caches()
    signature = _signature()
    found: dict[str, type[Method]] = {}
    broken: list[BrokenMethod] = []
    for stem, _ in signature:
        try:
            for method in _methods_of(stem):
                if method.name in found:
                    raise TypeError(f"the name {method.name!r} is taken")
                found[method.name] = method
        except Exception as error:  # whatever a stranger's file does, the others go on
            broken.append(BrokenMethod(f"{stem}.py", f"{type(error).__name__}: {error}"))
    return _Found(signature, MappingProxyType(found), tuple(broken))


def _methods_of(stem: str) -> list[type[Method]]:
    """The methods defined in one file; TypeError when there is none, or one misses a piece of the contract."""
    module_name = f"{__package__}.{stem}"
    module = importlib.import_module(module_name)
    if not stem.isidentifier() or Path(str(module.__file__)).parent != FOLDER:
        sys.modules.pop(module_name, None)
        raise TypeError("not a file of the methods folder")
    classes = [
        value
        for _, value in inspect.getmembers(module, inspect.isclass)
        if value.__module__ == module_name and hasattr(value, "score")
    ]
    if not classes:
        raise TypeError("no class with score()")
    for candidate in classes:
        for piece in ("name", "text", "help", "needs"):
            if not hasattr(candidate, piece):
                raise TypeError(f"{candidate.__name__} has no {piece!r}")
        if not is_dataclass(candidate):
            raise TypeError(f"{candidate.__name__} is not a dataclass")
        candidate()
    return cast(list[type[Method]], classes)
