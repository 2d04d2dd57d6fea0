"""The blocks of the data page: each draws one answer about an upload; what files say is shown letter by letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from segmentation.figures.theme import Look
from segmentation.i18n import ABSENT, shorten
from segmentation.intake.uploads import SEVERITIES, Question, SheetReading
from segmentation.tables import TABLES
from segmentation.ui import intake_frames
from segmentation.ui.blocks import grey, title
from segmentation.ui.escape import plain
from segmentation.ui.intake_accounts import main_tables, row_account
from segmentation.ui.intake_tables import ROW_HEIGHT, show_table
from segmentation.ui.upload_state import Draft

Answers = Mapping[str, str]
MOST_SEGMENTS = 4
LONGEST = 400  # characters of a sentence that carries names from a file
SHOWN_ISSUES, ISSUES_PIXELS = 12, 480
SKIP = "skip"
LEVEL_COLOURS = {"decide": "red", "check": "orange", "noted": "gray"}


def headline(draft: Draft, look: Look) -> str:
    """The counted finding of an upload."""
    sums = intake_frames.count_changes(draft.difference, main_tables(draft.upload))
    if draft.difference.is_same and draft.base is not None:
        return look.say("in.head.same")
    if draft.base is None or draft.base.is_empty:
        return look.say("in.head.first", n=sums.new)
    facts = {"n": sums.new, "changed": sums.changed}
    return look.say("in.head.old", **facts, old=sums.old) if sums.old else look.say("in.head", **facts)


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
    show_table(frame, labels, "in.recognised.table")


def ask_questions(draft: Draft, look: Look) -> Answers | None:
    """All open questions on one screen, the proposed answer chosen, one button; the answers once it is pressed.

    What was answered before is folded away and can be changed there.
    """
    answers = None
    if draft.open_questions:
        title(look.say("in.questions"), look.say("in.questions.unit", n=len(draft.open_questions)))
        answers = _question_cards(draft, draft.open_questions, look)
        if not st.button(look.say("ask.one"), type="primary", key="in.answers.use"):
            answers = None
    if draft.known_questions:
        with st.expander(look.say("in.answers.used", n=len(draft.known_questions))):
            changed = _question_cards(draft, draft.known_questions, look)
            if st.button(look.say("in.answers.change"), key="in.answers.change"):
                return changed
    return answers


def _question_cards(draft: Draft, questions: Sequence[Question], look: Look) -> Answers:
    return {question.id: _ask(question, draft, look) for question in questions}


def _ask(question: Question, draft: Draft, look: Look) -> str:
    """One bordered card: the question, literally, and its answers."""
    labels = {value: look.say(label) for value, label in question.options}
    chosen = draft.answers_used[question.id]
    values = [value for value, _ in question.options]
    if not values:
        return chosen
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":{LEVEL_COLOURS['decide']}-badge[{look.say('in.level.decide')}] "
            + plain(look.say(question.code, **_facts(question, look)), LONGEST)
        )
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
    title(look.say("in.issues"), look.say("in.issues.unit", **counts))
    if not issues:
        st.markdown(f":small[{look.say('in.issues.none')}]")
        return
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


def edit_columns(draft: Draft, look: Look) -> Mapping[str, str] | None:
    """One sheet's columns, 'read as' to be changed in place; the corrections once the button is pressed."""
    choices = {
        f"{place}.{part.table}": (sheet, part.table)
        for place, sheet in enumerate(draft.reading.sheets)
        for part in sheet.parts
    }
    if not choices:
        return None
    title(look.say("in.columns"), look.say("in.columns.unit"))
    labels = {
        key: f"{sheet.sheet or sheet.file} · {look.say(f'table.{table}')}"
        for key, (sheet, table) in choices.items()
    }
    left, right = st.columns(2)
    chosen = left.selectbox(
        look.say("in.columns.which"),
        list(choices),
        format_func=labels.__getitem__,
        key=f"in.columns.sheet.{look.language.code}",
    )
    sheet, table = choices[chosen or next(iter(choices))]
    tables = {name: look.say(f"table.{name}") for name in TABLES} | {SKIP: look.say("in.skip")}
    read_as = right.selectbox(
        look.say("in.read_as"), list(tables), list(tables).index(table), format_func=tables.__getitem__,
        key=f"in.table.{sheet.key}.{table}.{look.language.code}",
    )  # fmt: skip
    edited = _edit_grid(draft, look, sheet, table)
    corrections = intake_frames.corrections_of(sheet, table, list(edited["read_as"]))
    if read_as != table:
        corrections = {f"table:{sheet.signature}": str(read_as)}
    if st.button(look.say("in.columns.apply"), disabled=not corrections, key="in.columns.apply"):
        return corrections
    return None


def _edit_grid(draft: Draft, look: Look, sheet: SheetReading, table: str) -> pd.DataFrame:
    frame = intake_frames.sheet_columns(draft.reading, sheet, table)
    names = intake_frames.column_choices(sheet, table, look.language)
    edited: pd.DataFrame = st.data_editor(
        frame,
        hide_index=True,
        height="content",
        row_height=ROW_HEIGHT,
        disabled=["header", "filled_share", "first_values"],
        column_order=["header", "read_as", "filled_share", "first_values"],
        column_config={
            "header": st.column_config.TextColumn(look.say("in.column"), width=150),
            "read_as": st.column_config.SelectboxColumn(
                look.say("in.read_as"),
                options=list(names),
                format_func=lambda name: names[str(name)],
                required=True,
                width=150,
            ),
            "filled_share": st.column_config.NumberColumn(look.say("in.filled"), format="percent", width=80),
            "first_values": st.column_config.TextColumn(look.say("in.first_values")),
        },
        key=f"in.grid.{sheet.key}.{table}.{len(draft.corrections)}",
    )
    return edited


def show_preview(draft: Draft, look: Look) -> None:
    """The first rows of each table as they will be stored."""
    tables = [part.table for part in draft.upload.tables if part.rows]
    if not tables:
        return
    title(look.say("in.preview"))
    labels = {table: look.say(f"table.{table}") for table in tables}
    table = st.selectbox(
        look.say("in.table"), tables, format_func=labels.__getitem__, key=f"in.preview.table.{look.language.code}",
        label_visibility="collapsed",
    )  # fmt: skip
    frame = intake_frames.preview_rows(draft.upload, table or tables[0], look.language)
    show_table(frame, {name: st.column_config.TextColumn(name) for name in frame.columns}, "in.preview.rows")
