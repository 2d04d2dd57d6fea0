"""The Scheme menu: what can be done with the scheme picked and with the draft on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from segmentation.schemes import Scheme, to_toml
from segmentation.tuning import Evaluation
from segmentation.ui import drafts, scheme_acts
from segmentation.ui.downloads import file_name
from segmentation.ui.escape import plain
from segmentation.ui.scheme_comparison import ask_comparison
from segmentation.ui.scheme_fitting import ask_fit, has_fixed_lines
from segmentation.ui.scheme_upload import ask_upload
from segmentation.ui.session import AUTHOR, Session

ROW_PIXELS = 30
WIDTHS = {"revision": 72, "act": 110, "author": 110, "at": 130}


@dataclass(frozen=True)
class SchemeMenu:
    """The menu of one run. `origin`: the scheme the draft was changed from, under `origin_key`; evaluation None where
    the page shows none."""

    session: Session
    bases: Mapping[str, Scheme]
    origin_key: str
    origin: Scheme
    draft: Scheme
    evaluation: Evaluation | None

    def draw(self) -> None:
        """Every act is one line; what cannot be done now says why."""
        session, say = self.session, self.session.language.say
        if session.is_sample:
            st.markdown(f":small[{say('ui.scheme.sample')}]")
        else:
            if self._button("ui.scheme.save", "save_as"):
                scheme_acts.ask_save(session, self.draft)
            if self._is_saved:
                self._draw_saved()
        if self.evaluation is not None:
            self._draw_evaluated(self.evaluation)
        self._button("ui.scheme.discard", "discard", lambda: drafts.start_from(self.origin_key, self.origin))
        st.download_button(
            say("ui.scheme.download"),
            to_toml(self.draft),
            file_name(self.draft.name, "toml"),
            "application/toml",
            key="scheme_toml",
            type="tertiary",
            on_click="ignore",
        )
        if self._button("scheme.upload", "upload_toml"):
            ask_upload(session, self.origin_key)

    @property
    def _is_saved(self) -> bool:
        return self.origin_key != drafts.PROPOSED and not self.origin_key.startswith(f"{drafts.LINK_KEY}=")

    def _button(self, label: str, key: str, on_click: Callable[[], None] | None = None, **look: Any) -> bool:
        return st.button(
            self.session.language.say(label), type="tertiary", key=key, on_click=on_click, **look
        )

    def _draw_saved(self) -> None:
        """Acts on the scheme picked, which the journal has."""
        session, origin = self.session, self.origin
        if self._button("scheme.duplicate", "duplicate"):
            scheme_acts.ask_duplicate(session, origin)
        if self._button("scheme.rename", "rename"):
            scheme_acts.ask_rename(session, origin)
        if origin.name in session.journal.schemes(is_archived=True):
            self._button("scheme.restore", "restore", lambda: scheme_acts.restore(session, origin))
        else:
            published = session.published
            is_in_force = published is not None and published.scheme.name == origin.name
            why = session.language.say("e.scheme.in_force", name=plain(origin.name)) if is_in_force else None
            self._button(
                "scheme.archive",
                "archive",
                lambda: scheme_acts.archive(session, origin),
                disabled=is_in_force,
                help=why,
            )
        if self._button("scheme.history", "history"):
            ask_history(session, origin.name)

    def _draw_evaluated(self, evaluation: Evaluation) -> None:
        session = self.session
        if self._button("scheme.compare", "compare"):
            ask_comparison(session, self.bases, self.origin_key, self.draft, evaluation)
        is_fixed = has_fixed_lines(self.draft)
        why = None if is_fixed else session.language.say("scheme.fit.floating")
        if self._button("scheme.fit", "fit", disabled=not is_fixed, help=why):
            ask_fit(session, self.draft, self.origin_key, evaluation)


def ask_history(session: Session, name: str) -> None:
    """Who did what with a scheme, and when: the latest first."""
    say = session.language.say

    @st.dialog(say("scheme.history.title", name=plain(name)), width="large")
    def dialog() -> None:
        st.dataframe(
            history_frame(session, name),
            column_config={
                column: st.column_config.Column(say(f"scheme.history.{column}"), width=WIDTHS.get(column))
                for column in ("revision", "act", "author", "at", "note")
            },
            hide_index=True,
            row_height=ROW_PIXELS,
            height="content",
            key="scheme_history",
        )

    dialog()


def history_frame(session: Session, name: str) -> pd.DataFrame:
    """revision, act, author, at, note: one line per event, the latest first."""
    say = session.language.say
    rows = [
        {
            "revision": done.revision,
            "act": say(f"scheme.act.{done.act}"),
            "author": say("scheme.author.local") if done.author == AUTHOR else done.author,
            "at": f"{done.at:%Y-%m-%d %H:%M}",
            "note": say("scheme.act.renamed.from", name=done.note) if done.act == "renamed" else done.note,
        }
        for done in reversed(session.journal.scheme_acts(name))
    ]
    return pd.DataFrame(rows)
