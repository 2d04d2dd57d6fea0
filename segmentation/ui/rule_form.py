"""A method's rules beside its other controls: what they say and take, and the rows they are built from.

A changed rule makes a draft of its own (`drafts.link_draft`): it stands in the journal and the link names it, so that
rules of any length can be passed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from segmentation.coverage import Coverage
from segmentation.i18n import Language
from segmentation.methods.base import Method
from segmentation.methods.registry import make
from segmentation.schemes import Scheme
from segmentation.standing import Rated, rate
from segmentation.ui import drafts, rule_builder
from segmentation.ui.caches import recall_of
from segmentation.ui.session import Session, current

OWN, KNOWN_TEXTS = "own", 100
TEXT_FIELDS = ("industry", "region", "owner", "parent_id")


def builds_rules(method: type[Method]) -> bool:
    """Whether a method is made of rules (`methods.rules`): it then says its `rule_set` and counts with `cover`."""
    return hasattr(method, "rule_set") and hasattr(method, "cover")


def draw_rules(base: Scheme, method: str, params: Mapping[str, Any], language: Language) -> None:
    """Rules in force with their live counts; the rows of one's own where those are picked."""
    here = current()
    scheme = base.changed(method=method, method_params=dict(params), fitted=None)
    told: Any = make(method, params)
    found = _rate(here, scheme)
    rule_builder.tell_rules(told.rule_set, _cover(here, scheme, told, found), language)
    if params.get("preset") == OWN:

        def take(rules: tuple[Any, ...]) -> None:
            drafts.take_params(here, method, {**params, "preset": OWN, "rules": rules})

        rule_builder.ask_rules(tuple(params.get("rules", ())), language, known_texts(found.features), take)


def _as_of(here: Session) -> Any:
    """The list date on the screen: its control is drawn after this one."""
    return st.session_state.get(drafts.LIST_DATE_KEY, here.list_date)


def _rate(here: Session, scheme: Scheme) -> Rated:
    recall = recall_of(here.book, str(here.store_path))
    return rate(here.book, scheme, _as_of(here), None, recall=recall)


def _cover(here: Session, scheme: Scheme, method: Any, found: Rated) -> Coverage | None:
    """Counts among the customers who can be rated at all."""
    if not method.rule_set.rules:
        return None
    given = found.features.loc[found.scored.scores.index, list(method.columns)]
    counted: Coverage = method.cover(given, found.scored.fitted)
    return counted


def known_texts(features: pd.DataFrame) -> dict[str, list[str]]:
    """Values to choose from, the most frequent first."""
    return {
        name: [str(text) for text in features[name].value_counts().index[:KNOWN_TEXTS]]
        for name in TEXT_FIELDS
        if name in features.columns
    }
