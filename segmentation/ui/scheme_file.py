"""A scheme as a TOML file: the draft to take away, and a file that becomes the draft once tried on these data."""

from __future__ import annotations

import streamlit as st

from segmentation.errors import SettingError, TierboardError
from segmentation.scheme_files import LIMIT_BYTES, read_scheme
from segmentation.schemes import Scheme, to_toml
from segmentation.tuning import Evaluation, draw_lines
from segmentation.ui import problems
from segmentation.ui.caches import prepare_once
from segmentation.ui.downloads import file_name
from segmentation.ui.escape import plain
from segmentation.ui.scheme_acts import act, close_or_tell
from segmentation.ui.scheme_fitting import take
from segmentation.ui.sentences import Sentences
from segmentation.ui.session import Session


def ask_file(session: Session, draft: Scheme, origin_key: str) -> None:
    """A dialog with the draft as a file, and one that reads a file, shows what it makes of these customers, and puts it
    on the screen on a click."""
    say = session.language.say

    @st.dialog(say("scheme.file.title"))
    def dialog() -> None:
        st.download_button(
            say("ui.scheme.download"),
            to_toml(draft),
            file_name(draft.name, "toml"),
            "application/toml",
            key="scheme_toml",
            icon=":material/download:",
            on_click="ignore",
        )
        st.markdown(say("scheme.upload.text"))
        given = st.file_uploader(
            say("scheme.upload.file"), [".toml"], key="scheme_file", max_upload_size=LIMIT_BYTES // 2**20
        )
        if given is None:
            return
        try:
            scheme = read_scheme(given.getvalue())
            evaluation = try_out(session, scheme)
        except TierboardError as refusal:
            st.markdown(f":red[{problems.tell(refusal, session.language)}]")
            st.markdown(f":small[{say('scheme.upload.nothing')}]")
            return
        st.markdown(say("scheme.upload.read", name=plain(scheme.name), revision=scheme.revision))
        st.markdown(f"**{Sentences(evaluation, session.look).sum()}**")
        is_clicked = st.button(
            say("scheme.upload.now"),
            type="primary",
            key="upload_now",
            on_click=lambda: act(lambda: take(session, scheme, origin_key)),
        )
        close_or_tell(session, is_clicked)

    dialog()


def try_out(session: Session, scheme: Scheme) -> Evaluation:
    """The scheme on this session's data; SettingError where its method cannot work with what the file says."""
    try:
        prepared = prepare_once(session.book, session.store_key, scheme, session.list_date)
        return draw_lines(prepared, scheme)
    except TierboardError:
        raise
    except Exception as error:
        raise SettingError("e.scheme.unfit", code=problems.note(error)) from error
