"""Which customers a list shows: those of one tag, region, industry, seller, channel or need. Nobody is scored anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from segmentation.ui import controls
from segmentation.ui.caches import shared_cache
from segmentation.ui.session import Session
from segmentation.ui.tuning_blocks import Answer

KEY, ANY, OF_FIELD = "moves_tag", "any", "="
RECORDED, PROFILED = ("region", "industry", "owner"), ("channel", "need")
MOST_VALUES = 12
WIDTH_PIXELS = 240
Kept = TypeVar("Kept")


def ask_filter(found: Answer) -> None:
    """The menu; where nothing is written beside the customers there is nothing to choose from."""
    texts = filter_texts(found)
    if len(texts) > 1:
        label = found.session.language.say("moves.filter")
        controls.choose(label, texts, ANY, KEY, label_visibility="collapsed", width=WIDTH_PIXELS)


def hold_filter(found: Answer) -> NDArray[np.bool_] | None:
    """Who is shown, one for each customer of the features; None where everybody is."""
    texts = filter_texts(found)
    asked = controls.hold_choice(texts, ANY, KEY) if len(texts) > 1 else ANY
    if asked == ANY:
        return None
    field, is_field, value = asked.partition(OF_FIELD)
    if is_field:
        told: NDArray[np.bool_] = _keep(found, ("filter", asked), lambda: _mask(_column(found, field), value))
        return told
    return None if found.tags is None else found.tags.mask(asked)


def filter_texts(found: Answer) -> dict[str, str]:
    """What can be asked for → its name in the menu: tags, then what is recorded of customers, largest groups first."""
    say = found.session.language.say
    tags = {tag.id: f"{tag.group} · {tag.name}" for tag in found.session.tags.core}
    choices: Mapping[str, tuple[str, ...]] = _keep(found, ("filters",), lambda: find_choices(_values(found)))
    recorded = {
        f"{field}{OF_FIELD}{value}": f"{say(f'column.{field}')} · {value}"
        for field, values in choices.items()
        for value in values
    }
    return {ANY: say("moves.filter.any"), **tags, **recorded}


def find_choices(values: Mapping[str, pd.Series]) -> dict[str, tuple[str, ...]]:
    """The most frequent values of each field that has at least two; equal ones in byte order."""
    found = {}
    for field, column in values.items():
        counted = pc.value_counts(pc.drop_null(pa.array(column, pa.string(), from_pandas=True)))
        pairs = zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
        ranked = sorted(
            (pair for pair in pairs if pair[0].strip()), key=lambda pair: (-pair[1], pair[0].encode())
        )
        if len(ranked) > 1:
            found[field] = tuple(value for value, _ in ranked[:MOST_VALUES])
    return found


def _mask(column: pd.Series, value: str) -> NDArray[np.bool_]:
    is_so = pc.equal(pa.array(column, pa.string(), from_pandas=True), value)
    return np.asarray(is_so.fill_null(False).to_numpy(zero_copy_only=False), bool)


def _values(found: Answer) -> dict[str, pd.Series]:
    """The fields of the customers at the list date, in the order of the features; read anew where they are asked for,
    which is once for a menu and once for each choice: kept, they would weigh on the lines."""
    features = found.prepared.now.features
    profile = _read_profile(found.session, features.index)
    return {**{name: features[name] for name in RECORDED}, **{name: profile[name] for name in PROFILED}}


def _column(found: Answer, field: str) -> pd.Series:
    """One of the fields; what the features hold costs no query."""
    features = found.prepared.now.features
    return features[field] if field in RECORDED else _read_profile(found.session, features.index)[field]


def _read_profile(session: Session, customers: pd.Index) -> pd.DataFrame:
    told = session.book.query("customer_profile", as_of=session.list_date).set_index("customer_id")
    return told[list(PROFILED)].reindex(customers)


def _keep(found: Answer, what: tuple[str, ...], make: Callable[[], Kept]) -> Kept:
    """Kept on (store, data version, list date): nothing of it hangs on a scheme."""
    session = found.session
    key = ("list filters", session.store_key, session.book.version.number, session.list_date, *what)
    kept: Kept = shared_cache().get(key, make)
    return kept
