"""The files of one upload against each other: one file given twice is read once, two of one name stay two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from segmentation.intake.parsed import FileParsed, Parsed
from segmentation.intake.rows import Rows
from segmentation.intake.uploads import Issue
from segmentation.tables import TABLES

# The date that says which period a row without a number belongs to; undated lists are never compared.
_DATES = {"orders": "ordered_on", "touches": "at", "spend": "month", "deals": "closed_on"}
_FROM_PLACE = {"order_id", "line", "touch_id", "deal_id"}


def tell_apart(parsed: Parsed) -> tuple[Parsed, list[Issue]]:
    """The upload without files of equal bytes, a second `o.csv` called `o.csv (2)`; an issue for each left out."""
    kept: dict[str, FileParsed] = {}
    issues, seen = list[Issue](), dict[str, str]()
    for file in parsed.files:
        if file.sha256 in seen:
            facts = {"file": file.name, "same": seen[file.sha256]}
            issues.append(Issue("i.same_file", "check", rows=sum(s.rows for s in file.sheets), facts=facts))
            continue
        seen[file.sha256] = file.name
        name, number = file.name, 1
        while name in kept:
            number += 1
            name = f"{file.name} ({number})"
        sheets = tuple(replace(sheet, file=name) for sheet in file.sheets)
        kept[name] = replace(file, name=name, sheets=sheets)
    return replace(parsed, files=tuple(kept.values())), issues


def said_before(table: str, parts: Sequence[Rows]) -> np.ndarray:
    """Mask over all rows: those without a number that an earlier file says too, each as often as it stands there.

    Months that overlap in two files count once then, as they would had the files been imported one after the other.
    """
    total = sum(len(part) for part in parts)
    files = [part.asked.reading.file for part in parts]
    nameless = np.repeat([not part.has_ids for part in parts], [len(part) for part in parts])
    if table not in _DATES or len(set(files)) < 2 or not nameless.any():
        return np.zeros(total, dtype=bool)
    said = [name for name in TABLES[table].names if name not in _FROM_PLACE]
    content = pd.DataFrame(
        {name: np.concatenate([part.columns[name].data for part in parts]) for name in said}
        | {"attributes": np.concatenate([part.attributes for part in parts])}
    ).astype(str)
    rows = pd.DataFrame({"said": pd.util.hash_pandas_object(content, index=False), "nameless": nameless})
    rows["file"] = np.repeat(np.array(files, dtype=object), [len(part) for part in parts])
    rows["place"] = rows.groupby(["said", "nameless", "file"], sort=False).cumcount()
    dated = np.concatenate([part.columns[_DATES[table]].known for part in parts])
    repeated = rows.duplicated(["said", "nameless", "place"]).to_numpy()
    return repeated & nameless & dated
