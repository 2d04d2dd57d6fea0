"""The data page's course through a session: files taken, draft read, published or put away, a version undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd
import streamlit as st

from segmentation.errors import TierboardError
from segmentation.figures.theme import Look
from segmentation.i18n import Language
from segmentation.lists import tiers_that_hold
from segmentation.schemes import Scheme
from segmentation.settings import Limits
from segmentation.store import Version
from segmentation.ui import problems
from segmentation.ui.caches import prepare_once
from segmentation.ui.escape import plain
from segmentation.ui.override_lines import held_now
from segmentation.ui.session import AUTHOR, Session, now, open_book, open_store, switch_version
from segmentation.ui.upload_state import Desk, Draft, Refused, Tell, Workspace

ENDINGS = ("csv", "txt", "tsv", "gz", "xlsx", "xls", "xlsm", "xlsb", "ods")
# No dots: keys with one are controls, forgotten when the first own data replace the sample.
FILES, DRAFT, PROBLEM, DONE = "upload_files", "upload_draft", "upload_problem", "upload_done"
FLIPPED, REFUSED = "upload_flipped", "upload_refused"
WORKSPACE, TURN = "upload_workspace", "upload_turn"
# The uploader's own words stay English, and its one size is not the one of every kind of file: ours stand over them.
# The next step stays in sight however long the list beside it is; a finding has the room its sentence needs.
_COVER = """
<style>
[data-testid="stFileUploaderDropzone"] [data-testid="stBaseButton-secondary"] p,
[data-testid="stFileUploaderDropzoneInstructions"] * { font-size: 0; }
[data-testid="stFileUploaderDropzone"] [data-testid="stBaseButton-secondary"] p::after
{ content: "BUTTON"; font-size: 0.8rem; }
.st-key-in-issues-table th { white-space: nowrap; }
.st-key-in-issues-table td:nth-child(3) { width: 60%; }
[data-testid="stFileUploaderDropzoneInstructions"]::after { content: "DROP"; font-size: 0.75rem; }
@media (min-width: 900px) {
  [data-testid="stColumn"]:has(.st-key-in-publish-card) { position: sticky; top: 4rem; align-self: flex-start; }
}
</style>
"""


def workspace() -> Workspace:
    """This session's folder of files; it goes when the session does."""
    if WORKSPACE not in st.session_state:
        st.session_state[WORKSPACE] = Workspace()
    kept: Workspace = st.session_state[WORKSPACE]
    return kept


