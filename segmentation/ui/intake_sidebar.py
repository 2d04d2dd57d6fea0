"""The data page's sidebar and its publish card: add files, what is known of them, versions, undo, publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan

import pandas as pd
import streamlit as st

from segmentation.export.templates import template_bytes
from segmentation.export.workbooks import MIME
from segmentation.figures.theme import Look
from segmentation.reasons import join_sentences
from segmentation.store import Version
from segmentation.tables import TABLES
from segmentation.ui import intake_frames, intake_session
from segmentation.ui.blocks import grey, title
from segmentation.ui.downloads import offer_file
from segmentation.ui.escape import plain
from segmentation.ui.intake_accounts import refused_count
from segmentation.ui.intake_tables import show_figures, show_table
from segmentation.ui.quality_block import draw_quality
from segmentation.ui.session import Session, now, open_store
from segmentation.ui.upload_state import Draft

SHOWN_VERSIONS = 8


def add_files(look: Look) -> None:
    """The uploader under its heading."""
    st.subheader(look.say("in.upload.title"), anchor=False)
    intake_session.take_files(look)


def describe_files(draft: Draft, look: Look) -> None:
    """Whether the layout is known, and where it is not as last time; the button that puts the upload away."""
    code = "in.file.remembered" if draft.is_remembered else "in.file.new"
    grey(look.say("in.file.drifted" if draft.drifts else code))
    st.button(look.say("in.discard"), key="in.discard", type="tertiary", on_click=intake_session.put_away)


def show_versions(session: Session, versions: Sequence[Version]) -> None:
    """What was imported so far, newest first, and undo behind a confirmation."""
    look = session.look
    st.subheader(look.say("in.versions"), anchor=False)
    if not versions:
        grey(look.say("in.versions.none"))
        return
    labels = {
        "number": st.column_config.NumberColumn(look.say("in.version"), width=36),
        "published": st.column_config.TextColumn(look.say("in.published"), width=77),
        "kind": st.column_config.TextColumn(look.say("in.kind"), width=61),
        "grown": st.column_config.TextColumn(look.say("in.grown"), alignment="right", width=59),
    }
    frame = intake_frames.version_rows(versions, look.language)
    show_table(frame.head(SHOWN_VERSIONS), labels, "in.versions.table")
    latest = versions[-1]
    label = look.say("in.undo", number=latest.number)
    # A key of its own for every version: otherwise the box stays open after the undo and asks about the next one.
    with st.popover(label, type="tertiary", icon=":material/undo:", key=f"in.undo.box.{latest.number}"):
        st.markdown(look.say("in.undo.text", number=latest.number, next=latest.number + 1))
        st.button(
            look.say("in.undo.now"),
            key="in.undo",
            on_click=intake_session.undo,
            args=(session, latest.number),
        )


def offer_acts(draft: Draft, chosen: Mapping[str, str], session: Session) -> str:
    """The card of the next step: use the answers, or publish; "answer", "publish", or "" where nothing is pressed.

    Answers changed on the page and not yet read by bar the way: what is published is what was shown.
    """
    is_changed = any(draft.answers_used[key] != answer for key, answer in chosen.items())
    is_new = not draft.difference.is_same or draft.base is None
    if not (is_new or is_changed or draft.open_questions):
        return ""
    with st.container(border=True, key="in.publish.card"):
        act = _offer_answers(draft, is_changed, session.look)
        if is_new:
            act = _offer_publish(draft, is_changed, session.look) or act
    return act


def _offer_answers(draft: Draft, is_changed: bool, look: Look) -> str:
    if not (draft.open_questions or is_changed):
        return ""
    if is_changed:
        st.markdown(f":orange[**{look.say('in.answers.changed')}**]")
    else:
        st.markdown(f":orange[**{look.say('in.publish.open', n=len(draft.open_questions))}**]")
    label = look.say("ask.one" if draft.open_questions else "in.answers.change")
    return "answer" if st.button(label, type="primary", key="in.answers.use", width="stretch") else ""


def _offer_publish(draft: Draft, is_changed: bool, look: Look) -> str:
    is_first, is_open = draft.base is None, bool(draft.open_questions) or is_changed
    label = look.say("in.publish.first" if is_first else "in.publish", number=draft.next_number)
    pressed = st.button(
        label,
        key="in.publish",
        type="secondary" if is_open else "primary",
        width="stretch",
        disabled=is_changed or bool(draft.weighed.stops),
    )
    if draft.weighed.stops:
        st.markdown(f":red[{plain(look.say('in.publish.stopped', n=len(draft.weighed.stops)))}]")
    rejected = refused_count(draft.upload)
    words = [look.say("in.publish.proposed")] if is_open and not is_changed else []
    words.append(look.say("in.publish.rejected", n=rejected) if rejected else look.say("in.publish.clean"))
    words.append(
        look.say("in.publish.sample")
        if is_first
        else look.say("in.publish.kept", number=draft.next_number - 1)
    )
    grey(join_sentences(words, look.language))
    return "publish" if pressed else ""


def show_nothing_new(draft: Draft, session: Session, versions: Sequence[Version]) -> None:
    """The same upload again: when it was imported, and that nothing is to do; not where all of it is left out."""
    if not draft.upload.tables:
        return
    number = draft.difference.imported_in or (draft.base.number if draft.base else 0)
    found = next((version for version in versions if version.number == number), draft.base)
    if found is not None:
        with st.container(border=True):
            st.markdown(session.look.say("up.same", date=found.published_at.date(), k=found.number))


def show_done(session: Session) -> None:
    """What the last act did, and where to look next."""
    told, look = intake_session.done(), session.look
    if told is None or told[0] != session.book.version.number:
        return
    number, moved, *undone = told
    if undone:
        sentence = look.say("in.undone", number=undone[0], next=number)
    elif moved is None:
        sentence = look.say("up.done.first", k=number)
    else:
        sentence = look.say("up.done", k=number, n=moved)
    if number in open_store(str(session.store_path)).unsettled():
        sentence = join_sentences([sentence, look.say("up.unsettled")], look.language)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":green[**{sentence}**]", width="content")
        if st.button(look.say("in.done.tiers"), key="in.done.tiers"):
            from segmentation.ui.frame import link_to

            st.switch_page(link_to("tier_tuning"))


def show_empty(session: Session) -> None:
    """Before any file: what this page is for, what is in use now, and what can be read."""
    look = session.look
    st.header(look.say("in.empty"), anchor=False)
    grey(look.say("in.empty.text"))
    left, right = st.columns([65, 30], gap="large")
    with left:
        title(look.say("in.empty.tables"))
        rows = [
            (look.say(f"table.{name}"), look.say(f"in.grain.{name}"), look.say(f"in.needs.{name}"))
            for name in TABLES
        ]
        names = [look.say("in.table"), look.say("in.empty.grain"), look.say("in.empty.needs")]
        st.table(pd.DataFrame(rows, columns=names), border="horizontal", hide_index=True)
        offer_file(
            look.say("template.download"),
            lambda: template_bytes(look.language, now().date()),
            look.say("template.file"),
            "xlsx",
            mime=MIME,
            key="in.template",
        )
        draw_quality(session)
    with right:
        _show_current(session)


def _show_current(session: Session) -> None:
    look, book = session.look, session.book
    until = look.say("in.current.through", date=book.data_through_on) if book.data_through_on else ""
    number = (
        look.say("ui.bar.sample")
        if session.is_sample
        else look.say("ui.bar.data", number=book.version.number)
    )
    title(look.say("in.current"), look.say("list.separator").join(text for text in (number, until) if text))
    rows = [(look.say(f"table.{name}"), book.version.rows.get(name, 0) or nan) for name in TABLES]
    show_figures(pd.DataFrame(rows, columns=["table", "rows"]), look, has_header=False)
