"""A customer's tags on its page: the tier's badge, the chips with their sources, one set by hand or taken off."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from segmentation.errors import TierboardError
from segmentation.tags import Registry, Tag, tag_customers
from segmentation.ui import problems, tag_lines
from segmentation.ui.escape import plain
from segmentation.ui.frame import link_to
from segmentation.ui.session import AUTHOR, Session, now


def show_tags(session: Session, customer_id: str, tier: str, names: Sequence[str]) -> None:
    """The tier that holds beside the tags; the sample company has no tags."""
    look = session.look
    registry = tag_lines.registry_now(session)
    bearing = tag_lines.bearing_now(session, session.list_date, registry) if registry.core else None
    borne = () if bearing is None else bearing.tags_of(customer_id)
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", key="profile_tags"):
        tag_lines.draw_tier(tier, names, look, "profile")
        if borne:
            tag_lines.draw_chips(borne, "profile", has_group=True, is_wide=True)
        with st.popover(look.say("tag.profile", n=len(borne))):
            if session.is_sample:
                st.markdown(f":small[{look.say('tag.sample')}]")
            else:
                _draw_sources(session, customer_id, registry, borne)


def _draw_sources(session: Session, customer_id: str, registry: Registry, borne: tuple[Tag, ...]) -> None:
    """Each tag with who set it or by which rule, then those that can be set by hand."""
    look, given = session.look, registry.set_by_hand(session.list_date)
    for tag in borne:
        source = tag_lines.tell_bearer(tag, given[tag.id].get(customer_id), look)
        with st.container(horizontal=True, vertical_alignment="center"):
            tag_lines.draw_chips([tag], f"profile_{tag.id}")
            st.markdown(f":gray[:small[{source}]]", width="content")
            if tag.condition is None:
                _offer(session, customer_id, tag, is_set=False)
    others = [tag for tag in registry.core if tag.condition is None and tag not in borne]
    if others:
        st.markdown(f":small[{look.say('tag.profile.add')}]")
        with st.container(horizontal=True):
            for tag in others:
                _offer(session, customer_id, tag, is_set=True)
    else:
        st.markdown(f":small[{look.say('tag.profile.none')}]")
        st.page_link(link_to("tag_registry"), label=look.say("ui.page.tags"))


def _offer(session: Session, customer_id: str, tag: Tag, *, is_set: bool) -> None:
    look = session.look
    label = f"{tag.group} · {tag.name}" if is_set else look.say("tag.profile.off")
    st.button(
        plain(label, 84), type="secondary" if is_set else "tertiary",
        key=f"tags.{'on' if is_set else 'off'}.{customer_id}.{tag.id}", on_click=_mark,
        args=(session, customer_id, tag, is_set),
    )  # fmt: skip


def _mark(session: Session, customer_id: str, tag: Tag, is_set: bool) -> None:
    """Before anything is drawn again."""
    try:
        tag_customers(
            session.journal,
            tag.id,
            [customer_id],
            is_set=is_set,
            on=session.list_date,
            author=AUTHOR,
            at=now(),
        )
    except TierboardError as error:
        st.toast(problems.tell(error, session.language))
