"""What a run of the app stands on: the store, the data version this session reads, the language, how money is written.

`app.py` opens it once per run (`open_session`); pages ask `current()`. A session stays on its data version and is
offered the newer one. While the store is empty the sample company's book is open, read-only and apart.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import streamlit as st

from segmentation.figures.theme import Look
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.journal import Event, Journal, SavedScheme
from segmentation.methods.registry import look_again
from segmentation.overrides import KIND
from segmentation.proposals import Proposal, propose
from segmentation.sample import open_sample
from segmentation.settings import Settings
from segmentation.store import Book, Store
from segmentation.tags import NO_TAGS, Registry, read_registry
from segmentation.ui import problems

STORE_VARIABLE, STORE_FOLDER = "TIERBOARD_STORE", "tierboard_store"
LANGUAGE_KEY = "lang"
AUTHOR = "local"  # one person, one machine, until sign-in exists


@dataclass(frozen=True)
class Session:
    """One run's view. `newer` is the number of a later data version, None where this one is the latest."""

    store_path: Path
    book: Book
    is_sample: bool
    newer: int | None
    language: Language
    look: Look
    published: SavedScheme | None

    @cached_property
    def store_key(self) -> str:
        """What caches call this session's store: the sample has its own."""
        return f"{self.store_path.resolve()}{'#sample' if self.is_sample else ''}"

    @property
    def journal(self) -> Journal:
        return open_journal(str(self.store_path))

    @cached_property
    def set_by_hand(self) -> tuple[Event, ...]:
        """Tiers set and lifted by hand, read once for a run of the page: a moved line reads no journal."""
        return () if self.is_sample else self.journal.events(KIND)

    @cached_property
    def tags(self) -> Registry:
        """The tags and who was given them, read once for a run of the page."""
        return NO_TAGS if self.is_sample else read_registry(self.journal)

    @property
    def list_date(self) -> dt.date:
        """The last date in the data; the publish day where no row carries one."""
        return self.book.data_through_on or self.book.version.published_at.date()


def store_path() -> Path:
    """The store folder: $TIERBOARD_STORE, else ./tierboard_store."""
    return Path(os.environ.get(STORE_VARIABLE) or STORE_FOLDER)


@st.cache_resource(max_entries=4, show_spinner=False)
def open_store(path: str) -> Store:
    return Store(path)


@st.cache_resource(max_entries=4, show_spinner=False)
def open_journal(path: str) -> Journal:
    return Journal(path)


@st.cache_resource(max_entries=4, show_spinner=False)
def open_book(path: str, number: int) -> Book:
    """A data version opened once for all sessions: books are read-only and give each query its own cursor."""
    return open_store(path).open(number)


@st.cache_resource(max_entries=2, show_spinner=False)
def open_sample_book(path: str) -> Book:
    return open_sample(Path(path))


@st.cache_resource(max_entries=8, show_spinner=False)
def propose_once(_book: Book, store_key: str, number: int) -> Proposal:
    """The proposal for a data version; the book itself is no key."""
    return propose(_book)


def proposal(session: Session) -> Proposal:
    """The scheme that suits this session's data, and why."""
    return propose_once(session.book, session.store_key, session.book.version.number)


def open_session() -> Session:
    """Read the store's pointer and open what this session reads; kept in the session's state as "session"."""
    look_again()
    path = store_path()
    problems.keep_log(path)
    language = read_language(open_journal(str(path)))
    served = open_store(str(path)).current()
    if served is None:
        with st.spinner(language.say("ui.sample.wait")):
            book = open_sample_book(str(path))
    else:
        held = st.session_state.setdefault("version", served.number)
        book = open_book(str(path), held)
    published = open_journal(str(path)).published() if served else None
    settings = Settings.read(open_journal(str(path)).settings())
    look = Look(
        language,
        st.context.theme.type or "light",
        book.calendar.currency,
        settings.money_unit,
        book.calendar.tax_basis,
    )
    is_behind = served is not None and served.number > book.version.number
    newer = served.number if served is not None and is_behind else None
    session = Session(path, book, served is None, newer, language, look, published)
    st.session_state["session"] = session
    return session


def current() -> Session:
    """The session this run was opened with."""
    session: Session = st.session_state["session"]
    return session


def switch_version(number: int) -> None:
    """Read another data version from the next run on (after a publish, an undo, or on request)."""
    st.session_state["version"] = number


def read_language(journal: Journal) -> Language:
    """The switch's position, else the link's, else the workspace's, else the browser's."""
    return _asked_language() or Language(default_language(journal))


def language_without_store() -> Language:
    """The switch's position, the link's or the browser's: what a refusal to open the store is told in."""
    return _asked_language() or Language(_browser_language())


def default_language(journal: Journal) -> Code:
    """The workspace's language, else the browser's."""
    return Settings.read(journal.settings()).language or _browser_language()


def _asked_language() -> Language | None:
    asked = st.session_state.get(LANGUAGE_KEY) or st.query_params.get(LANGUAGE_KEY)
    return Language(cast(Code, asked)) if asked in LANGUAGES else None


def _browser_language() -> Code:
    """zh* reads Chinese, everything else English."""
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"


def now() -> dt.datetime:
    """The clock: the only place of the interface that looks at it."""
    return dt.datetime.now()
