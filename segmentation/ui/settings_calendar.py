"""Settings: currency, time zone, fiscal year and tax basis; they belong to the data and make the next version."""

from __future__ import annotations

import zoneinfo

import streamlit as st
from babel.dates import get_month_names

from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT
from segmentation.settings import TAX_BASES, Calendar, TaxBasis
from segmentation.ui import problems
from segmentation.ui.blocks import grey, title
from segmentation.ui.escape import plain
from segmentation.ui.session import AUTHOR, Session, now, open_store, switch_version
from segmentation.ui.settings_saved import SAVED_KEY, key_of

CURRENCIES = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "KRW", "INR", "SGD", "AUD", "CAD", "CHF")


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
            key=key_of("fiscal", look), disabled=session.is_sample,
        )  # fmt: skip
        basis = st.selectbox(
            look.say("set.tax"), TAX_BASES, TAX_BASES.index(held.tax_basis), key=key_of("tax", look),
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
