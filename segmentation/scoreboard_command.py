"""What the command line says of the scoreboard: one object per method, saved scheme and the simple sort."""

from __future__ import annotations

from pathlib import Path

from segmentation.commands import Document, as_json, choose_scheme, open_book
from segmentation.i18n import Language
from segmentation.journal import Journal
from segmentation.proposals import propose
from segmentation.validation.board import Line, Scoreboard, judge
from segmentation.validation.contenders import list_contenders
from segmentation.validation.discrimination import Estimate
from segmentation.validation.measures import Measures
from segmentation.validation.telling import name_of, tell_board, tell_line


def score_methods(path: Path, scheme_file: Path | None, language: Language) -> Document:
    """Every method and saved scheme at past month ends, by the outcome of the scheme asked for (the file's, else the
    published one's, else the proposed)."""
    with open_book(path) as book:
        journal = Journal(path)
        scheme = choose_scheme(book, journal, scheme_file)
        proposed = propose(book).scheme.changed(outcome=scheme.outcome, outcome_days=scheme.outcome_days)
        saved = [each.scheme for each in journal.schemes().values()]
        board = judge(book, list_contenders(proposed, saved), scheme)
    return as_json(_document(board, language))


def _document(board: Scoreboard, language: Language) -> Document:
    judging = board.judging
    lines = [*([] if board.baseline is None else [board.baseline]), *board.lines]
    return {
        "data_version": board.data_version,
        "outcome": judging.outcome,
        "outcome_days": judging.outcome_days,
        "dates": list(judging.dates),
        "finding": _bare(tell_board(board, language)),
        "methods": [_line(board, line, language) for line in lines],
    }


def _line(board: Scoreboard, line: Line, language: Language) -> Document:
    contender = line.contender
    told: Document = {
        "key": contender.key,
        "kind": contender.kind,
        "name": name_of(contender, language),
        "method": None if contender.kind == "baseline" else contender.scheme.method,
        "verdict": line.verdict,
        "told": _bare(tell_line(line, language)),
    }
    rates = board.rates_of(line) or (None, None, None)
    told |= {f"rate_{letter}": rate for letter, rate in zip("abc", rates, strict=True)}
    return told | _measures(line.measures, line)


def _measures(told: Measures | None, line: Line) -> Document:
    """The figures, each with its range; null where nothing was judged."""
    unknown = Estimate()
    ranges = {
        name: unknown if told is None else getattr(told, name)
        for name in ("auc", "gini", "skill", "value_share", "value_skill", "unchanged")
    }
    plain = (
        "base_auc",
        "base_value_share",
        "order_chance",
        "unchanged_by_luck",
        "chance_vs_base",
        "chance_vs_luck",
    )
    found: Document = {"dates_count": 0 if told is None else len(told.dates)}
    for name, estimate in ranges.items():
        found |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    found |= {name: None if told is None else getattr(told, name) for name in plain}
    found |= {"corrected_vs_base": line.corrected_vs_base, "corrected_vs_luck": line.corrected_vs_luck}
    counts = ("customer_months", "left_out_months")
    return found | {name: 0 if told is None else getattr(told, name) for name in counts}


def _bare(text: str) -> str:
    """Without the marks of bold type."""
    return text.replace("**", "")
