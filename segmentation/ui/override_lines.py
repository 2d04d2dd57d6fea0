"""Tiers set by hand on the pages: what holds on a list date, and one sentence about how many there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from segmentation.overrides import NOBODY, Held, Override, Places, overrides_among, overrides_on
from segmentation.reasons import join_sentences
from segmentation.standing import Standing
from segmentation.ui.caches import shared_cache
from segmentation.ui.session import Session


def overrides_now(session: Session, as_of: dt.date) -> Mapping[str, Override]:
    """What holds on a list date; the sample company has no decisions of its own."""
    return {} if session.is_sample else overrides_on(session.journal, as_of)


def held_now(session: Session, standing: Standing) -> Held:
    """The same by the row numbers of a standing."""
    return hold(session, standing, overrides_now(session, standing.as_of))


def held_in_run(session: Session, standing: Standing) -> Held:
    """The same as it was when the whole page was drawn: a moved line reads no journal."""
    return hold(session, standing, overrides_among(session.set_by_hand, standing.as_of))


def hold(session: Session, standing: Standing, overrides: Mapping[str, Override]) -> Held:
    """Overrides by row number, kept on (store, data version, list date, who is set to what)."""
    if not overrides:
        return NOBODY
    decided = tuple((customer_id, told.tier) for customer_id, told in overrides.items())
    key = ("held", session.store_key, standing.data_version, standing.as_of, decided)
    held: Held = shared_cache().get(key, lambda: Held.of(overrides, standing.features.index))
    return held


def tell_held(session: Session, held: Held, computed: Places, names: Sequence[str]) -> str:
    """How many are set by hand and how many of them differ, and where the computed tiers stand; empty without any."""
    say, counted = session.language.say, held.count(computed, names)
    told = []
    if counted.set_count:
        told += [
            say("rule.override", n=counted.set_count, m=counted.different_count),
            say("rule.override.where"),
        ]
    if counted.unknown_count:
        told.append(say("rule.override.unknown", n=counted.unknown_count))
    return join_sentences(told, session.language)
