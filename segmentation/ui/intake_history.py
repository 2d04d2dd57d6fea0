"""What an upload says of rows already stored, told on the data page before anything is saved."""

from __future__ import annotations

import streamlit as st

from segmentation.figures.theme import Look
from segmentation.overrides import Held
from segmentation.reasons import join_sentences
from segmentation.restatements import flipped_customers, restated_code, restated_facts, say_kept_rows
from segmentation.schemes import Scheme
from segmentation.ui.blocks import grey
from segmentation.ui.escape import plain
from segmentation.ui.intake_session import FLIPPED
from segmentation.ui.override_lines import overrides_now
from segmentation.ui.session import Session, open_store
from segmentation.ui.upload_state import Draft

SHOWN_DRIFTS, SHOWN_COLUMNS = 3, 4


def show_drifts(draft: Draft, look: Look) -> None:
    """Where the columns are not those of last time: called otherwise, new, missing; told sheet by sheet."""
    for drift in draft.drifts[:SHOWN_DRIFTS]:
        told = [
            look.say("in.drift.renamed", now=plain(now), before=plain(before))
            for now, before in drift.renamed[:SHOWN_COLUMNS]
        ]
        for code, columns in (("in.drift.new", drift.new), ("in.drift.gone", drift.gone)):
            names = look.say("list.separator").join(plain(name) for name in columns[:SHOWN_COLUMNS])
            more = "…" if len(columns) > SHOWN_COLUMNS else ""
            told += [look.say(code, n=len(columns), columns=names + more)] if columns else []
        sheet = look.say("in.drift", sheet=plain(drift.sheet))
        st.markdown(f":orange[{join_sentences([sheet, *told], look.language)}]")


def show_history(draft: Draft, session: Session, scheme: Scheme) -> None:
    """Past numbers told otherwise and who changes tier only because of them; what the file does not name, and stays."""
    look = session.look
    for sentence in say_kept_rows(draft.difference, look.language):
        grey(sentence)
    if draft.difference.restated:
        flipped = _flipped(draft, session, scheme)
        facts = dict(restated_facts(draft.difference, flipped))
        for name in ("before", "after"):
            facts[name] = look.language.money(facts[name], draft.upload.calendar.currency, look.money_unit)
        st.markdown(f":orange[{look.say(restated_code(flipped), **facts)}]")


def _flipped(draft: Draft, session: Session, scheme: Scheme) -> list[str]:
    """Counted once for a draft and a scheme: it writes and reads two versions that are never published."""
    key, (known, found) = (draft.weighed, scheme), st.session_state.get(FLIPPED, (None, []))
    if known is None or known[0] is not key[0] or known[1] != key[1]:
        # Versions that are never published have no number to keep anything by.
        found = flipped_customers(
            open_store(str(session.store_path)),
            draft.weighed,
            scheme,
            lambda standing: Held.of(overrides_now(session, standing.as_of), standing.features.index),
        )
        st.session_state[FLIPPED] = (key, found)
    return list(found)
