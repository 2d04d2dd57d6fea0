"""Publishing: what it fixes, which results it then has, and what it takes the place of."""

from __future__ import annotations

from math import isnan

import streamlit as st

from segmentation.figures.conversion import rate_text
from segmentation.i18n import ABSENT
from segmentation.scheme_differences import list_differences, tell_difference
from segmentation.schemes import Scheme
from segmentation.tuning import Base, Evaluation, draw_lines, freeze_lines
from segmentation.ui.caches import prepare_once
from segmentation.ui.escape import plain
from segmentation.ui.scheme_acts import (
    act_button,
    ask_name_and_note,
    close_or_tell,
    default_name,
    take_up,
    typed,
)
from segmentation.ui.sentences import Sentences
from segmentation.ui.session import AUTHOR, Session, now

MOST_DIFFERENCES = 5


def ask_publish(
    session: Session, draft: Scheme, origin: Scheme, evaluation: Evaluation, prepared: Base
) -> None:
    """A dialog; `origin`: what the draft was changed from."""
    say = session.language.say

    @st.dialog(say("ui.scheme.publish.title"))
    def dialog() -> None:
        st.markdown(f"**{Sentences(evaluation, session.look).sum()}**")
        st.markdown(say("ui.scheme.publish.text"))
        frozen = _freeze(draft, evaluation, prepared)
        for told in (tell_results(session, evaluation, frozen), *tell_replaced(session, draft, origin)):
            if told:
                st.markdown(told)
        ask_name_and_note(session, default_name(session, draft), "publish")
        close_or_tell(session, act_button(session, "ui.scheme.publish.now", "publish", _publish, frozen))

    dialog()


def _freeze(draft: Scheme, evaluation: Evaluation, prepared: Base) -> Scheme:
    """The scheme as it is published: lines as points, and the fitted edges of the method with them."""
    frozen = freeze_lines(prepared, evaluation)
    return draft.changed(policy=frozen.policy, fitted=frozen.fitted)


def tell_results(session: Session, evaluation: Evaluation, frozen: Scheme) -> str | None:
    """The results it will have, where they are not those on the page: what the method learned, and the lines, then
    stand as they are on the list date, on the check date too."""
    if evaluation.replayed_on is None:
        return None
    with st.spinner(session.language.say("publish.results.wait"), show_time=True):
        base = prepare_once(session.book, session.store_key, frozen, evaluation.as_of)
    after, before = _rates(session, draw_lines(base, frozen)), _rates(session, evaluation)
    if after == before:
        return None
    facts = {"list_date": evaluation.as_of, "check_date": evaluation.replayed_on}
    return session.language.say("publish.results", **facts, after=after, before=before)


def _rates(session: Session, evaluation: Evaluation) -> str:
    """Every tier with its rate as k of n, or its mean."""
    look, told = session.look, []
    for name in evaluation.names:
        k, n, rate = evaluation.rates.row(name, "k", "n", "rate")
        if not n:
            words = ABSENT
        else:
            words = rate_text(rate, evaluation, look)
            words += "" if isnan(k) else f" ({look.language.number(int(k))}/{look.language.number(int(n))})"
        told.append(f"{plain(look.language.tier(name))} {words}")
    return look.say("list.separator").join(told)


def tell_replaced(session: Session, draft: Scheme, origin: Scheme) -> list[str]:
    """What is published now; where the draft did not begin from it, who published it when, and what it has otherwise:
    publishing would take that back."""
    say, saved = session.language.say, session.published
    if saved is None:
        return [say("ui.scheme.publish.new")]
    scheme = saved.scheme
    named = {"name": plain(scheme.name), "revision": scheme.revision}
    if (origin.name, origin.revision) == (scheme.name, scheme.revision):
        return [say("ui.scheme.publish.over", **named)]
    facts = {**named, "author": plain(saved.author), "date": saved.at.date()}
    found = list_differences(scheme, draft)
    lines = [f"- :small[{tell_difference(one, session.language, plain)}]" for one in found[:MOST_DIFFERENCES]]
    if rest := len(found) - len(lines):
        lines.append(f"- :small[{say('publish.since.more', n=rest)}]")
    return [say("publish.since", **facts), "\n".join(lines)]


def _publish(session: Session, frozen: Scheme) -> None:
    named = frozen.changed(name=typed("publish_name"))
    number = None if session.is_sample else session.book.version.number
    kept = session.journal.publish_scheme(named, AUTHOR, now(), typed("publish_note"), data_version=number)
    take_up(session, kept, "ui.scheme.published")
