"""Tags on the pages: what the journal says now, who bears what on a date, and how a tag and a tier are drawn.

A tier is a filled badge with the tier's colour at its edge; a tag is an outlined chip.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

import streamlit as st

from segmentation.condition_sentences import say as say_condition
from segmentation.figures.theme import Look
from segmentation.tag_bearers import Bearing, bear
from segmentation.tags import NO_TAGS, Registry, Tag, Tagging, read_registry
from segmentation.ui.caches import recall_of, shared_cache
from segmentation.ui.escape import plain
from segmentation.ui.session import AUTHOR, Session

CHIPS, TIER_BADGE, NO_TIER = "chips", "tier_badge", "none"
SENTENCE_CHARACTERS = 600


def registry_now(session: Session) -> Registry:
    """The tags as the journal has them; the sample company has none."""
    return NO_TAGS if session.is_sample else read_registry(session.journal)


def bearing_now(session: Session, as_of: dt.date, registry: Registry) -> Bearing:
    """Who bears which tag on a date, kept on (store, data version, date, last event about tags)."""
    book, key = session.book, session.store_key
    kept = ("bearing", key, book.version.number, as_of, registry.number)
    bearing: Bearing = shared_cache().get(kept, lambda: bear(book, registry, as_of, recall_of(book, key)))
    return bearing


def bearing_in_run(session: Session, as_of: dt.date) -> Bearing | None:
    """The same as it was when the whole page was drawn, None without tags: a moved line reads no journal."""
    return bearing_now(session, as_of, session.tags) if session.tags.core else None


def chip(tag: Tag, *, has_group: bool = False) -> str:
    """A tag as markdown, its name as letters; outlined inside a container whose key begins with `CHIPS`."""
    text = f"{tag.group} · {tag.name}" if has_group else tag.name
    return f":gray-badge[{plain(text, 84)}]"


def draw_chips(tags: Iterable[Tag], key: str, *, has_group: bool = False, is_wide: bool = False) -> None:
    """Chips in one line, as long as they are or (`is_wide`) over as many lines as the room beside others takes."""
    width: Literal["stretch", "content"] = "stretch" if is_wide else "content"
    with st.container(key=f"{CHIPS}_{key}", width=width):
        st.markdown(" ".join(chip(tag, has_group=has_group) for tag in tags), width=width)


def draw_tier(tier: str, names: Sequence[str], look: Look, key: str) -> None:
    """A tier as its badge."""
    rank = str(names.index(tier)) if tier in names else NO_TIER
    with st.container(key=f"{TIER_BADGE}_{rank}_{key}", width="content"):
        st.markdown(f":gray-badge[{plain(look.language.tier(tier), 24)}]", width="content")


def who(author: str, look: Look) -> str:
    return look.say("tag.you") if author == AUTHOR else plain(author)


def tell_source(tag: Tag, look: Look) -> str:
    """Where a tag comes from: made by whom and when, or the rule that sets it and since when."""
    if tag.condition is None:
        return look.say("tag.source.manual", who=who(tag.author, look), date=tag.made_at.date())
    rule = plain(say_condition(tag.condition, look.language), SENTENCE_CHARACTERS)
    return look.say("tag.source.automatic", rule=rule, who=who(tag.author, look), date=tag.rule_at.date())


def tell_bearer(tag: Tag, given: Tagging | None, look: Look) -> str:
    """Why one customer bears a tag: who set it and since when, or by which rule."""
    if given is not None:
        return look.say("tag.given", who=who(given.author, look), date=given.on)
    return tell_source(tag, look)
