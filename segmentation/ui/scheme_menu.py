"""The Scheme menu: what can be done with the scheme picked and with the draft on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from segmentation.schemes import Scheme
from segmentation.tuning import Evaluation
from segmentation.ui import drafts, scheme_acts
from segmentation.ui.escape import plain
from segmentation.ui.scheme_comparison import ask_comparison
from segmentation.ui.scheme_file import ask_file
from segmentation.ui.scheme_fitting import ask_fit, has_fixed_lines
from segmentation.ui.session import AUTHOR, Session

MENU_KEY = "scheme_menu"
LABELS = {
    "save": "ui.scheme.save",
    "duplicate": "scheme.duplicate",
    "rename": "scheme.rename",
    "archive": "scheme.archive",
    "restore": "scheme.restore",
    "history": "scheme.history",
    "compare": "scheme.compare",
    "fit": "scheme.fit",
    "discard": "ui.scheme.discard",
    "file": "scheme.file",
}
ROW_PIXELS = 30
WIDTHS = {"revision": 64, "act": 96, "author": 110, "at": 130, "note": 640}


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

    def draw(self, place: DeltaGenerator) -> None:
        """One button that opens the list; what cannot be done now is not in it."""
        say = self.session.language.say
        acts = self.acts()
        picked = place.menu_button(
            say("ui.scheme.menu"),
            list(acts),
            format_func=lambda name: say(LABELS[name]),
            key=MENU_KEY,
            on_click=lambda: self._react(st.session_state[MENU_KEY]),
            help=say("ui.scheme.sample") if self.session.is_sample else None,
        )
        ask = None if picked is None else acts.get(picked)
        if ask is not None:
            ask()

    def acts(self) -> dict[str, Callable[[], None] | None]:
        """Name of an act → the dialog it opens; None where the click is all (see `_react`)."""
        session, origin, draft, evaluation = self.session, self.origin, self.draft, self.evaluation
        acts: dict[str, Callable[[], None] | None] = {}
        if not session.is_sample:
            acts["save"] = lambda: scheme_acts.ask_save(session, draft)
            if self._is_saved:
                acts["duplicate"] = lambda: scheme_acts.ask_duplicate(session, origin)
                acts["rename"] = lambda: scheme_acts.ask_rename(session, origin)
                is_archived = origin.name in session.journal.schemes(is_archived=True)
                acts["restore" if is_archived else "archive"] = None
                acts["history"] = lambda: ask_history(session, origin.name)
        if evaluation is not None:
            acts["compare"] = lambda: ask_comparison(session, self.bases, self.origin_key, draft, evaluation)
            if has_fixed_lines(draft):
                acts["fit"] = lambda: ask_fit(session, draft, self.origin_key, evaluation)
        acts["discard"] = None
        acts["file"] = lambda: ask_file(session, draft, self.origin_key)
        return acts

    def _react(self, picked: str | None) -> None:
        """What needs no dialog happens before anything is drawn."""
        if picked == "archive":
            scheme_acts.archive(self.session, self.origin)
        elif picked == "restore":
            scheme_acts.restore(self.session, self.origin)
        elif picked == "discard":
            drafts.start_from(self.origin_key, self.origin)

    @property
    def _is_saved(self) -> bool:
        return self.origin_key != drafts.PROPOSED and not self.origin_key.startswith(f"{drafts.LINK_KEY}=")


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
