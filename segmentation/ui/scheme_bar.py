"""The first row of every page: which scheme, its state, both dates, the data, language, Scheme menu, Publish."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from segmentation.i18n import NATIVE_NAMES
from segmentation.schemes import Scheme
from segmentation.tuning import Base, Evaluation
from segmentation.ui import drafts, problems
from segmentation.ui.controls import choose, refused, switch
from segmentation.ui.escape import plain
from segmentation.ui.frame import link_to
from segmentation.ui.publish_dialog import ask_publish
from segmentation.ui.scheme_acts import take_refusal
from segmentation.ui.scheme_menu import SchemeMenu
from segmentation.ui.session import LANGUAGE_KEY, Session, default_language


class SchemeBar:
    """Drawn in two steps: the scheme is chosen first, its state is told once the evaluation is known."""

    def __init__(self, session: Session, has_publish: bool = True) -> None:
        self.session, self.language = session, session.language
        self.bases = drafts.base_schemes(session)
        with st.container(horizontal=True, wrap=False, vertical_alignment="center", key="scheme_bar"):
            self.base = self._ask_scheme()
            self.origin_key, self.origin = drafts.find_origin(session, self.bases)
            self.state = st.container(width="stretch", key="scheme_state").empty()
            self._ask_language()
            self.menu = st.empty()
            self.publish = st.empty() if has_publish else None
        self.told = st.empty()
        if session.is_sample:
            self._tell_sample()

    def tell(self, draft: Scheme, evaluation: Evaluation | None) -> None:
        """State, dates and data, and the menu: all of it, for a page whose lines stand still."""
        self.tell_state(draft, evaluation)
        with self.told:
            self.tell_refused()
        self.offer_acts(draft, evaluation)

    def tell_state(self, draft: Scheme, evaluation: Evaluation | None) -> None:
        """State, dates and data."""
        self.state.markdown(f":small[{self._state(draft, evaluation)}]")

    def tell_refused(self) -> None:
        """Why a scheme was not kept, or what the link asked for in vain; nothing where neither is so."""
        if problem := take_refusal():
            st.markdown(f":small[:red[{problems.tell(problem, self.language)}]]")
        elif asked := refused():
            what = plain(", ".join(asked), 80)
            st.markdown(f":small[{self.language.say('ui.link.refused', n=len(asked), what=what)}]")

    def offer_acts(self, draft: Scheme, evaluation: Evaluation | None, prepared: Base | None = None) -> None:
        """The menu; Publish where the page has it."""
        menu = SchemeMenu(self.session, self.bases, self.origin_key, self.origin, draft, evaluation)
        menu.draw(self.menu)
        if self.publish is not None and evaluation is not None and prepared is not None:
            label = self.language.say("ui.scheme.publish")
            is_sample = self.session.is_sample
            why = self.language.say("ui.scheme.sample") if is_sample else None
            if self.publish.button(label, type="primary", key="publish", disabled=is_sample, help=why):
                ask_publish(self.session, draft, self.origin, evaluation, prepared)

    def _ask_scheme(self) -> Scheme:
        texts = {key: self._scheme_text(key, scheme) for key, scheme in self.bases.items()}
        picked = choose(
            self.language.say("ui.scheme"),
            texts,
            next(iter(texts)),
            drafts.SCHEME_KEY,
            label_visibility="collapsed",
            width=176,
            is_always_told=drafts.is_changed_in_link(),
            on_change=self._adopt_picked,
        )
        return self.bases[picked]

    def _adopt_picked(self) -> None:
        picked = st.session_state[drafts.SCHEME_KEY]
        drafts.start_from(picked, self.bases[picked])

    def _scheme_text(self, key: str, scheme: Scheme) -> str:
        if key == drafts.PROPOSED:
            return self.language.say("ui.scheme.proposed")
        if key.startswith(f"{drafts.LINK_KEY}="):
            name = self.language.say("ui.scheme.proposed") if scheme.name == "default" else scheme.name
            return self.language.say("scheme.linked", name=name)
        return self.language.say("ui.scheme.choice", name=scheme.name, revision=scheme.revision)

    def _ask_language(self) -> None:
        names = {str(code): name for code, name in NATIVE_NAMES.items()}
        default = default_language(self.session.journal)
        picked = switch(self.language.say("ui.language"), names, default, LANGUAGE_KEY)
        if picked != self.language.code:
            st.rerun()  # the frame above is drawn in the other language already

    def _state(self, draft: Scheme, evaluation: Evaluation | None) -> str:
        say, session = self.language.say, self.session
        published = session.published.scheme if session.published else None
        count = drafts.count_changes(draft, self.origin)
        if count:
            words = [f":gray-badge[{say('ui.scheme.state.changes', n=count)}]"]
        elif published is not None and draft == published:
            words = [f":gray-badge[{say('ui.scheme.state.published')}]"]
        else:
            words = [f":gray-badge[{say('ui.scheme.state.draft')}]"]
        if published is None:
            words.append(say("ui.scheme.unpublished"))
        elif draft != published:
            words.append(say("ui.scheme.against", revision=f"**{published.revision}**"))
        told = [*words[1:], *([] if evaluation is None else self._dates(evaluation))]
        number = session.book.version.number
        if not session.is_sample:
            told.append(say("ui.bar.data", number=f"**{number}**"))
        return f"{words[0]} {' · '.join(told)}"

    def _dates(self, evaluation: Evaluation) -> list[str]:
        say = self.language.say
        dates = [say("ui.bar.list_date", date=f"**{self._date(evaluation.as_of)}**")]
        if evaluation.is_as_recorded:
            return [*dates, say("ui.bar.as_recorded")]
        if evaluation.replayed_on is None:
            return [*dates, say("ui.bar.no_check")]
        check_date = self._date(evaluation.replayed_on, evaluation.as_of.year)
        return [*dates, say("ui.bar.check_date", date=f"**{check_date}**")]

    def _date(self, day: dt.date, told_year: int = 0) -> str:
        """Short in a bar: a year is told once, and Chinese dates are written out in running text only."""
        if self.language.code == "zh":
            return day.isoformat()
        told = self.language.date(day)
        return told.removesuffix(f" {day.year}") if day.year == told_year else told

    def _tell_sample(self) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="sample_line"):
            st.markdown(f":small[{self.language.say('ui.sample')}]", width="content")
            if st.button(self.language.say("ui.sample.start"), type="tertiary", key="own_data"):
                st.switch_page(link_to("data_intake"))


def adopt_pending() -> None:
    """Put a scheme that was just kept onto the controls; called before any of them is drawn."""
    kept: Scheme | None = st.session_state.pop("adopt_next", None)
    if kept is not None:
        drafts.start_from(drafts.scheme_key(kept), kept)
