"""The list of all customers as the page hands it out: in the page's language, like every other file beside it."""

from __future__ import annotations

import pandas as pd

from segmentation.lists import list_customers
from segmentation.ui.tuning_blocks import Answer

# Column of the list → its header; the command line's file keeps the names themselves.
HEADERS = {
    "customer_id": "matrix.column.id",
    "name": "tune.moves.customer",
    "owner": "sellers.column.owner",
    "tier": "sellers.column.tier",
    "computed_tier": "sellers.column.computed_tier",
    "score": "tune.moves.score",
    "segment": "seg.column.segment",
    "why": "tune.moves.why",
}


def frame_tiers(found: Answer) -> pd.DataFrame:
    """Everybody with their tier, and a column for each group of tags."""
    language = found.session.language
    listed = list_customers(found.prepared.now, found.evaluation, language, found.held, found.tags)
    tiers = {name: listed[name].map(language.tier) for name in ("tier", "computed_tier")}
    headers = {name: language.say(text) for name, text in HEADERS.items()}
    return listed.assign(**tiers).rename(columns=headers)
