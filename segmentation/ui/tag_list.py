"""The list of tags: the meter, then by group each tag with its source, use and age, and what can be done to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from segmentation.figures.theme import Look
from segmentation.schemes import Scheme
from segmentation.settings import MOST_STALE_DAYS, Settings
from segmentation.tag_bearers import (
    Bearing,
    Overlap,
    Usage,
    find_overlaps,
    is_dated,
    measure_usage,
    schemes_with,
)
from segmentation.tags import (
    MOST_CHARACTERS,
    MOST_CORE,
    MOST_NOTE_CHARACTERS,
    Act,
    Registry,
    Tag,
    change_tag,
    mark_tag,
)
from segmentation.ui import problems, tag_lines
from segmentation.ui.blocks import grey, title
from segmentation.ui.downloads import offer_csv
from segmentation.ui.escape import plain
from segmentation.ui.session import AUTHOR, Session, now
from segmentation.ui.tag_form import edit_rule

MOST_OVERLAPS = 5
WIDTHS, METER_PIXELS = (24, 50, 22, 5), 320
STALE_SETTING = "stale_tag_days"
SHOWN_COLUMNS = ("customer_id", "name", "tier", "owner")
Listing = Callable[[], pd.DataFrame]


@dataclass(frozen=True)
class _Shown:
    """What every row of the list reads."""

    session: Session
    registry: Registry
    bearing: Bearing
    listing: Listing
    schemes: tuple[Scheme, ...]


def draw_list(session: Session, registry: Registry, bearing: Bearing, listing: Listing) -> None:
    """`listing` gives one row per customer of the bearing (`SHOWN_COLUMNS`); it is asked on a download only."""
    look = session.look
    stale_days = Settings.read(session.journal.settings()).stale_tag_days
    usages = {usage.tag.id: usage for usage in measure_usage(bearing, now().date(), stale_days)}
    saved = session.journal.schemes().values()
    shown = _Shown(session, registry, bearing, listing, tuple(one.scheme for one in saved))
    _draw_meter(len(registry.core), look)
    _tell_overlaps(find_overlaps(bearing), look)
    for place, group in enumerate(registry.groups):
        with st.container(border=True, key=f"tag_group_{place}"):
            title(plain(group))
            for tag in registry.core:
                if tag.group == group:
                    _draw_tag(shown, usages[tag.id])
    with st.container(horizontal=True, vertical_alignment="center"):
        _ask_stale_days(session, stale_days)
        _offer_retired(session, registry)


def _draw_meter(count: int, look: Look) -> None:
    """How many tags are in use against how many people keep apart."""
    facts = {"n": count, "most": MOST_CORE}
    st.progress(min(count / MOST_CORE, 1.0), look.say("tag.meter", **facts), width=METER_PIXELS)
    if count > MOST_CORE:
        st.markdown(f":orange[:small[{look.say('tag.meter.beyond', **facts)}]]")


def _tell_overlaps(pairs: tuple[Overlap, ...], look: Look) -> None:
    for pair in pairs[:MOST_OVERLAPS]:
        first, second = (plain(f"{tag.group} · {tag.name}", 84) for tag in (pair.first, pair.second))
        told = look.say("tag.overlap", first=first, second=second, both=pair.both, either=pair.either)
        st.markdown(f":orange[:small[{told}]]")


def _draw_tag(shown: _Shown, usage: Usage) -> None:
    look, tag = shown.session.look, usage.tag
    named, source, used, acts = st.columns(WIDTHS, vertical_alignment="center")
    with named:
        tag_lines.draw_chips([tag], tag.id)
    with source:
        remarks = _remarks(tag, schemes_with(tag, shown.schemes), look)
        grey(" ".join((tag_lines.tell_source(tag, look), *remarks)))
    with used:
        st.markdown(f":small[{tell_usage(usage, look)}]")
    with (
        acts,
        st.popover(
            "", icon=":material/more_horiz:", type="tertiary", help=look.say("tag.acts", name=plain(tag.name))
        ),
    ):
        _offer_acts(shown, tag)


def _remarks(tag: Tag, schemes: Sequence[str], look: Look) -> list[str]:
    """That a rule reads what has no date; saved schemes that ask the same; the maker's note."""
    told = []
    if tag.condition is not None and not is_dated(tag.condition):
        told.append(look.say("tag.undated"))
    if schemes:
        names = look.say("list.separator").join(map(plain, schemes))
        told.append(look.say("tag.schemes", n=len(schemes), names=names))
    if tag.note:
        told.append(look.say("tag.noted", note=plain(tag.note, MOST_NOTE_CHARACTERS)))
    return told


