"""A number for deals that came without one, so that next month's list updates them and loses none.

A project list without numbers is a full list kept by hand: stages and amounts change, closed projects drop out.
Replacing what it covers would delete those; matched by who, what and when opened, they stay.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from segmentation.intake.rows import Rows, texts_column


def number_deals(parts: Sequence[Rows]) -> list[Rows]:
    """Deals without ids get 16 hex digits of (customer, product, opened_on, how many-th of these in its file).

    Only where every such row has its opening date; others stay as they are. Equal rows are counted, never merged.
    """
    nameless = [part for part in parts if not part.has_ids and len(part)]
    if not nameless or not all(part.columns["opened_on"].known.all() for part in nameless):
        return list(parts)
    # Counted anew in every file: the same deal in two files is one deal, as it is in two uploads.
    seen: dict[str, Counter[tuple[str, ...]]] = {part.asked.reading.file: Counter() for part in nameless}
    return [
        part if part.has_ids or not len(part) else _numbered(part, seen[part.asked.reading.file])
        for part in parts
    ]


def _numbered(part: Rows, seen: Counter[tuple[str, ...]]) -> Rows:
    described = [
        np.where(part.columns[name].known, part.columns[name].data.astype(str), "")
        for name in ("customer_id", "product", "opened_on")
    ]
    keys = []
    for deal in zip(*described, strict=True):
        seen[deal] += 1
        told = "\x1f".join((*deal, str(seen[deal])))
        keys.append(hashlib.sha256(told.encode()).hexdigest()[:16])
    numbers = np.array(keys, dtype=object)
    columns = dict(part.columns) | {"deal_id": texts_column(numbers)}
    return replace(part, columns=columns, row_keys=numbers, has_ids=True)
