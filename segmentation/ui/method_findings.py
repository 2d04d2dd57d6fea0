"""What a method found out on the way, under the lines: what drives a probability, whether a model of orders held."""

from __future__ import annotations

import datetime as dt
from math import isnan
from typing import Any

import pandas as pd
import streamlit as st

from segmentation.clv.holdout import Holdout
from segmentation.drivers import name_drivers, tell_left_out
from segmentation.figures.holdout import draw_holdout
from segmentation.figures.theme import Look
from segmentation.holdouts import HeldOut, hold_out
from segmentation.i18n import ABSENT
from segmentation.methods.ltv import Ltv
from segmentation.methods.propensity import Propensity
from segmentation.methods.propensity_model.learning import Learned
from segmentation.modelled import say_total
from segmentation.standing import Standing
from segmentation.ui.blocks import chart, empty, grey, title, verdict
from segmentation.ui.caches import shared_cache
from segmentation.ui.escape import plain
from segmentation.ui.session import Session

ROW_PIXELS = 30
SHOWN_ROWS = 12
FEWEST_WEEKS = 8
DAYS_OF_WEEK = 7
MOST_WITHOUT_ASKING = 20_000  # customers: two passes over all their orders and a model of more take too long
ASKED_KEY = "holdout_asked"


def draw_findings(session: Session, standing: Standing) -> None:
    """Nothing for methods that learn nothing worth a table."""
    method = getattr(standing.method, "inner", standing.method)  # lines within groups wrap the method itself
    if standing.scored.is_refused:
        return
    if isinstance(method, Propensity):
        show_drivers(standing, session.look)
    elif isinstance(method, Ltv) and method.basis != "historical":
        show_expected(session, standing, method)
        show_holdout(session, standing, method)


def show_drivers(standing: Standing, look: Look) -> None:
    """The fields with their odds and ranges; those not believed, in words."""
    title(look.say("drivers.title"), look.say("drivers.unit"), look.say("drivers.meaning"))
    learned = standing.scored.learned
    if not isinstance(learned, Learned):
        empty(look.say("drivers.frozen"))
        return
    rows = driver_rows(learned, look)
    if rows.empty:
        empty(look.say("drivers.none"))
    else:
        labels: dict[str, Any] = {
            "field": st.column_config.TextColumn(look.say("drivers.field"), width=190),
            "compared": st.column_config.TextColumn(look.say("drivers.compared"), width=240),
            "odds": st.column_config.NumberColumn(look.say("drivers.odds"), format="%.2f", width=80),
            "range": st.column_config.TextColumn(look.say("drivers.range"), width=120),
            "count": st.column_config.TextColumn(look.say("drivers.count"), width=120),
        }
        height = min(len(rows), SHOWN_ROWS) * ROW_PIXELS + 40
        st.dataframe(
            rows, column_config=labels, hide_index=True, row_height=ROW_PIXELS, height=height, key="drivers"
        )
    days = look.language.date(min(learned.days)), look.language.date(max(learned.days))
    facts = {"cases": learned.cases, "wins": learned.wins, "first": days[0], "last": days[1]}
    left_out = (plain(sentence, 300) for sentence in tell_left_out(learned, look.language))
    grey(" ".join([look.say("drivers.basis", **facts), *left_out]))


def driver_rows(learned: Learned, look: Look) -> pd.DataFrame:
    """field, compared, odds, range, count: the driver table in words, without the rows everything is compared with."""
    lines, usual = [], dict[str, str]()
    for told in name_drivers(learned, look.language).to_dict("records"):
        field, level = str(told["field"]), str(told["level"] or look.say("drivers.blank"))
        if told["kind"] == "level" and isnan(told["low"]):
            usual[field] = level
            continue
        ends = (f"{told[end]:.2f}" for end in ("low", "high"))
        number = look.language.number
        lines.append(
            {
                "field": field,
                "compared": _compared(told, level, usual.get(field, ABSENT), look),
                "odds": told["odds_ratio"],
                "range": "–".join(ends),
                "count": f"{number(int(told['k']))}/{number(int(told['count']))}",
            }
        )
    return pd.DataFrame(lines, columns=["field", "compared", "odds", "range", "count"])