def take_files(look: Look) -> None:
    """The uploader; its bytes are copied at once, because leaving the page forgets them."""
    limits, turn = Limits(), st.session_state.setdefault(TURN, 0)
    key = f"in.uploader.{turn}"
    cover = _COVER.replace("BUTTON", look.say("in.upload.choose")).replace("DROP", look.say("in.upload.drop"))
    st.html(cover)
    st.file_uploader(
        look.say("in.upload.label", xlsx=limits.xlsx_bytes // 2**20, csv=limits.csv_bytes // 2**20),
        type=list(ENDINGS),
        accept_multiple_files=True,
        key=key,
        help=look.say("in.upload.help"),
        on_change=_keep,
        args=(key,),
    )


def _keep(key: str) -> None:
    forget()
    st.session_state[FILES] = workspace().keep(st.session_state.get(key) or [])


def forget() -> None:
    """Put the upload away; what is published stays."""
    for key in (FILES, DRAFT, REFUSED, PROBLEM, DONE, FLIPPED):
        st.session_state.pop(key, None)


def put_away() -> None:
    """Forget the upload and empty the uploader."""
    forget()
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


@contextmanager
def steps(look: Look) -> Iterator[Tell]:
    """Progress of long work: one line saying what is being done."""
    place = st.empty()
    try:
        with place.status(look.say("in.step.recognise")) as status:
            yield lambda code, **facts: status.update(label=plain(look.say(code, **facts), 200))
    finally:
        place.empty()


def _desk(session: Session, tell: Tell) -> Desk:
    return Desk(
        open_store(str(session.store_path)),
        session.journal,
        now().date(),
        first_zone(st.context.timezone, st.context.locale),
        tell,
    )


def first_zone(zone: str | None, locale: str | None) -> str:
    """The browser's time zone for a first import; a Chinese browser that tells none, or only UTC, is in China."""
    if zone in (None, "", "UTC", "Etc/UTC") and (locale or "").lower().startswith("zh"):
        return "Asia/Shanghai"
    return zone or "UTC"


def draft(session: Session) -> Draft | None:
    """The upload of this session, read now if its files are new; None without files or where they were refused."""
    files = st.session_state.get(FILES)
    if not files:
        return None
    if DRAFT not in st.session_state and PROBLEM not in st.session_state:
        _attempt(session, lambda desk: desk.read(files, workspace().path))
    found: Draft | None = st.session_state.get(DRAFT)
    return found


def refused() -> Refused | None:
    """The files of this session where they were refused and a person can say what they hold."""
    found: Refused | None = st.session_state.get(REFUSED)
    return found


def revise(session: Session, act: Callable[[Desk], Draft | Refused]) -> None:
    """Change the draft (answers, columns, a newer base) and draw the page again."""
    _attempt(session, act)
    st.rerun()


def _attempt(session: Session, act: Callable[[Desk], Draft | Refused]) -> None:
    """A refusal keeps the draft before it, if there was one, and is told as one sentence."""
    st.session_state.pop(PROBLEM, None)
    try:
        with steps(session.look) as tell:
            found = act(_desk(session, tell))
        for key in (DRAFT, REFUSED):
            st.session_state.pop(key, None)
        if isinstance(found, Refused):
            st.session_state[REFUSED] = found
            st.session_state[PROBLEM] = found.error
        else:
            st.session_state[DRAFT] = found
    except TierboardError as error:
        st.session_state[PROBLEM] = error.with_traceback(None)  # its frames hold the rows
    except Exception as error:
        st.session_state[PROBLEM] = TierboardError("ui.error.code", code=problems.note(error))


def problem(language: Language) -> str | None:
    """Why the last attempt was refused, in the language now chosen, ready for markdown."""
    error: TierboardError | None = st.session_state.get(PROBLEM)
    if error is None:
        return None
    file = f"{plain(error.facts['file'])} · " if "file" in error.facts else ""
    return file + problems.tell(error, language)


def publish(session: Session, found: Draft, scheme: Scheme) -> None:
    """Publish the draft, count who changed tier, read the new version from now on. A conflict keeps the draft."""
    moved: int | None = None
    try:
        with steps(session.look) as tell:
            version = _desk(session, tell).publish(found, AUTHOR, now())
            if found.base is not None:
                tell("in.step.tiers")
                moved = _count_if_possible(session, found.base, version, scheme)
    except TierboardError as error:
        st.session_state[PROBLEM] = error.with_traceback(None)  # its frames hold the rows
        st.rerun()
    switch_version(version.number)
    put_away()
    st.session_state[DONE] = (version.number, moved)
    st.rerun()


def _count_if_possible(session: Session, before: Version, after: Version, scheme: Scheme) -> int | None:
    """`count_moved`; what is published is not said to have failed because something cannot be counted."""
    try:
        return count_moved(session, before, after, scheme)
    except Exception as error:
        problems.note(error)
        return None


def count_moved(session: Session, before: Version, after: Version, scheme: Scheme) -> int:
    """Customers of both versions whose tier differs, each version on its own last day: the tier that holds, so that
    nobody set by hand is said to move."""
    first, second = (_tiers(session, version, scheme) for version in (before, after))
    both = first.index.intersection(second.index)
    return int((first.loc[both] != second.loc[both]).sum())


def _tiers(session: Session, version: Version, scheme: Scheme) -> pd.Series:
    book = open_book(str(session.store_path), version.number)
    as_of = book.data_through_on or version.published_at.date()
    base = prepare_once(book, str(session.store_path.resolve()), scheme, as_of)
    return tiers_that_hold(base.now, scheme, held_now(session, base.now))


def undo(session: Session, number: int) -> None:
    """Publish the content before `number` as the next version. TierboardError is told; nothing else changes."""
    try:
        version = open_store(str(session.store_path)).undo(number, AUTHOR, now())
    except TierboardError as error:
        st.session_state[PROBLEM] = error.with_traceback(None)  # its frames hold the rows
        return
    switch_version(version.number)
    put_away()
    st.session_state[DONE] = (version.number, None, number)


def done() -> tuple[Any, ...] | None:
    """(number, moved) after a publish, (number, None, undone number) after an undo."""
    told: tuple[Any, ...] | None = st.session_state.get(DONE)
    return told
