"""Fit the lines again: fixed points and edges give way to the shares they cut off today, and it is said who moves."""

from __future__ import annotations

import streamlit as st

from segmentation.scheme_differences import count_moves
from segmentation.schemes import Scheme, TierPolicy
from segmentation.tuning import Evaluation, draw_lines
from segmentation.ui import drafts
from segmentation.ui.caches import prepare_once, roster_once
from segmentation.ui.scheme_acts import act, close_or_tell
from segmentation.ui.scheme_comparison import tell_moved
from segmentation.ui.sentences import Sentences
from segmentation.ui.session import Session


def has_fixed_lines(scheme: Scheme) -> bool:
    """Whether anything about the tiers stays where it was put: lines in points, or edges of the method."""
    return scheme.policy.kind == "score" or bool(scheme.fitted)


def fit_again(scheme: Scheme, evaluation: Evaluation) -> Scheme:
    """The scheme with its lines as the shares of customers they cut off now, and edges fitted to these data."""
    shares = drafts.shares_cut_off(evaluation)
    return scheme.changed(policy=TierPolicy(scheme.policy.names, "customers", shares), fitted=None)


def ask_fit(session: Session, draft: Scheme, origin_key: str, evaluation: Evaluation) -> None:
    """A dialog that says how many customers would move; the scheme fitted again becomes the draft."""
    say = session.language.say

    @st.dialog(say("scheme.fit.title"))
    def dialog() -> None:
        fitted = fit_again(draft, evaluation)
        sides = []
        for scheme in (draft, fitted):
            prepared = prepare_once(session.book, session.store_key, scheme, evaluation.as_of)
            roster = roster_once(session.book, session.store_key, scheme, evaluation.as_of)
            sides.append((prepared, roster, draw_lines(prepared, scheme)))
        (_, *before), (prepared, *after) = sides
        moved = count_moves(prepared.now, (before[0], before[1]), (after[0], after[1]))
        st.markdown(say("scheme.fit.text"))
        st.markdown(f"**{say('scheme.fit.moved', n=moved.moved_count)}** {tell_moved(moved, session.look)}")
        st.markdown(
            f":gray[:small[{say('scheme.fit.before')}]]  \n{Sentences(before[1], session.look).sum()}"
        )
        st.markdown(f":gray[:small[{say('scheme.fit.after')}]]  \n{Sentences(after[1], session.look).sum()}")
        is_clicked = st.button(
            say("scheme.fit.now"),
            type="primary",
            key="fit_now",
            on_click=lambda: act(lambda: take(session, fitted, origin_key)),
        )
        close_or_tell(session, is_clicked)

    dialog()


def take(session: Session, scheme: Scheme, origin_key: str) -> None:
    """Put a scheme that controls alone cannot describe on the screen, as a draft of its origin."""
    drafts.link_draft(session, scheme, origin_key)
    drafts.adopt(scheme)
