"""Customers by a piece of their name or number, among millions: the one search of every list on the pages."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def matches(features: pd.DataFrame, rows: NDArray[np.int64], text: str) -> NDArray[np.bool_]:
    """Which of the row numbers `rows` are customers whose name or customer_id contains `text`, letter for letter.

    Capitals and blanks round the text do not count; full-width letters are also looked for as customer ids write
    them. An empty text matches everybody.
    """
    asked = text.strip()
    if not asked:
        return np.ones(len(rows), dtype=bool)
    names = features["name"].iloc[rows].astype("str").str
    numbers = features.index.take(rows).astype("str").str
    found = np.zeros(len(rows), dtype=bool)
    for wanted in {asked, unicodedata.normalize("NFKC", asked)}:
        for told in (names, numbers):
            found |= np.asarray(told.contains(wanted, case=False, regex=False, na=False), dtype=bool)
    return found
