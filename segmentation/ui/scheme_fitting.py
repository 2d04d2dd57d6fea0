"""Fit the lines again: fixed points and edges give way to the shares they cut off today, and it is said who moves."""

from __future__ import annotations

import streamlit as st

from segmentation.scheme_differences import count_moves
from segmentation.schemes import Scheme, TierPolicy
from segmentation.tuning import Evaluation
from segmentation.ui import drafts, held_lines
from segmentation.ui.scheme_acts import act, close_or_tell
from segmentation.ui.scheme_comparison import take_side, tell_moved
from segmentation.ui.sentences import Sentences
from segmentation.ui.session import Session


def has_fixed_lines(scheme: Scheme) -> bool:
    """Whether anything about the tiers stays where it was put: lines in points, or edges of the method."""
    return scheme.policy.kind == "score" or bool(scheme.fitted)


def fit_again(scheme: Scheme, evaluation: Evaluation) -> Scheme:
    """The scheme with its lines as the shares of customers they cut off now, and edges fitted to these data."""
    shares = held_lines.shares_cut_off(evaluation)
    return scheme.changed(policy=TierPolicy(scheme.policy.names, "customers", shares), fitted=None)


def ask_fit(session: Session, draft: Scheme, origin_key: str, evaluation: Evaluation) -> None:
    """A dialog that says how many customers would move; the scheme fitted again becomes the draft."""
    say = session.language.say

    @st.dialog(say("scheme.fit.title"))
    def dialog() -> None:
        fitted = fit_again(draft, evaluation)
        before, after = (take_side(session, scheme, evaluation) for scheme in (draft, fitted))
        moved = count_moves(
            after.prepared.now, (before.roster, before.evaluation), (after.roster, after.evaluation)
        )
        st.markdown(say("scheme.fit.text"))
        st.markdown(f"**{say('scheme.fit.moved', n=moved.moved_count)}** {tell_moved(moved, session.look)}")
        for label, side in (("scheme.fit.before", before), ("scheme.fit.after", after)):
            total = Sentences(side.evaluation, session.look).sum()
            st.markdown(f":gray[:small[{say(label)}]]  \n{total}")
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
