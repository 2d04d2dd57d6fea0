"""The blocks of the data page: each draws one answer about an upload; what files say is shown letter by letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT, shorten
from segmentation.intake.uploads import SEVERITIES, Question
from segmentation.ui import intake_frames
from segmentation.ui.blocks import grey, title
from segmentation.ui.escape import plain
from segmentation.ui.intake_accounts import main_tables, row_account
from segmentation.ui.intake_tables import ROW_HEIGHT, show_table
from segmentation.ui.upload_state import Draft

Answers = Mapping[str, str]
MOST_SEGMENTS = 4
LONGEST = 400  # characters of a sentence that carries names from a file
SHOWN_SHEETS = 6  # more scroll: the questions stay on the first screen
SHOWN_ISSUES, ISSUES_PIXELS = 12, 480
LEVEL_COLOURS = {"stop": "red", "decide": "red", "check": "orange", "noted": "gray"}


def headline(draft: Draft, look: Look) -> str:
    """The counted finding of an upload."""
    sums = intake_frames.count_changes(draft.difference, main_tables(draft.upload))
    if not draft.upload.tables:
        return look.say("in.head.declined")
    if draft.difference.is_same and draft.base is not None:
        return look.say("in.head.same")
    if draft.base is None or draft.base.is_empty:
        return look.say("in.head.first", n=sums.new)
    facts = {"n": sums.new, "changed": sums.changed}
    code = {0: "in.head", 1: "in.head.old.one"}.get(sums.old, "in.head.old")
    return look.say(code, **facts, old=sums.old)


def show_headline(draft: Draft, look: Look) -> None:
    """Headline, and under it one grey line: the files and that nothing is saved yet."""
    st.header(headline(draft, look), anchor=False)
    names = look.say("list.separator").join(shorten(file.name, 40) for file in draft.files[:3])
    more = "…" if len(draft.files) > 3 else ""
    rows = row_account(draft.upload, draft.reading)["read"]
    rule = look.say("in.rule", files=names + more, n=len(draft.reading.sheets), rows=rows)
    grey(plain(rule, LONGEST))
    sums = intake_frames.count_changes(draft.difference)
    if sums.open_deals:
        grey(look.say("up.open", n=sums.open_deals))


def show_recognised(draft: Draft, look: Look) -> None:
    """What each sheet was read as."""
    frame = intake_frames.recognised_sheets(draft.reading, draft.upload, draft.dates, look.language)
    sheets = [sheet for sheet in draft.reading.sheets if sheet.parts]
    used = sum(len({i for part in sheet.parts for i in part.columns.values() if i >= 0}) for sheet in sheets)
    every = sum(len([header for header in sheet.headers if header]) for sheet in sheets)
    unit = look.say("in.recognised.unit", n=len(sheets), used=used, all=every)
    title(look.say("in.recognised"), unit)
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    labels = {
        "sheet": text(look.say("in.sheet")),
        "read_as": text(look.say("in.read_as")),
        "rows": number(look.say("in.rows"), format="localized", width=62),
        "header_row": number(look.say("in.header_row"), width=88),
        "columns": text(look.say("in.columns_used"), width=98),
        "dates": text(look.say("in.dates"), width=170),
    }
    height = (
        {} if len(frame) <= SHOWN_SHEETS else {"height": (SHOWN_SHEETS + 1) * ROW_HEIGHT + ROW_HEIGHT // 2}
    )
    show_table(frame, labels, "in.recognised.table", **height)


def open_tabs(draft: Draft, look: Look) -> dict[str, Any]:
    """The blocks below what was recognised, each behind its name and count; what waits for an answer first."""
    found = sum(issue.severity != "noted" for issue in draft.upload.issues)
    labels = {
        "questions": look.say("in.tab.questions", n=len(draft.open_questions)),
        "issues": look.say("in.tab.issues", n=found),
        "columns": look.say("in.tab.columns"),
        "answers": look.say("in.tab.answers", n=len(draft.known_questions)),
        "preview": look.say("in.tab.preview"),
    }
    is_empty = {"questions": not draft.open_questions, "answers": not draft.known_questions}
    kept = [name for name in labels if not is_empty.get(name)]
    return dict(zip(kept, st.tabs([labels[name] for name in kept]), strict=True))


def ask_questions(draft: Draft, questions: Sequence[Question], look: Look) -> Answers:
    """These questions one under the other, the answer in use chosen; what is chosen now."""
    if not questions:
        return {}
    with st.container(border=True):
        return {question.id: _ask(question, draft, look) for question in questions}


def _ask(question: Question, draft: Draft, look: Look) -> str:
    """The question, literally, and its answers."""
    labels = {value: look.say(label) for value, label in question.options}
    chosen = draft.answers_used[question.id]
    values = [value for value, _ in question.options]
    if not values:
        return chosen
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(look.say(question.code, **_facts(question, look)), LONGEST))
        asked: dict[str, Any] = {
            "label": look.say("in.answer"),
            "options": values,
            "key": f"in.answer.{question.id}.{look.language.code}",
            "label_visibility": "collapsed",
        }
        if len(values) <= MOST_SEGMENTS:
            escaped = {value: plain(label) for value, label in labels.items()}
            default = chosen if chosen in values else values[0]
            found = st.segmented_control(
                **asked, default=default, required=True, format_func=escaped.__getitem__
            )
        else:
            place = values.index(chosen) if chosen in values else 0
            found = st.selectbox(**asked, index=place, format_func=labels.__getitem__)
    return str(found if found is not None else chosen)


def _facts(question: Question, look: Look) -> dict[str, Any]:
    """The facts of a question, an example amount written as people write it: 1 万, not 10000."""
    facts = dict(question.facts)
    if question.code == "ask.unit":
        amount = Decimal(str(facts["money"]))
        is_round = amount % 1000 == 0
        facts["money"] = look.language.money(amount) if is_round else look.language.exact_money(amount)
    return facts


def show_issues(draft: Draft, look: Look) -> None:
    """Everything counted on the way, what needs a decision first."""
    issues = draft.upload.issues
    counts = {level: sum(issue.severity == level for issue in issues) for level in SEVERITIES}
    if not issues:
        st.markdown(f":small[{look.say('in.issues.none')}]")
        return
    grey(look.say("in.issues.unit", **counts))
    frame = intake_frames.issue_rows(issues, look.language)
    colours = {look.say(f"in.level.{level}"): LEVEL_COLOURS[level] for level in SEVERITIES}
    # Findings are sentences: this table wraps them, a data frame cuts them off. Names inside are escaped.
    said = pd.DataFrame(
        {
            look.say("in.level"): [f":{colours[level]}-badge[{level}]" for level in frame["level"]],
            look.say("in.where"): [plain(where) for where in frame["where"]],
            look.say("in.finding"): [plain(finding, LONGEST) for finding in frame["finding"]],
            look.say("in.rows"): [_count(rows, look) for rows in frame["rows"]],
            look.say("in.cells"): [plain(cells, LONGEST) for cells in frame["cells"]],
        }
    )
    if (frame["cells"] == ABSENT).all():
        said = said.drop(columns=look.say("in.cells"))
    height = "content" if len(frame) <= SHOWN_ISSUES else ISSUES_PIXELS
    with st.container(key="in.issues.table"):
        st.table(said, border="horizontal", hide_index=True, height=height)  # type: ignore[arg-type]


def _count(rows: Any, look: Look) -> str:
    return ABSENT if pd.isna(rows) or not rows else look.language.number(int(rows), 0)


def show_preview(draft: Draft, look: Look) -> None:
    """The first rows of each table as they will be stored."""
    tables = [part.table for part in draft.upload.tables if part.rows]
    if not tables:
        return
    grey(look.say("in.preview"))
    labels = {table: look.say(f"table.{table}") for table in tables}
    table = st.selectbox(
        look.say("in.table"), tables, format_func=labels.__getitem__, key=f"in.preview.table.{look.language.code}",
        label_visibility="collapsed",
    )  # fmt: skip
    frame = intake_frames.preview_rows(draft.upload, table or tables[0], look.language)
    show_table(frame, {name: st.column_config.TextColumn(name) for name in frame.columns}, "in.preview.rows")
