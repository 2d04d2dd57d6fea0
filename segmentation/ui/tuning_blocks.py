"""What the tuning page shows: three charts on common rows, and who would move."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from segmentation.comparisons import Comparison, Movement, assign, compare, grades_in_file, simple_sort
from segmentation.figures import alternatives
from segmentation.figures.conversion import draw_conversion
from segmentation.figures.distribution import draw_distribution
from segmentation.figures.effort import draw_effort
from segmentation.figures.histogram import BIN_COUNT, draw_histogram
from segmentation.i18n import Language
from segmentation.lists import list_customers, reasons_in_words
from segmentation.schemes import Scheme
from segmentation.tuning import Base, Evaluation, draw_lines
from segmentation.ui import blocks
from segmentation.ui.caches import prepare_once
from segmentation.ui.downloads import offer_csv
from segmentation.ui.sentences import Sentences
from segmentation.ui.session import Session

SHOWN_ROWS = 200
ROW_PIXELS = 30
LANES = (39, 27, 26)


@dataclass(frozen=True)
class Answer:
    """Everything a run of the tuning page knows once the controls have been read."""

    session: Session
    draft: Scheme
    prepared: Base
    evaluation: Evaluation
    against: Evaluation | None
    comparison: Comparison

    @property
    def sentences(self) -> Sentences:
        return Sentences(self.evaluation, self.session.look)


def answer(session: Session, draft: Scheme, prepared: Base) -> Answer:
    """Evaluate the draft, and the published scheme on the same data and date where one differs from it."""
    evaluation = draw_lines(prepared, draft)
    published = session.published.scheme if session.published else None
    if published is None or published == draft:
        comparison = _own_comparison(prepared, evaluation)
        return Answer(session, draft, prepared, evaluation, None, comparison)
    theirs = prepare_once(session.book, session.store_key, published, prepared.now.as_of)
    against = draw_lines(theirs, published)
    tiers = assign(theirs.now, against.cuts, against.names)
    comparison = Comparison("published", published.name, against.names, tiers)
    return Answer(session, draft, prepared, evaluation, against, comparison)


def _own_comparison(prepared: Base, evaluation: Evaluation) -> Comparison:
    """The grades of the user's own file, else the simple sort at the same tier sizes."""
    sizes = [int(count) for count in evaluation.tiers["customers"].iloc[:-1]]
    return grades_in_file(prepared.now) or simple_sort(prepared.now, sizes, evaluation.names)


def draw_scores(found: Answer) -> None:
    """The score histogram over the sliders."""
    counts = found.prepared.now.ladder.histogram(BIN_COUNT)["customers"]
    evaluation, look = found.evaluation, found.session.look
    figure = draw_histogram([int(count) for count in counts], evaluation.cuts, evaluation.names, look)
    blocks.chart(figure, alternatives.describe_histogram(evaluation, look), "histogram")


def draw_lanes(found: Answer) -> None:
    """Distribution, conversion, hours: the same rows at the same height, a verdict under each."""
    with st.container(key="lanes"):
        for column, draw in zip(
            st.columns(LANES, gap=28), (_distribution, _conversion, _effort), strict=True
        ):
            with column:
                draw(found)


def _distribution(found: Answer) -> None:
    say, look = found.session.language.say, found.session.look
    blocks.title(say("tune.distribution"), say("tune.distribution.unit"))
    figure = draw_distribution(found.evaluation, look, found.against)
    blocks.chart(figure, alternatives.describe_distribution(found.evaluation, look), "distribution")
    told = found.sentences
    blocks.verdict([told.distribution(), _grey(found), told.hours_range()])


def _conversion(found: Answer) -> None:
    say, look = found.session.language.say, found.session.look
    blocks.title(say("tune.conversion"), found.sentences.checked())
    missing = found.sentences.no_outcome()
    if missing:
        blocks.empty(missing)
        return
    figure = draw_conversion(found.evaluation, look, found.against)
    blocks.chart(figure, alternatives.describe_conversion(found.evaluation, look), "conversion")
    blocks.verdict(found.sentences.conversion())


def _effort(found: Answer) -> None:
    say, look = found.session.language.say, found.session.look
    blocks.title(say("tune.effort"), say("tune.effort.unit"))
    figure = draw_effort(found.evaluation, look)
    blocks.chart(figure, alternatives.describe_effort(found.evaluation, look), "effort")
    told = found.sentences
    blocks.verdict([told.capacity(), told.staffing()])


def _grey(found: Answer) -> str:
    return f":gray[{found.session.language.say('tune.grey')}]" if found.against is not None else ""


