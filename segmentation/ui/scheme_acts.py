"""What can be done with a scheme as a whole: save, copy, rename, archive; each a small dialog and one event.

A click is a callback: it counts even where the dialog is not drawn again. What it was refused for is told in the
dialog, or under the scheme bar where that is drawn instead.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from segmentation.errors import TierboardError
from segmentation.schemes import Scheme
from segmentation.ui import problems
from segmentation.ui.escape import plain
from segmentation.ui.session import AUTHOR, Session, now

MOST_NAME, MOST_NOTE = 60, 200
_REFUSAL = "scheme_refusal"


def take_refusal() -> TierboardError | None:
    """Why the last act was refused, once."""
    refusal: TierboardError | None = st.session_state.pop(_REFUSAL, None)
    return refusal


def act(deed: Callable[[], None]) -> None:
    """Do it, or remember why not."""
    try:
        deed()
    except TierboardError as refusal:
        st.session_state[_REFUSAL] = refusal


def close_or_tell(session: Session, is_clicked: bool) -> None:
    """At the end of a dialog: close it after its act, or say in it why nothing was done."""
    if refusal := take_refusal():
        st.markdown(f":red[{problems.tell(refusal, session.language)}]")
    elif is_clicked:
        st.rerun()


def ask_save(session: Session, draft: Scheme) -> None:
    """A dialog that keeps the draft under a name, lines as they are stated."""

    @st.dialog(session.language.say("ui.scheme.save.title"))
    def dialog() -> None:
        ask_name_and_note(session, default_name(session, draft), "save")
        close_or_tell(session, act_button(session, "ui.scheme.save.now", "save", _save, draft))

    dialog()


def ask_duplicate(session: Session, scheme: Scheme) -> None:
    """A dialog that copies a saved scheme under another name."""
    say = session.language.say

    @st.dialog(say("scheme.duplicate.title"))
    def dialog() -> None:
        st.markdown(say("scheme.duplicate.text", name=plain(scheme.name), revision=scheme.revision))
        ask_name_and_note(session, say("scheme.duplicate.name", name=scheme.name)[:MOST_NAME], "duplicate")
        close_or_tell(session, act_button(session, "scheme.duplicate.now", "duplicate", _duplicate, scheme))

    dialog()


def ask_rename(session: Session, scheme: Scheme) -> None:
    """A dialog that gives a saved scheme, all its revisions with it, another name."""
    say = session.language.say

    @st.dialog(say("scheme.rename.title"))
    def dialog() -> None:
        st.markdown(say("scheme.rename.text", name=plain(scheme.name)))
        _ask_name(session, scheme.name, "rename")
        close_or_tell(session, act_button(session, "scheme.rename.now", "rename", _rename, scheme))

    dialog()


def _ask_name(session: Session, name: str, act_name: str) -> None:
    st.text_input(session.language.say("ui.scheme.name"), name, max_chars=MOST_NAME, key=f"{act_name}_name")


def ask_name_and_note(session: Session, name: str, act_name: str) -> None:
    _ask_name(session, name, act_name)
    label, help_text = session.language.say("scheme.note"), session.language.say("scheme.note.help")
    st.text_input(label, max_chars=MOST_NOTE, key=f"{act_name}_note", help=help_text)


def act_button(
    session: Session, label: str, act_name: str, deed: Callable[[Session, Scheme], None], scheme: Scheme
) -> bool:
    return st.button(
        session.language.say(label),
        type="primary",
        key=f"{act_name}_now",
        disabled=not st.session_state[f"{act_name}_name"].strip(),
        on_click=lambda: act(lambda: deed(session, scheme)),
    )


def typed(field: str) -> str:
    return str(st.session_state.get(field) or "").strip()


def default_name(session: Session, draft: Scheme) -> str:
    return session.language.say("ui.scheme.default_name") if draft.name == "default" else draft.name


def _save(session: Session, draft: Scheme) -> None:
    named = draft.changed(name=typed("save_name"))
    take_up(session, session.journal.save_scheme(named, AUTHOR, now(), typed("save_note")), "ui.scheme.saved")


def _duplicate(session: Session, scheme: Scheme) -> None:
    to, note = typed("duplicate_name"), typed("duplicate_note")
    kept = session.journal.duplicate_scheme(scheme.name, to, AUTHOR, now(), note)
    take_up(session, kept, "ui.scheme.saved")


def _rename(session: Session, scheme: Scheme) -> None:
    """What is on the screen stays as it is, changes included: only the name of its base is another one."""
    to = typed("rename_name")
    session.journal.rename_scheme(scheme.name, to, AUTHOR, now())
    held: Scheme | None = st.session_state.get("draft")
    if held is not None and held.name == scheme.name:
        st.session_state["draft"] = held.changed(name=to)
    st.toast(session.language.say("scheme.renamed", name=plain(to)))


def archive(session: Session, scheme: Scheme) -> None:
    """Offer a scheme no longer; it stays on the screen of whoever has it open."""

    def deed() -> None:
        session.journal.archive_scheme(scheme.name, AUTHOR, now())
        st.toast(session.language.say("scheme.archived", name=plain(scheme.name)))

    act(deed)


def restore(session: Session, scheme: Scheme) -> None:
    """Offer an archived scheme again."""

    def deed() -> None:
        session.journal.restore_scheme(scheme.name, AUTHOR, now())
        st.toast(session.language.say("scheme.restored", name=plain(scheme.name)))

    act(deed)


def take_up(session: Session, kept: Scheme, message: str) -> None:
    """Show the kept scheme from the next run on: the controls are set before they are drawn again."""
    st.session_state["adopt_next"] = kept
    st.toast(session.language.say(message, name=plain(kept.name), revision=kept.revision))
