"""A tag set by hand on many customers at once, or taken off: chosen from a pasted list or by filter, seen before it
happens, undone with one click."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import streamlit as st

from segmentation.figures.theme import Look
from segmentation.pasted_customers import find_pasted
from segmentation.standing import Standing
from segmentation.tag_bearers import Bearing
from segmentation.tags import Registry, Tag, tag_customers, undo_tagging
from segmentation.ui import problems
from segmentation.ui.blocks import empty, grey
from segmentation.ui.escape import plain
from segmentation.ui.session import AUTHOR, Session, now
from segmentation.ui.tag_lines import who
from segmentation.ui.tag_list import Listing

MOST_SHOWN, MOST_CHOICES = 20, 500
FILTERS = ("tier", "region", "owner")


def draw_bulk(
    session: Session, registry: Registry, bearing: Bearing, standing: Standing, listing: Listing
) -> None:
    """`listing` as in `tag_list.draw_list`; it is asked where customers are chosen by filter."""
    look = session.look
    manual = {tag.id: tag for tag in registry.core if tag.condition is None}
    if not manual:
        empty(look.say("tag.bulk.none"))
        return
    texts = {tag_id: f"{tag.group} · {tag.name}" for tag_id, tag in manual.items()}
    tag_id = st.selectbox(
        look.say("tag.bulk.tag"), list(manual), format_func=texts.__getitem__, key="tags.bulk.tag", width=420
    )
    tag = manual.get(tag_id, next(iter(manual.values())))
    how = st.radio(
        look.say("tag.bulk.how"), ["paste", "filter"], key=f"tags.bulk.how.{look.language.code}", horizontal=True,
        format_func=lambda code: look.say(f"tag.bulk.{code}"), label_visibility="collapsed",
    )  # fmt: skip
    chosen = _ask_paste(standing, look) if how == "paste" else _ask_filter(standing, listing, look)
    if chosen is not None:
        _preview(session, tag, chosen, bearing)
    _offer_undo(session, registry)


def _ask_paste(standing: Standing, look: Look) -> list[str] | None:
    text = st.text_area(
        look.say("tag.bulk.paste.help"),
        key="tags.bulk.text",
        height=150,
        placeholder=look.say("tag.bulk.paste.example"),
    )
    st.button(look.say("tag.bulk.look"), key="tags.bulk.look")  # the click sends what was typed
    if not text or not text.strip():
        return None
    pasted = find_pasted(text, standing.features["name"])
    for code in ("unknown", "ambiguous"):
        told: tuple[str, ...] = getattr(pasted, code)
        if told:
            listed = look.say("list.separator").join(plain(one) for one in told[:MOST_SHOWN])
            more = "" if len(told) <= MOST_SHOWN else " …"
            st.markdown(f":orange[:small[{look.say(f'tag.bulk.{code}', n=len(told), names=listed + more)}]]")
    if pasted.left_out:
        grey(look.say("tag.bulk.left_out", n=pasted.left_out))
    return list(pasted.customers)


def _ask_filter(standing: Standing, listing: Listing, look: Look) -> list[str] | None:
    """Customers of the chosen tiers, regions and owners; None while nothing is chosen."""
    told = listing().assign(region=standing.features["region"].to_numpy())
    is_in, is_asked = pd.Series(True, told.index), False
    for name, column in zip(FILTERS, st.columns(len(FILTERS)), strict=True):
        options = [str(text) for text in told[name].dropna().value_counts().index[:MOST_CHOICES]]
        if name == "tier":
            options = sorted(options)
        picked = column.multiselect(
            look.say(f"tag.col.{name}"),
            options,
            key=f"tags.bulk.{name}.{look.language.code}",
            placeholder=look.say("tag.bulk.any"),
        )
        if picked:
            is_in, is_asked = is_in & told[name].isin(picked), True
    return [str(customer_id) for customer_id in told.loc[is_in, "customer_id"]] if is_asked else None


def _preview(session: Session, tag: Tag, chosen: Collection[str], bearing: Bearing) -> None:
    """How many were found, how many would change, and the two buttons."""
    look = session.look
    have = len(set(bearing.bearers(tag.id)) & set(chosen))
    missing = len(chosen) - have
    st.markdown(look.say("tag.bulk.found", n=len(chosen), have=have, name=plain(tag.name)))
    with st.container(horizontal=True):
        for is_set, count in ((True, missing), (False, have)):
            code = "set" if is_set else "unset"
            st.button(
                look.say(f"tag.bulk.{code}", n=count), type="primary" if is_set else "secondary", disabled=not count,
                key=f"tags.bulk.{code}", on_click=_apply, args=(session, tag, tuple(chosen), is_set),
            )  # fmt: skip


def _apply(session: Session, tag: Tag, customers: Collection[str], is_set: bool) -> None:
    """Before anything is drawn again."""
    with problems.shown(session.language):
        tag_customers(
            session.journal, tag.id, customers, is_set=is_set, on=session.list_date, author=AUTHOR, at=now()
        )


def _offer_undo(session: Session, registry: Registry) -> None:
    """The last tagging anybody did, to be taken back."""
    if not registry.taggings:
        return
    look, last = session.look, registry.taggings[-1]
    facts = {"n": len(last.customers), "name": plain(registry.get(last.tag_id).name), "date": last.at.date()}
    with st.container(horizontal=True, vertical_alignment="center", key="tags_undo"):
        code = "tag.bulk.last.set" if last.is_set else "tag.bulk.last.unset"
        st.markdown(f":small[{look.say(code, who=who(last.author, look), **facts)}]", width="content")
        label = look.say("tag.bulk.undo")
        st.button(label, type="tertiary", key="tags.undo", on_click=_undo, args=(session, last.number))


def _undo(session: Session, number: int) -> None:
    with problems.shown(session.language):
        undo_tagging(session.journal, number, AUTHOR, now())
