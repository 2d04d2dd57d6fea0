"""The five ways an act can be refused: each carries a code (a message id of the catalogues) and its facts."""

from __future__ import annotations

from typing import Any


class TierboardError(Exception):
    """Refused, and nothing was changed. `code` is a message id of `locale/`, `facts` fill its placeholders."""

    def __init__(self, code: str, /, **facts: Any) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code}: {facts}" if facts else code)


class FileError(TierboardError):
    """A file, sheet or column cannot be read as what it claims to be."""


class QuestionError(TierboardError):
    """Something is ambiguous and only a person can decide it."""


class SettingError(TierboardError):
    """A parameter or setting is outside what it may be: `bins == 1, must be >= 2`."""


class ConflictError(TierboardError):
    """Somebody else published in the meantime; look at their change and publish again."""


class StoreError(TierboardError):
    """The store cannot be read or written: newer format, locked, damaged, disk full."""