def _compared(told: dict[Any, Any], level: str, usual: str, look: Look) -> str:
    kind = str(told["kind"])
    if kind == "number":
        ends = {name: _number(told[f"{name}_value"], look) for name in ("from", "to")}
        return look.say("drivers.number", **ends)
    if kind == "unknown":
        return look.say("drivers.unknown")
    return look.say(f"drivers.{kind}", level=level, usual=usual)


def _number(value: float, look: Look) -> str:
    return look.language.number(float(f"{value:.3g}") if not isnan(value) else value)


def show_expected(session: Session, standing: Standing, method: Ltv) -> None:
    """The expected total with its range; nothing for a large company, whose lists say it customer by customer."""
    if standing.population > MOST_WITHOUT_ASKING:
        return
    look = session.look
    unit = look.say("modelled.unit", n=method.horizon_weeks, date=standing.as_of)
    title(look.say("modelled.title"), unit, look.say("modelled.meaning"))
    told = say_total(standing, look.language, look.money)
    if told is not None:
        verdict([told])


def show_holdout(session: Session, standing: Standing, method: Ltv) -> None:
    """The model of an earlier day against the order days since; of a large company only on request."""
    look = session.look
    weeks = held_weeks(session, standing.as_of, method.horizon_weeks)
    before = standing.as_of - dt.timedelta(weeks=weeks)
    facts = {"before": before, "n": weeks, "date": standing.as_of}
    meaning = look.say(f"holdout.meaning.{method.basis}")
    title(look.say("holdout.title"), look.say("holdout.unit", **facts), meaning)
    if weeks < FEWEST_WEEKS:
        empty(look.say("holdout.short"))
        return
    found = _hold_once(session, standing, weeks, method.basis)
    if found is None:
        return
    if found.holdout is None:
        code, told = found.refusal or ("holdout.short", {})
        empty(look.say(code, **told))
        return
    chart(draw_holdout(found.holdout, look, method.basis), look.say("holdout.alt"), "holdout")
    verdict(tell_holdout(found.holdout, look, method.basis))


def held_weeks(session: Session, as_of: dt.date, horizon_weeks: int) -> int:
    """How long a period is held back: the horizon, at most half of the history."""
    first = session.book.query("history_span")["first_on"].iloc[0]
    if pd.isna(first):
        return 0
    history = (as_of - pd.Timestamp(first).date()).days // DAYS_OF_WEEK
    return min(horizon_weeks, history // 2)


def _hold_once(session: Session, standing: Standing, weeks: int, basis: str) -> HeldOut | None:
    """Kept on (store, data version, list date, weeks, basis); None until a large company is asked for."""
    key = ("held out", session.store_key, standing.data_version, standing.as_of, weeks, basis)
    asked: set[object] = st.session_state.setdefault(ASKED_KEY, set())
    if standing.population > MOST_WITHOUT_ASKING and key not in asked:
        if not st.button(session.look.say("holdout.ask", n=standing.population)):
            return None
        asked.add(key)
    found: HeldOut = shared_cache().get(key, lambda: hold_out(session.book, standing.as_of, weeks, basis))
    return found


def tell_holdout(found: Holdout, look: Look, basis: str) -> list[str]:
    """Modelled and actual order days (or renewals) of all together, and whether the one holds the other."""
    number = look.language.number
    facts = {name: number(round(getattr(found, name))) for name in ("actual", "expected")}
    ends = {"lo": number(round(found.likely_low)), "hi": number(round(found.likely_high))}
    is_inside = found.likely_low <= found.actual <= found.likely_high
    return [
        look.say(f"holdout.told.{basis}", **facts, **ends),
        look.say("holdout.inside" if is_inside else "holdout.outside"),
    ]
