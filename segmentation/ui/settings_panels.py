"""The blocks of the settings page: what only changes the view, what belongs to the data, what belongs to the scheme."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from babel.dates import get_month_names

from segmentation.allocation.capacity import count_staff
from segmentation.errors import TierboardError
from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT, LANGUAGES, NATIVE_NAMES
from segmentation.schemes import Scheme
from segmentation.settings import TAX_BASES, Calendar, TaxBasis
from segmentation.ui import drafts, problems
from segmentation.ui.blocks import grey, title
from segmentation.ui.escape import plain
from segmentation.ui.session import AUTHOR, LANGUAGE_KEY, Session, now, open_store, switch_version
from segmentation.ui.tier_names import FEWEST, MOST, PRESETS, more_names, preset_names, rename

BROWSER, OWN = "browser", "own"
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "KRW", "INR", "SGD", "AUD", "CAD", "CHF")
UNITS = {"en": ("auto", "1", "1000", "1000000"), "zh": ("auto", "1", "1000", "10000", "1000000")}
EXAMPLE_AMOUNT = 12_345_678.0
NAME_PIXELS, HOURS_PIXELS = 138, 214
COUNT_KEY, SAVED_KEY = "set.count", "set.saved"
# Names that must not reach a customer: a forwarded screenshot loses the customer (glossary).
CAREFUL = "potential"


def _key(name: str, look: Look) -> str:
    """A selection keeps the labels it was first drawn with: each language has its own."""
    return f"set.{name}.{look.language.code}"


def ask_view(session: Session) -> None:
    """Language of the workspace and unit of money; both act at once and change nothing but the display."""
    look, settings = session.look, session.journal.settings()
    title(look.say("set.view"), look.say("set.view.unit"))
    names = {BROWSER: look.say("set.language.browser")} | {code: NATIVE_NAMES[code] for code in LANGUAGES}
    kept = settings.get("language")
    st.segmented_control(
        look.say("set.language"), list(names), default=kept if kept in LANGUAGES else BROWSER, required=True,
        format_func=names.__getitem__, key="set.language", on_change=_keep_language, args=(session,),
    )  # fmt: skip
    units = {unit: look.say(f"set.unit.{unit}") for unit in UNITS[look.language.code]}
    unit = settings.get("money_unit", "auto")
    st.selectbox(
        look.say("set.unit"), list(units), list(units).index(unit if unit in units else "auto"),
        format_func=units.__getitem__, key=_key("unit", look), on_change=_keep_unit, args=(session,),
    )  # fmt: skip
    grey(look.say("set.unit.example", amount=look.money(EXAMPLE_AMOUNT)))


def _keep_language(session: Session) -> None:
    code = st.session_state["set.language"]
    chosen = code if code in LANGUAGES else None
    session.journal.change_setting("language", chosen, AUTHOR, now())
    if chosen is not None:
        st.session_state[LANGUAGE_KEY] = chosen


def _keep_unit(session: Session) -> None:
    unit = st.session_state[_key("unit", session.look)]
    if unit in UNITS[session.look.language.code]:
        session.journal.change_setting("money_unit", unit, AUTHOR, now())


def ask_calendar(session: Session) -> None:
    """Currency, time zone and fiscal year: they belong to the data, so saving makes the next data version."""
    look, held = session.look, session.book.calendar
    title(look.say("set.data"), look.say("set.data.unit"))
    if session.is_sample:
        grey(look.say("set.data.sample"))
    currencies = list(dict.fromkeys([*([held.currency] if held.currency else []), *CURRENCIES]))
    zones = sorted({held.time_zone, "UTC", *zoneinfo.available_timezones()})
    months = dict(get_month_names("wide", "stand-alone", look.language.locale))
    with st.form("set.calendar", border=False):
        currency = st.selectbox(
            look.say("set.currency"), currencies, 0 if held.currency else None, accept_new_options=True,
            help=look.say("set.currency.help"), key="set.currency", disabled=session.is_sample, placeholder="–",
        )  # fmt: skip
        zone = st.selectbox(
            look.say("set.zone"), zones, zones.index(held.time_zone), help=look.say("set.zone.help"),
            key="set.zone", disabled=session.is_sample,
        )  # fmt: skip
        fiscal = st.selectbox(
            look.say("set.fiscal"), list(months), held.fiscal_month - 1, format_func=months.__getitem__,
            key=_key("fiscal", look), disabled=session.is_sample,
        )  # fmt: skip
        basis = st.selectbox(
            look.say("set.tax"), TAX_BASES, TAX_BASES.index(held.tax_basis), key=_key("tax", look),
            format_func=lambda told: _basis(told, look), disabled=session.is_sample,
        )  # fmt: skip
        pressed = st.form_submit_button(look.say("set.data.save"), disabled=session.is_sample)
    if pressed:
        chosen = str(currency or "").strip().upper(), str(zone), int(fiscal or 1), basis or ""
        _publish_calendar(session, chosen)


def is_currency_code(text: str) -> bool:
    """Three Latin letters, as ISO 4217 has them; whether such a currency exists is not asked."""
    return len(text) == 3 and text.isascii() and text.isalpha()


def _publish_calendar(session: Session, chosen: tuple[str, str, int, TaxBasis]) -> None:
    currency = chosen[0]
    with problems.shown(session.language):
        if currency and not is_currency_code(currency):
            st.markdown(f":red[{session.look.say('set.currency.wrong', currency=plain(currency))}]")
            return
        store, held = open_store(str(session.store_path)), session.book.calendar
        calendar = Calendar(*chosen)
        if calendar == held:
            st.markdown(f":gray[:small[{session.look.say('set.data.same')}]]")
            return
        version = store.set_calendar(calendar, session.book.version.number, AUTHOR, now())
        switch_version(version.number)
        changed = _changes(held, calendar, session.look)
        st.session_state[SAVED_KEY] = session.look.say(
            "set.data.saved", number=version.number, changed=changed
        )
        st.rerun()


def _basis(told: str, look: Look) -> str:
    return look.say(f"set.tax.{told or 'none'}")


def _changes(before: Calendar, after: Calendar, look: Look) -> str:
    """What a save changed, each with its value before and after."""
    months = get_month_names("wide", "stand-alone", look.language.locale)
    pairs = {
        "set.currency": (before.currency or ABSENT, after.currency or ABSENT),
        "set.zone": (before.time_zone, after.time_zone),
        "set.fiscal": (months[before.fiscal_month], months[after.fiscal_month]),
        "set.tax": (_basis(before.tax_basis, look), _basis(after.tax_basis, look)),
    }
    told = [f"{look.say(name)} {old} → {new}" for name, (old, new) in pairs.items() if old != new]
    return plain(look.say("list.separator").join(told), 200)


def ask_hours(session: Session, scheme: Scheme) -> dict[str, Any]:
    """Working hours and the share that reaches customers, and what they come to for the sellers of these data."""
    look = session.look
    title(look.say("set.hours"), look.say("set.hours.unit"))
    with st.container(horizontal=True):
        hours = st.number_input(
            look.say("set.working"), 1.0, 744.0, float(scheme.working_hours_per_month), 1.0,
            help=look.say("set.working.help"), key="set.working", format="%g", width=HOURS_PIXELS,
        )  # fmt: skip
        share = st.number_input(
            look.say("set.selling"), 0, 100, round(scheme.selling_share * 100), 5,
            help=look.say("set.selling.help"), key="set.selling", width=HOURS_PIXELS,
        )  # fmt: skip
    for sentence in _available(session, float(hours), share / 100):
        grey(sentence)
    return {"working_hours_per_month": float(hours), "selling_share": share / 100}


def _available(session: Session, hours: float, share: float) -> list[str]:
    """How the hours for customers come about: whose own hours are in the data, and the product."""
    look, number = session.look, session.look.language.number
    staff = count_staff(session.book, session.list_date, hours)
    if staff.source == "none":
        return [look.say("set.available", hours=number(hours * share, 1))]
    own = staff.sellers - staff.assumed_sellers
    in_file = "set.staff.file" if own else "set.staff.none"
    source = "set.staff.seen" if staff.source == "observed" else in_file
    return [
        look.say(source, n=staff.sellers, own=own),
        look.say(
            "set.staff.hours", working=number(staff.working_hours, 0), share=look.language.percent(share),
            hours=number(staff.working_hours * share, 0),
        ),
    ]  # fmt: skip


def ask_minutes(scheme: Scheme, look: Look) -> dict[str, float]:
    """Minutes per kind of contact, changed in place."""
    title(look.say("set.minutes"), look.say("set.minutes.unit"))
    kinds = list(scheme.minutes)
    frame = pd.DataFrame(
        {
            "kind": [look.say(f"touch.{kind}") for kind in kinds],
            "minutes": [float(scheme.minutes[k]) for k in kinds],
        }
    )
    edited = st.data_editor(
        frame,
        hide_index=True,
        disabled=["kind"],
        row_height=30,
        height="content",
        width="stretch",
        key="set.minutes",
        column_config={
            "kind": st.column_config.TextColumn(look.say("set.kind")),
            "minutes": st.column_config.NumberColumn(
                look.say("set.minutes.column"), min_value=0.0, max_value=1440.0, required=True
            ),
        },
    )
    # Limits of the table live in the browser only: hold them here too.
    return {
        kind: min(max(float(value), 0.0), 1440.0) if not pd.isna(value) else scheme.minutes[kind]
        for kind, value in zip(kinds, edited["minutes"], strict=True)
    }


def ask_tiers(scheme: Scheme, look: Look) -> tuple[str, ...]:
    """How many tiers, and what they are called; a preset fills the names in."""
    title(look.say("set.tiers"), look.say("set.tiers.unit"))
    names = {preset: preset_names(preset, look.language) for preset in PRESETS}
    texts = {OWN: look.say("set.preset.own")} | {
        preset: look.say(f"set.preset.{preset}") for preset in PRESETS
    }
    held = next((preset for preset, known in names.items() if known == scheme.policy.names), OWN)
    preset = st.selectbox(
        look.say("set.preset"), list(texts), list(texts).index(held), format_func=texts.__getitem__,
        key=_key("preset", look), on_change=_take_preset, args=(_key("preset", look), names),
    )  # fmt: skip
    if preset == CAREFUL:
        grey(look.say("set.names.careful"))
    count = st.segmented_control(
        look.say("set.count"), list(range(FEWEST, MOST + 1)), default=len(scheme.policy.names), required=True,
        key=COUNT_KEY, on_change=_name_preset, args=(scheme, look),
    )  # fmt: skip
    wanted = more_names(scheme.policy.names, int(count or len(scheme.policy.names)))
    with st.container(horizontal=True):
        return tuple(_ask_name(place, name, scheme, look) for place, name in enumerate(wanted))


def _ask_name(place: int, name: str, scheme: Scheme, look: Look) -> str:
    typed = st.text_input(
        look.say("set.name", place=place + 1), name, max_chars=40, key=f"set.name.{place}", width=NAME_PIXELS,
        on_change=_name_preset, args=(scheme, look),
    )  # fmt: skip
    # A comma parts names in a link.
    return " ".join(str(typed).replace(",", " ").replace("，", " ").split())


def _name_preset(scheme: Scheme, look: Look) -> None:
    """The preset box says what the names are now: a known set, or own names."""
    count = int(st.session_state.get(COUNT_KEY) or len(scheme.policy.names))
    wanted = more_names(scheme.policy.names, count)
    names = tuple(
        str(st.session_state.get(f"set.name.{place}", name)).strip() for place, name in enumerate(wanted)
    )
    known = (preset for preset in PRESETS if preset_names(preset, look.language) == names)
    st.session_state[_key("preset", look)] = next(known, OWN)


def _take_preset(key: str, names: Mapping[str, Sequence[str]]) -> None:
    chosen = names.get(st.session_state[key])
    if chosen:
        st.session_state[COUNT_KEY] = len(chosen)
        for place, name in enumerate(chosen):
            st.session_state[f"set.name.{place}"] = name


def offer_save(session: Session, scheme: Scheme, hours: dict[str, Any], names: Sequence[str]) -> None:
    """One button that keeps hours, minutes and names as a draft of the scheme; refused names say why."""
    look = session.look
    try:
        wanted = scheme.changed(policy=rename(scheme.policy, names), **hours)
    except TierboardError as error:
        st.markdown(f":red[{problems.tell(error, look.language)}]")
        return
    if session.is_sample:
        grey(look.say("ui.scheme.sample"))
    else:
        grey(look.say("set.draft"))
    is_same = wanted.changed(minutes=dict(wanted.minutes)) == scheme.changed(minutes=dict(scheme.minutes))
    st.button(
        look.say("set.apply"), type="primary", key="set.apply", disabled=session.is_sample or is_same,
        on_click=_save, args=(session, wanted),
    )  # fmt: skip


def _save(session: Session, wanted: Scheme) -> None:
    known = session.journal.schemes()
    name = wanted.name if wanted.name in known else session.look.say("ui.scheme.default_name")
    saved = session.journal.save_scheme(wanted.changed(name=name), AUTHOR, now())
    st.session_state[drafts.SCHEME_KEY] = drafts.scheme_key(saved)
    st.session_state["draft"] = st.session_state["adopt_next"] = saved
    st.session_state[SAVED_KEY] = session.look.say("ui.scheme.saved", name=plain(saved.name))


def tell_saved() -> None:
    """What the last act kept, once."""
    told = st.session_state.pop(SAVED_KEY, None)
    if told:
        st.markdown(f":green[**{told}**]")
