"""The list of who is who as a person changes it: merged, taken back, and every change in the journal.

What holds is the list of the version served, so that an undone version takes its list along; the journal says who
said what and when.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from segmentation.errors import StoreError
from segmentation.identities import Alias, Who, with_alias, with_apart
from segmentation.intake.columns import identifier
from segmentation.journal import Journal
from segmentation.store import Store, Version

KIND = "alias"


def merge(store: Store, journal: Journal, alias: Alias, author: str, at: datetime) -> Version:
    """Publish a version in which a written form means another customer or seller; no row is changed.

    SettingError as `identities.with_alias`; StoreError e.store.empty; ConflictError as `Store.publish`.
    """
    base = _served(store)
    tidy = Alias(alias.who, _tidied(alias.who, alias.written), _tidied(alias.who, alias.meant))
    return _publish(store, journal, base, with_alias(base.aliases, tidy), (author, at))


def take_back(store: Store, journal: Journal, alias: Alias, author: str, at: datetime) -> Version:
    """Publish a version in which the written form means itself again; SettingError e.alias.unknown, else as `merge`."""
    base, written = _served(store), _tidied(alias.who, alias.written)
    return _publish(store, journal, base, with_apart(base.aliases, alias.who, written), (author, at))


def undo(store: Store, journal: Journal, base: int, author: str, at: datetime) -> Version:
    """`Store.undo`; the names the version before had apart or together are noted too."""
    before = store.version(base)
    version = store.undo(base, author, at)
    note_aliases(journal, before.aliases, version.aliases, author, at)
    return version


def note_aliases(
    journal: Journal, before: Sequence[Alias], after: Sequence[Alias], author: str, at: datetime
) -> None:
    """One event for each written form that means somebody else than before; `meant` null = itself."""
    old, new = ({(one.who, one.written): one for one in told} for told in (before, after))
    for key in sorted(old.keys() | new.keys()):
        was, now = (_meant(told.get(key)) for told in (old, new))
        if was != now:
            journal.record(KIND, key[1], {"who": key[0], "meant": now}, author, at)


def _meant(alias: Alias | None) -> str | None:
    return None if alias is None or alias.is_apart else alias.meant


def _served(store: Store) -> Version:
    version = store.current()
    if version is None:
        raise StoreError("e.store.empty")
    return version


def _publish(
    store: Store, journal: Journal, base: Version, aliases: tuple[Alias, ...], said: tuple[str, datetime]
) -> Version:
    version = store.set_aliases(aliases, base.number, *said)
    note_aliases(journal, base.aliases, version.aliases, *said)
    return version


def _tidied(who: Who, text: str) -> str:
    """As rows have it: ids are read in one width, sellers as they are written."""
    return identifier(text) if who == "customer" else text.strip()