def tell_usage(usage: Usage, look: Look) -> str:
    """Bearers of all customers, of how many nobody can tell, and whether the tag is still looked after."""
    share = look.language.percent(usage.k / usage.n if usage.n else None)
    told = [look.say("tag.usage", k=usage.k, count=usage.n, share=share)]
    if usage.unknown:
        told.append(f":gray[{look.say('tag.usage.unknown', n=usage.unknown)}]")
    if usage.state != "current":
        words = look.say(f"tag.state.{usage.state}", n=usage.idle_days)
        told.append(f":orange[{words}]")
    return "  \n".join(told)


def _offer_acts(shown: _Shown, tag: Tag) -> None:
    session, look, groups = shown.session, shown.session.look, shown.registry.groups
    grey(look.say("tag.touched", date=tag.touched_at.date()))
    with st.form(f"tags.edit.{tag.id}", border=False):
        key = f"tags.edit.{tag.id}"
        group = st.selectbox(
            look.say("tag.group"), groups, groups.index(tag.group), key=f"{key}.group",
            accept_new_options=True,
        )  # fmt: skip
        name = st.text_input(look.say("tag.name"), tag.name, max_chars=MOST_CHARACTERS, key=f"{key}.name")
        note = st.text_input(
            look.say("tag.note"), tag.note, max_chars=MOST_NOTE_CHARACTERS, key=f"{key}.note"
        )
        is_sent = st.form_submit_button(look.say("tag.save"), key=f"{key}.save")
    if is_sent:
        with problems.shown(session.language):
            change_tag(
                session.journal, tag.id, group=str(group or ""), name=str(name), condition=tag.condition,
                note=str(note), author=AUTHOR, at=now(),
            )  # fmt: skip
            st.rerun()
    with st.container(horizontal=True):
        if tag.condition is not None:
            st.button(look.say("tag.rule.edit"), key=f"{key}.rule", on_click=edit_rule, args=(tag,))
        for act in ("reviewed", "retired"):
            st.button(
                look.say(f"tag.act.{act}"), key=f"{key}.{act}", on_click=_mark, args=(session, tag, act)
            )
    labels = {column: look.say(f"tag.col.{column}") for column in SHOWN_COLUMNS}
    mask = shown.bearing.mask(tag.id)
    offer_csv(
        look.say("tag.bearers"),
        lambda: shown.listing().loc[mask, list(SHOWN_COLUMNS)].rename(columns=labels),
        f"{tag.group}_{tag.name}",
        f"{key}.csv",
    )


def _mark(session: Session, tag: Tag, act: Act) -> None:
    """Before anything is drawn again."""
    with problems.shown(session.language):
        mark_tag(session.journal, tag.id, act, AUTHOR, now())
        st.toast(session.look.say(f"tag.done.{act}", name=plain(tag.name)))


def _ask_stale_days(session: Session, stale_days: int) -> None:
    look = session.look
    with st.popover(look.say("tag.stale", n=stale_days)):
        st.number_input(
            look.say("tag.stale.days"), 1, MOST_STALE_DAYS, stale_days, key="tags.stale",
            on_change=lambda: session.journal.change_setting(
                STALE_SETTING, int(st.session_state["tags.stale"]), AUTHOR, now()
            ),
        )  # fmt: skip
        grey(look.say("tag.stale.help"))


def _offer_retired(session: Session, registry: Registry) -> None:
    """Tags put away, each to be taken out again."""
    look = session.look
    if not registry.retired:
        return
    with st.popover(look.say("tag.retired", n=len(registry.retired))):
        for tag in registry.retired:
            with st.container(horizontal=True, vertical_alignment="center"):
                tag_lines.draw_chips([tag], tag.id, has_group=True)
                label, about = look.say("tag.act.restored"), (session, tag, "restored")
                st.button(label, type="tertiary", key=f"tags.restore.{tag.id}", on_click=_mark, args=about)