def draw_movers(found: Answer) -> None:
    """Who would move against the comparison: matrix left, the customers right, largest sales first."""
    language, standing = found.session.language, found.prepared.now
    ours = assign(standing, found.evaluation.cuts, found.evaluation.names)
    moved = compare(standing, ours, found.evaluation.names, found.comparison)
    kind = found.comparison.kind
    revenue = found.session.look.money(float(moved.customers["revenue"].sum()))
    unit = language.say(f"tune.moves.unit.{kind}", n=len(moved.customers), revenue=revenue)
    blocks.title(language.say("tune.moves"), unit)
    if kind != "published" and found.session.published is None:
        other = language.say(f"tune.moves.other.{kind}")
        blocks.grey(language.say("empty.published", other=other))
    if moved.customers.empty:
        blocks.grey(language.say("empty.moves", other=language.say(f"tune.moves.other.{kind}")))
    else:
        _draw_moved(moved, found)
    _offer_lists(moved, found)


def _draw_moved(moved: Movement, found: Answer) -> None:
    language = found.session.language
    with st.container(key="moves"):
        left, right = st.columns((34, 58), gap=28)
    with left:
        _draw_matrix(moved, language)
        facts = {"up": moved.up_count, "down": moved.down_count, "same": moved.same_count}
        blocks.grey(language.say("tune.moves.updown", **facts))
    with right:
        shown = moved_frame(moved, found, SHOWN_ROWS)
        shown["revenue"] = shown["revenue"].round().astype("Int64")
        names = {
            name: st.column_config.TextColumn(label) for name, label in moved_labels(moved, language).items()
        }
        names["score"] = st.column_config.NumberColumn(
            language.say("tune.moves.score"), format="%.1f", width="small"
        )
        names["revenue"] = st.column_config.NumberColumn(
            language.say("tune.moves.revenue"), format="localized"
        )
        st.dataframe(
            shown,
            column_config=names,
            hide_index=True,
            row_height=ROW_PIXELS,
            height=ROW_PIXELS * (min(len(shown), 8) + 1) + 4,
            key="movers",
        )
        if len(moved.customers) > SHOWN_ROWS:
            facts = {"shown": SHOWN_ROWS, "total": len(moved.customers)}
            blocks.grey(language.say("tune.moves.shown", **facts))


def _draw_matrix(moved: Movement, language: Language) -> None:
    matrix = moved.matrix.rename(index=language.tier, columns=language.tier)
    matrix.index.name = language.say(f"tune.moves.theirs.{moved.comparison.kind}")
    st.dataframe(
        matrix,
        column_config={name: st.column_config.NumberColumn(width=46) for name in matrix.columns},
        row_height=ROW_PIXELS,
        height="content",
        key="matrix",
        alt=language.say("tune.moves.matrix"),
    )


def moved_labels(moved: Movement, language: Language) -> dict[str, str]:
    """Column → its header; headers are ours, cells are theirs."""
    say, kind = language.say, moved.comparison.kind
    return {
        "name": say("tune.moves.customer"),
        "theirs": say(f"tune.moves.theirs.{kind}"),
        "ours": say("tune.moves.ours"),
        "score": say("tune.moves.score"),
        "revenue": say("tune.moves.revenue"),
        "why": say("tune.moves.why"),
    }


def moved_frame(moved: Movement, found: Answer, limit: int | None = None) -> pd.DataFrame:
    """The customers who would move: name, theirs, ours, score, revenue, why."""
    language = found.session.language
    rows = moved.customers.head(limit) if limit else moved.customers
    frame = rows.assign(theirs=rows["theirs"].map(language.tier), ours=rows["ours"].map(language.tier))
    why = reasons_in_words(found.prepared.now, language).reindex(rows.index)
    named = frame["name"].fillna(frame.index.to_series())
    return frame.assign(name=named, why=why)[list(moved_labels(moved, language))].reset_index(drop=True)


def _offer_lists(moved: Movement, found: Answer) -> None:
    language, evaluation = found.session.language, found.evaluation
    stem = f"{{}}_{evaluation.as_of:%Y-%m}"
    with st.container(horizontal=True):
        label = language.say("tune.list.download")
        offer_csv(
            label,
            lambda: list_customers(found.prepared.now, evaluation, language),
            stem.format("tiers"),
            "list_csv",
        )
        label = language.say("tune.moves.download")
        offer_csv(
            label,
            lambda: moved_frame(moved, found).rename(columns=moved_labels(moved, language)),
            stem.format("moves"),
            "moves_csv",
        )


def prepare_answer(session: Session, scheme: Scheme, as_of: dt.date) -> Base:
    """The costly part, with a word about it while it runs."""
    with st.spinner(session.language.say("ui.menu.wait"), show_time=True):
        return prepare_once(session.book, session.store_key, scheme, as_of)
