"""Kinds of contact: the person's words → visit, call, message …; attempts, automatic mails, withdrawn approvals."""

from __future__ import annotations

import numpy as np

from segmentation.intake.columns import Typed
from segmentation.intake.grids import Cells, spread
from segmentation.intake.vocabularies import fold, meaning_of, meaning_within


def read_kinds(kind: Cells | None, content: Cells | None, rep: Cells | None, rows: int) -> np.ndarray:
    """One of the keys of `schemes.DEFAULT_MINUTES` per row; what no word explains is *other*."""
    found = np.full(rows, "other", dtype=object)
    if kind is not None:
        words = [
            meaning_of("touch_kind", t) or _exact_kind(t) or meaning_within("touch_kind", t)
            for t in kind.texts
        ]
        found = spread([word or "other" for word in words], kind.codes, "other")
    for cells in (kind, content, rep):
        if cells is None:
            continue
        automatic = spread([bool(_automatic(text)) for text in cells.texts], cells.codes, False)
        found = np.where(
            automatic.astype(bool) & np.isin(found, ["email", "message", "other"]), "automatic", found
        )
    return np.where(missed(kind, content, rows), "not_reached", found)


def _exact_kind(text: str) -> str | None:
    plain = fold(text).replace(" ", "_")
    return plain if plain in {"other", "automatic", "not_reached"} else None


def _automatic(text: str) -> str | None:
    return meaning_within("touch_automatic", text) or ("automatic" if "automation" in fold(text) else None)


def missed(kind: Cells | None, content: Cells | None, rows: int) -> np.ndarray:
    """Rows that say nobody was reached."""
    found = np.zeros(rows, dtype=bool)
    for cells in (kind, content):
        if cells is not None:
            found |= spread(
                [bool(meaning_within("touch_not_reached", t)) for t in cells.texts], cells.codes, False
            ).astype(bool)
    return found


def lasted_minutes(start: Typed, end: Typed) -> np.ndarray:
    """Minutes from start to end (float64), NaN where one is missing or they are equal or reversed."""
    minutes = (end.data - start.data).astype("timedelta64[s]").astype(np.float64) / 60
    both = start.known & end.known
    return np.where(both & (minutes > 0), minutes, np.nan)


def is_withdrawn(approval: Cells | None, rows: int) -> np.ndarray:
    """Rows whose approval was withdrawn or refused: no contact."""
    if approval is None:
        return np.zeros(rows, dtype=bool)
    found = [bool(meaning_of("approval_withdrawn", text)) for text in approval.texts]
    return spread(found, approval.codes, False).astype(bool)
