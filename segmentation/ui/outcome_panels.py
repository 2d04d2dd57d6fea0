"""What followed, as it stands on the page: a chart per measure, follow-ups by kind, every figure to take away."""

from __future__ import annotations

from math import isnan
from typing import Any

import pandas as pd
import streamlit as st

from segmentation.figures.estimates import Columns, Row, describe_estimates, draw_estimates
from segmentation.figures.theme import Look
from segmentation.groupings import RECORDED
from segmentation.i18n import ABSENT
from segmentation.results import ALL, MEASURES, OTHERS, SHARES, WITHOUT, Measure, Results
from segmentation.standouts import find_standouts
from segmentation.tally import Tally
from segmentation.tuning import ALL as ALL_TIERS
from segmentation.ui.blocks import chart, empty, grey, title, verdict
from segmentation.ui.downloads import offer_csv
from segmentation.ui.escape import plain
from segmentation.ui.outcome_labels import Window, colour_of, count_text, label_of, rows_of, tell_span, write
from segmentation.ui.verdict_lines import summarise_verdicts, tell_loss
from segmentation.verdicts import FEWEST, adjacent_verdicts

ROW_PIXELS = 30
COMPARED: tuple[Measure, ...] = (*SHARES, "revenue", "margin")
SINGLED_OUT = ("segment", *RECORDED)
# What nothing is known of → what would make it known.
UNLOCKED_BY: dict[Measure, str] = {
    "win_rate": "out.none.deals",
    "first_order": "out.none.first_order",
    "repurchase": "out.none.orders",
    "renewal": "out.none.renewal",
    "churn": "out.none.churn",
    "revenue": "out.none.orders",
    "margin": "out.none.margin",
    "order_value": "out.none.orders",
    "contacts": "out.none.touches",
}


def show_measures(found: Results, look: Look) -> None:
    """A chart for each measure anything is known of, two beside each other; what would bring the others."""
    shown = [name for name in MEASURES if found.has(name)]
    for start in range(0, len(shown), 2):
        with st.container(key="pair" if start == 0 else f"pair_measures{start}"):
            columns = st.columns(2, gap="large")
        for column, name in zip(columns, shown[start : start + 2], strict=False):
            with column:
                show_measure(found, name, look)
    missing = dict.fromkeys(UNLOCKED_BY[name] for name in MEASURES if name not in shown)
    told = [look.say(code) for code in missing]
    if not shown:
        empty(" ".join(told))
    elif told:
        grey(" ".join(told))


def show_measure(found: Results, name: Measure, look: Look) -> None:
    """One measure over the groups."""
    title(look.say(f"out.{name}"), look.say(f"out.unit.{name}"), look.say(f"out.meaning.{name}"))
    rows = [_row(found, name, row, look) for row in rows_of(found.grouping, found.customers)]
    columns = Columns(
        look.say("out.column.rate" if name in SHARES else "out.column.mean"),
        look.say(f"out.count.{name}"),
        lambda value: write(name, value, look),
        name in SHARES,
    )
    figure = draw_estimates(rows, columns, look)
    chart(figure, describe_estimates(rows, look.say(f"out.{name}"), look), f"out.{name}")
    if found.grouping.by == "tier" and name in COMPARED:
        verdict(tell_losses(found, look) if name == "churn" else tell_apart(found, name, look))
    elif found.grouping.by in SINGLED_OUT and name in SHARES:
        verdict([tell_standouts(found, name, look)])


def tell_apart(found: Results, name: Measure, look: Look) -> list[str]:
    """Which tiers can be told apart by a measure."""
    tiers, named = _by_name(found, name)
    held = [tier for tier in tiers if named.at(tier, "n")]
    return summarise_verdicts(adjacent_verdicts(named.select(held)), named, tiers, look)


def tell_losses(found: Results, look: Look) -> list[str]:
    """Which tiers lose fewer customers than the next, and which cannot be told apart; bad news first."""
    tiers, named = _by_name(found, "churn")
    held = [tier for tier in tiers if named.at(tier, "n")]
    if len(held) < 2:
        return summarise_verdicts((), named, tiers, look)
    verdicts = sorted(adjacent_verdicts(named.select(held)), key=lambda told: told.code != "higher")
    return [tell_loss(told, look) for told in verdicts]


def _by_name(found: Results, name: Measure) -> tuple[tuple[str, ...], Tally]:
    tiers, rates = tuple(map(str, found.grouping.names)), found.measures[name]
    return tiers, Tally((*tiers, ALL_TIERS), rates.select([*range(len(tiers)), ALL]).columns)


def tell_standouts(found: Results, name: Measure, look: Look) -> str:
    """Which groups can be told from all the others, every one of them looked at."""
    grouping = found.grouping
    told = find_standouts(found.measures[name], range(len(grouping.names)), ALL)
    if told.compared < 2:
        return look.say("stand.few", least=FEWEST)
    sides = [
        look.say(f"stand.{side}", names=_join([label_of(grouping, row, look) for row in rows], look))
        for side, rows in (("above", told.above), ("below", told.below))
        if rows
    ]
    if not sides:
        return look.say("stand.none", n=told.compared)
    return " ".join([*sides, look.say("stand.basis", n=told.compared)])


def _join(names: list[str], look: Look) -> str:
    return look.say("list.comma").join(plain(name, 24) for name in names)


