"""The list of who is who as a person changes it: merged, taken back, and every change in the journal.

What holds is the list of the version served, so that an undone version takes its list along; the store tells the
journal who said what and when.
"""

from __future__ import annotations

from datetime import datetime

from segmentation.errors import StoreError
from segmentation.identities import FROM_NOW, Alias, Who, dated, with_alias, with_apart
from segmentation.intake.columns import identifier
from segmentation.store import Store, Version


def merge(store: Store, alias: Alias, author: str, at: datetime) -> Version:
    """Publish a version in which a written form means another customer or seller; no row is changed.

    SettingError as `identities.with_alias`; StoreError e.store.empty; ConflictError as `Store.publish`.
    """
    base = _served(store)
    tidy = Alias(alias.who, _tidied(alias.who, alias.written), _tidied(alias.who, alias.meant))
    return store.set_aliases(with_alias(base.aliases, tidy), base.number, author, at)


def mark_stopped(store: Store, customer_id: str, author: str, at: datetime) -> Version:
    """Publish a version in which a customer has stopped as of its last date; errors as `merge`."""
    base = _served(store)
    mark = Alias("stopped", identifier(customer_id), FROM_NOW)
    listed = dated(with_alias(base.aliases, mark), base.data_through_on or at.date())
    return store.set_aliases(listed, base.number, author, at)


def take_back(store: Store, alias: Alias, author: str, at: datetime) -> Version:
    """Publish a version in which the written form means itself again; SettingError e.alias.unknown, else as `merge`."""
    base, written = _served(store), _tidied(alias.who, alias.written)
    return store.set_aliases(with_apart(base.aliases, alias.who, written), base.number, author, at)


def _served(store: Store) -> Version:
    version = store.current()
    if version is None:
        raise StoreError("e.store.empty")
    return version


def _tidied(who: Who, text: str) -> str:
    """As rows have it: ids are read in one width, sellers as they are written."""
    return text.strip() if who == "seller" else identifier(text)
