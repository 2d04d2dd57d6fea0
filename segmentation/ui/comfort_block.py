"""How firmly customers stand in their tiers: who is near a line, what hangs on them, and a buffer against the noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from segmentation.comfort import Band, Edge, choose_band, find_edge, try_bands
from segmentation.figures.theme import Look
from segmentation.replays import FEWEST_CHANGES, Replay
from segmentation.rosters import place_points, points_of, texts_at
from segmentation.schemes import to_toml
from segmentation.tuning import Base, Evaluation
from segmentation.ui.blocks import empty, grey, title, verdict
from segmentation.ui.caches import shared_cache
from segmentation.ui.downloads import offer_csv
from segmentation.ui.outcome_panels import ROW_PIXELS
from segmentation.ui.profile_months import replay_once
from segmentation.ui.session import Session

SHOWN_ROWS = 50
SHOWN_WIDTHS = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0)


def show_comfort(session: Session, base: Base, evaluation: Evaluation) -> None:
    """At the list date, under the rule on the screen; of a large company only on request."""
    look = session.look
    title(
        look.say("comfort.title"),
        look.say("comfort.unit", date=evaluation.as_of),
        look.say("comfort.meaning"),
    )
    found = replay_once(session, base.now, evaluation.scheme)
    if found is None:
        return
    edge, bands = _find_once(session, base, evaluation, found)
    if not edge.is_known:
        empty(look.say("comfort.few", n=edge.change_count, least=FEWEST_CHANGES))
        return
    verdict([tell_edge(edge, look)], caveat=look.say("comfort.basis", n=edge.change_count))
    with st.container(key="pair_comfort"):
        left, right = st.columns([62, 38], gap="large")
    with left:
        _show_customers(base, evaluation, edge, look)
    with right:
        _show_bands(bands, look)


def _find_once(
    session: Session, base: Base, evaluation: Evaluation, found: Replay
) -> tuple[Edge, tuple[Band, ...]]:
    """Kept on (store, data version, scheme, list date)."""
    revenue = base.now.features["amount"].to_numpy(dtype=float)
    toml = to_toml(evaluation.scheme)
    key = ("comfort", session.store_key, evaluation.data_version, toml, evaluation.as_of)
    told: tuple[Edge, tuple[Band, ...]] = shared_cache().get(
        key, lambda: (find_edge(found, evaluation.cuts, revenue), try_bands(found, evaluation.cuts))
    )
    return told


def tell_edge(edge: Edge, look: Look) -> str:
    """How many are near a line and what share of sales hangs on it."""
    facts = {"n": int(edge.rows.size), "share": look.language.percent(edge.share), "all": edge.rated_count}
    if not edge.rows.size:
        return look.say("comfort.firm", n=edge.rated_count)
    if edge.revenue_share is None:
        return look.say("comfort.edge", **facts)
    value = look.language.percent(edge.revenue_share)
    return look.say("comfort.edge.sales", **facts, revenue=look.money(edge.revenue), value=value)


def _show_customers(base: Base, evaluation: Evaluation, edge: Edge, look: Look) -> None:
    """Those with the largest sales; all of them in the file."""
    title(look.say("comfort.customers"), look.say("comfort.customers.unit"))
    if not edge.rows.size:
        empty(look.say("comfort.nobody"))
        return
    frame = list_edge(base, evaluation, edge, look, SHOWN_ROWS)
    shown = round_shown(frame)
    percent = "%.0f%%"
    labels: dict[str, Any] = {
        "customer_id": None,
        "name": st.column_config.TextColumn(look.say("comfort.name"), width=152),
        "tier": st.column_config.TextColumn(look.say("out.by.tier"), width=58),
        "score": st.column_config.NumberColumn(look.say("comfort.score"), format="%.1f", width=58),
        "own": st.column_config.NumberColumn(look.say("comfort.own"), format=percent, width=62),
        "next": st.column_config.TextColumn(look.say("comfort.next"), width=62),
        "next_share": st.column_config.NumberColumn(look.say("comfort.next_share"), format=percent, width=62),
        "revenue": st.column_config.NumberColumn(look.say("comfort.revenue"), format="localized", width=84),
    }
    height = min(len(frame), 10) * ROW_PIXELS + 40
    st.dataframe(
        shown,
        column_config=labels,
        hide_index=True,
        row_height=ROW_PIXELS,
        height=height,
        key="comfort.customers",
    )
    offer_csv(
        look.say("comfort.download", n=int(edge.rows.size)),
        lambda: list_edge(base, evaluation, edge, look).rename(
            columns={name: look.say(f"comfort.file.{name}") for name in frame.columns}
        ),
        f"near_a_line_{evaluation.as_of:%Y-%m-%d}",
        "comfort_csv",
    )


def round_shown(frame: pd.DataFrame) -> pd.DataFrame:
    """Shares in percent and sales as the table shows them: a browser rounds halves up, every sentence to even."""
    percents = {name: (100 * frame[name]).round() for name in ("own", "next_share")}
    return frame.assign(**percents, revenue=frame["revenue"].round())


def list_edge(
    base: Base, evaluation: Evaluation, edge: Edge, look: Look, most: int | None = None
) -> pd.DataFrame:
    """customer_id, name, tier, score, chance of that tier and of the likeliest other one (shares 0–1), revenue; the
    `most` with the largest revenue."""
    features, names = base.now.features, evaluation.names
    revenue = features["amount"].to_numpy(float)
    rows = edge.rows[np.argsort(-revenue[edge.rows], kind="stable")][:most]
    chances = edge.chances[rows]
    points = points_of(base.now)
    own = place_points(points[rows], evaluation.cuts).astype(np.int64)
    lines = np.arange(rows.size)
    others = chances.copy()
    others[lines, own] = -1.0
    following = others.argmax(axis=1)
    words = [look.language.tier(name) for name in names]
    names_shown = texts_at(features["name"], rows)
    ids = texts_at(features.index, rows)
    return pd.DataFrame(
        {
            "customer_id": ids,
            "name": [key if pd.isna(name) else name for name, key in zip(names_shown, ids, strict=True)],
            "tier": [words[place] for place in own],
            "score": points[rows],
            "own": chances[lines, own],
            "next": [words[place] for place in following],
            "next_share": chances[lines, following],
            "revenue": revenue[rows],
        }
    )


def _show_bands(bands: tuple[Band, ...], look: Look) -> None:
    """Moves over the replayed month ends under buffers of several widths, and the one proposed."""
    title(look.say("comfort.band"), "", look.say("comfort.band.meaning"))
    chosen = choose_band(bands)
    kept = [band for band in bands if band.width in SHOWN_WIDTHS or band == chosen]
    frame = pd.DataFrame(
        [
            {
                "width": _width(band, chosen, look),
                "moves": band.move_count,
                "back": band.back_count,
                "late": look.language.percent(band.late_share),
            }
            for band in kept
        ]
    )
    labels: dict[str, Any] = {
        "width": st.column_config.TextColumn(look.say("comfort.band.width"), width=104),
        "moves": st.column_config.NumberColumn(look.say("comfort.band.moves"), format="localized"),
        "back": st.column_config.NumberColumn(look.say("comfort.band.back"), format="localized"),
        "late": st.column_config.TextColumn(look.say("comfort.band.late"), alignment="right"),
    }
    st.dataframe(
        frame,
        column_config=labels,
        hide_index=True,
        row_height=ROW_PIXELS,
        height="content",
        key="comfort.bands",
    )
    verdict([tell_band(bands, chosen, look)])
    grey(look.say("comfort.band.note"))


def _width(band: Band, chosen: Band | None, look: Look) -> str:
    told = look.language.number(band.width)
    return look.say("comfort.band.proposed", width=told) if band == chosen else told


def tell_band(bands: tuple[Band, ...], chosen: Band | None, look: Look) -> str:
    """The buffer proposed, or why none is."""
    plain = next(band for band in bands if band.width == 0)
    if not plain.move_count:
        return look.say("comfort.band.still")
    if not plain.back_count:
        return look.say("comfort.band.none", n=plain.move_count)
    if chosen is None:
        return look.say("comfort.band.unreached", n=plain.back_count)
    late = look.language.percent(chosen.late_share)
    facts = {"before": plain.back_count, "after": chosen.back_count, "late": late}
    return look.say("comfort.band.chosen", width=look.language.number(chosen.width), **facts)