def _row(found: Results, name: Measure, row: Any, look: Look) -> Row:
    table = found.measures[name]
    n, rate, low, high = table.row(row, "n", "rate", "low", "high")
    grouping = found.grouping
    is_thin = n < FEWEST
    text = ABSENT if not n else look.say("fig.few") if is_thin else write(name, rate, look)
    return Row(
        label_of(grouping, row, look, is_short=True), colour_of(grouping, row, look), rate, low, high, text,
        count_text(table, row, look),
        is_thin=is_thin, is_hollow=row in (WITHOUT, OTHERS), is_apart=row == ALL,
    )  # fmt: skip


def show_kinds(found: Results, look: Look, window: Window | None) -> None:
    """Follow-ups per customer by way of contact."""
    unit = look.say("out.kinds.unit", span=tell_span(window, look))
    title(look.say("out.kinds"), unit, look.say("out.kinds.meaning"))
    if not found.has("contacts"):
        empty(look.say("out.none.touches"))
        return
    kinds = [
        kind for kind in found.kinds.columns if found.kinds[kind][-1] > 0 or found.grouping.by == "month"
    ]
    frame = pd.DataFrame(
        [
            {
                "group": label_of(found.grouping, row, look),
                "all": found.measures["contacts"].at(row, "rate"),
                **{kind: found.kinds.at(row, kind) for kind in kinds},
                "customers": found.measures["contacts"].at(row, "n"),
            }
            for row in rows_of(found.grouping, found.customers)
        ]
    )
    number = {
        name: st.column_config.NumberColumn(_kind(name, look), format="%.2f") for name in ("all", *kinds)
    }
    labels: dict[str, Any] = {
        "group": st.column_config.TextColumn(look.say(f"out.by.{found.grouping.by}"), width=150),
        **number,
        "customers": st.column_config.NumberColumn(look.say("out.kinds.customers"), format="localized"),
    }
    st.dataframe(
        frame, column_config=labels, hide_index=True, row_height=ROW_PIXELS, height="content", key="out.kinds"
    )


def _kind(name: str, look: Look) -> str:
    return look.say("out.kinds.all") if name == "all" else look.say(f"touch.{name}")


def show_figures(found: Results, look: Look, window: Window | None) -> None:
    """Every figure with its range as a table, and as a file."""
    shown = [name for name in MEASURES if found.has(name)]
    with st.expander(look.say("out.figures"), key="out.figures.box"):
        frame = pd.DataFrame(
            [
                {
                    "group": label_of(found.grouping, row, look),
                    **{name: _cell(found, name, row, look) for name in shown},
                }
                for row in rows_of(found.grouping, found.customers)
            ]
        )
        labels: dict[str, Any] = {
            "group": st.column_config.TextColumn(look.say(f"out.by.{found.grouping.by}"), width=150),
            **{name: st.column_config.TextColumn(look.say(f"out.{name}"), width=190) for name in shown},
        }
        st.dataframe(
            frame, column_config=labels, hide_index=True, row_height=ROW_PIXELS, height="content",
            key="out.figures",
        )  # fmt: skip
    first = window[0] if window else None
    stem = f"results_{found.grouping.by}" + (f"_{first:%Y-%m-%d}" if first else "")
    offer_csv(look.say("out.download"), lambda: tidy(found, look, window), stem, "out_csv")


def _cell(found: Results, name: Measure, row: Any, look: Look) -> str:
    """Value, likely range and count in one cell."""
    table = found.measures[name]
    n, rate, low, high = table.row(row, "n", "rate", "low", "high")
    if not n:
        return ABSENT
    value, ends = write(name, rate, look), ABSENT
    if not isnan(low):
        ends = f"{write(name, low, look)}–{write(name, high, look)}"
    return look.say("out.cell", value=value, range=ends, count=count_text(table, row, look))


def tidy(found: Results, look: Look, window: Window | None) -> pd.DataFrame:
    """One row per group and measure: k, n, value, low, high, and the days counted."""
    first, last = window or (None, None)
    lines = []
    for row in rows_of(found.grouping, found.customers):
        for name in MEASURES:
            k, n, value, low, high = found.measures[name].row(row, "k", "n", "rate", "low", "high")
            if n > 0:
                cells = {"k": k, "n": n, "value": value, "low": low, "high": high}
                lines.append(
                    {
                        "group": label_of(found.grouping, row, look),
                        "measure": look.say(f"out.{name}"),
                        **cells,
                    }
                )
    frame = pd.DataFrame(lines, columns=["group", "measure", "k", "n", "value", "low", "high"])
    dates = {} if first is None else {"from": first.isoformat(), "to": last.isoformat() if last else ""}
    titles = {name: look.say(f"out.file.{name}") for name in (*frame.columns, *dates)}
    return frame.assign(**dates).rename(columns=titles)


def tell_basis(found: Results, look: Look) -> None:
    """What the figures above do not say."""
    told = [look.say("out.note.today")] if found.grouping.by in RECORDED else []
    last = rows_of(found.grouping, found.customers)[-1]
    known, everybody = found.measures["margin"].at(last, "n"), found.customers.at(last, "customers")
    if 0 < known < everybody:
        told.append(look.say("out.note.margin", known=int(known), n=int(everybody)))
    if found.has("contacts") and found.grouping.by != "month":
        told.append(look.say("out.note.effort"))
    if found.grouping.by == "tier":
        told.append(look.say("out.note.looks"))
    grey(" ".join(told))
