"""On whom the ways differ, largest sales first, and how far each pair of them agrees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from segmentation.agreement import Agreement, Disagreements, compare_ways, list_disagreements, place_all
from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT, Language
from segmentation.rosters import texts_at
from segmentation.ui.blocks import empty, title, verdict
from segmentation.ui.downloads import offer_csv
from segmentation.ui.scoreboard_data import Asked
from segmentation.ui.scoreboard_panels import ROW_PIXELS
from segmentation.validation.contenders import BASELINE, Contender
from segmentation.validation.present import Present
from segmentation.validation.telling import name_of
from segmentation.validation.trials import UNPLACED

SHOWN_ROWS, SEEN_ROWS = 200, 10
LETTERS = ("A", "B", "C")
AGREED = {"ways": 280, "same": 80, "kappa": 130}


def show_disagreements(asked: Asked, present: Present) -> None:
    """Customers in the best tier by one way and the worst by another, and the list to take away."""
    look, names = asked.session.look, way_names(asked, asked.session.language)
    places = place_all(present.distinct)
    found = list_disagreements(places, present.revenue)
    title(look.say("board.differ"), look.say("board.differ.unit", date=asked.session.list_date))
    if len(places) < 2 or not found.rows.size:
        empty(look.say("board.differ.none"))
        return
    best, worst = (look.language.tier(LETTERS[place]) for place in (0, found.spread))
    code = "board.differ.told" if found.spread > 1 else "board.differ.near"
    verdict([look.say(code, n=int(found.rows.size), best=best, worst=worst, same=found.counts[0])])
    frame = list_rows(present, found, names, look.language, SHOWN_ROWS)
    shown = frame[["customer_id", "name", "revenue"]].assign(
        high=_ways(found, names, look, is_best=True), low=_ways(found, names, look, is_best=False)
    )
    st.dataframe(
        shown,
        column_config=_labels(look),
        hide_index=True,
        row_height=ROW_PIXELS,
        height=ROW_PIXELS * (min(len(shown), SEEN_ROWS) + 1) + 4,
        key="board.differ",
    )
    label = look.say("board.differ.download")
    stem = f"{look.say('board.differ.file')}_{asked.session.list_date:%Y-%m-%d}"
    offer_csv(
        label, lambda: _named(list_rows(present, found, names, look.language), names, look), stem, "board_csv"
    )


def show_agreement(asked: Asked, present: Present) -> None:
    """Every pair of ways: the share in the same tier, and kappa with its range."""
    look, names = asked.session.look, way_names(asked, asked.session.language)
    title(look.say("board.agree"), look.say("board.agree.unit"), look.say("board.agree.meaning"))
    found = compare_ways(place_all(present.distinct), *asked.key[:2])
    if not found:
        empty(look.say("board.differ.none"))
        return
    frame = pd.DataFrame([agreement_row(told, names, look) for told in sorted(found, key=_least_alike)])
    labels: dict[str, Any] = {
        name: st.column_config.NumberColumn(look.say(f"board.agree.{name}"), format="localized")
        if name == "customers"
        else st.column_config.TextColumn(look.say(f"board.agree.{name}"), width=AGREED[name])
        for name in frame.columns
    }
    st.dataframe(
        frame,
        column_config=labels,
        hide_index=True,
        row_height=ROW_PIXELS,
        height=ROW_PIXELS * (min(len(frame), SEEN_ROWS) + 1) + 4,
        key="board.agree",
    )


def _least_alike(told: Agreement) -> tuple[float, str, str]:
    return (told.kappa.value if told.kappa.is_known else 2.0, told.first, told.second)


def agreement_row(told: Agreement, names: Mapping[str, str], look: Look) -> dict[str, Any]:
    """A pair as texts; kappa with two decimals."""
    kappa = ABSENT
    if told.kappa.is_known:
        value, low, high = (f"{end:.2f}" for end in (told.kappa.value, told.kappa.low, told.kappa.high))
        kappa = look.say("board.ranged", value=value, range=f"{low}–{high}").replace("-", "−")
    return {
        "ways": look.say("board.agree.pair", first=names[told.first], second=names[told.second]),
        "same": look.language.percent(told.same_share),
        "kappa": kappa,
        "customers": told.customer_count,
    }


def way_names(asked: Asked, language: Language) -> dict[str, str]:
    """Every way by its key."""
    simple = Contender(BASELINE, "baseline", BASELINE, asked.scheme)
    return {each.key: name_of(each, language) for each in (*asked.contenders, simple)}


def list_rows(
    present: Present,
    found: Disagreements,
    names: Mapping[str, str],
    language: Language,
    most: int | None = None,
) -> pd.DataFrame:
    """customer_id, name, revenue (currency, 12 months), and the tier by every way, by its key."""
    rows = found.rows[:most]
    frame = pd.DataFrame(
        {
            "customer_id": texts_at(present.customers, rows),
            "name": texts_at(present.names, rows),
            "revenue": present.revenue[rows].round(2),
        }
    )
    lanes = [*LETTERS, ""]
    for key, places in found.places.items():
        frame[key] = [
            language.tier(lanes[place]) if place < UNPLACED else ABSENT for place in places[:most].tolist()
        ]
    return frame


def _ways(found: Disagreements, names: Mapping[str, str], look: Look, *, is_best: bool) -> list[str]:
    """The best (or the worst) tier of every customer and the ways that say so."""
    told = []
    for row in range(min(found.rows.size, SHOWN_ROWS)):
        own = {key: int(places[row]) for key, places in found.places.items() if places[row] < UNPLACED}
        tier = min(own.values()) if is_best else max(own.values())
        ways = look.say("board.and.short").join(names[key] for key, place in own.items() if place == tier)
        told.append(look.say("board.differ.ways", tier=look.language.tier(LETTERS[tier]), ways=ways))
    return told


def _labels(look: Look) -> dict[str, Any]:
    return {
        "customer_id": st.column_config.TextColumn(look.say("board.differ.customer_id"), width=86),
        "name": st.column_config.TextColumn(look.say("board.differ.name"), width=150),
        "revenue": st.column_config.NumberColumn(
            look.say("board.differ.revenue"), format="localized", width=110
        ),
        "high": st.column_config.TextColumn(look.say("board.differ.high")),
        "low": st.column_config.TextColumn(look.say("board.differ.low")),
    }


def _named(frame: pd.DataFrame, names: Mapping[str, str], look: Look) -> pd.DataFrame:
    own = {name: look.say(f"board.differ.{name}") for name in ("customer_id", "name", "revenue")}
    return frame.rename(columns=own | dict(names))
