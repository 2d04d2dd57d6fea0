"""What the command line does to score: one method with its parameters on one date, as one JSON-ready document."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import pandas as pd

from segmentation.commands import Document, as_json, open_book
from segmentation.errors import SettingError, TierboardError
from segmentation.i18n import Language
from segmentation.methods.base import Scored
from segmentation.proposals import propose
from segmentation.reasons import say_unrated
from segmentation.schemes import ABSENT_PARAM, Scheme
from segmentation.standing import Rated, rate
from segmentation.store import Book


def score_customers(
    path: Path, method: str, settings: Mapping[str, str], as_of: dt.date | None, language: Language
) -> Document:
    """Score and segment of every customer known on the date, and what was learned; null where nobody can tell.

    `settings`: parameter → value as typed. A method that learns looks at the outcome proposed for these data.
    SettingError for an unknown method, parameter or value.
    """
    params = {name: setting_value(text) for name, text in settings.items()}
    with open_book(path) as book:
        date = as_of or book.data_through_on or book.version.published_at.date()
        told = propose(book).scheme
        asked = Scheme(
            method=method, method_params=params, outcome=told.outcome, outcome_days=told.outcome_days
        )
        rated = _rate(book, asked, date)
    scored = rated.scored
    named = {
        told.name: getattr(rated.method, told.name)
        for told in fields(cast(Any, rated.method))
        if "param" in told.metadata or told.name in params
    }
    code, facts = scored.verdict or (None, {})
    total = None if scored.is_refused else _expect_total(rated)
    return {
        "method": method,
        "as_of": date.isoformat(),
        "parameters": as_json(named),
        "verdict": None if code is None else language.say(code, **facts),
        "is_refused": scored.is_refused,
        "unrated": _unrated(rated, language),
        "customers": _customers(rated),
        **({} if total is None else {"modelled": total}),
        "fitted": fitted_by_letters(scored, getattr(rated.method, "letters", {})),
    }


def setting_value(text: str) -> Any:
    """A value as a scheme's TOML would say it: a number, true, a list; `none` for null; any other text as it is."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    if value == ABSENT_PARAM:
        return None
    return tuple(value) if isinstance(value, list) else value


def fitted_by_letters(scored: Scored, letters: Mapping[str, tuple[str, ...]]) -> Document:
    """What was learned: numbers of a model under the letters of its paper, all else as lists."""
    return {
        name: dict(zip(letters[name], told, strict=True)) if name in letters else list(told)
        for name, told in scored.fitted.items()
    }


def _expect_total(rated: Rated) -> Document | None:
    """What a model expects of all rated customers together, with its range; None where the method models nothing."""
    expect = getattr(rated.method, "expect_total", None)
    given = rated.features.loc[rated.scored.scores.dropna().index]
    return None if expect is None else cast(Document | None, expect(given, rated.scored.fitted))


def _rate(book: Book, scheme: Scheme, as_of: dt.date) -> Rated:
    """SettingError where the method cannot work with these settings or data."""
    try:
        return rate(book, scheme, as_of, None)
    except TierboardError:
        raise
    except Exception as error:
        raise SettingError("cli.scheme.unfit", detail=type(error).__name__) from error


def _unrated(rated: Rated, language: Language) -> list[Document]:
    """Why how many customers are not rated, the most frequent reason first."""
    counted = rated.reasons.dropna().value_counts()
    return [
        {"reason": str(code), "text": say_unrated(str(code), rated, language), "customers": int(count)}
        for code, count in counted.items()
    ]


def _customers(rated: Rated) -> list[Document]:
    known = rated.features.index
    scores = rated.scored.scores.reindex(known)
    segments = rated.scored.segments
    named = [None] * len(known) if segments is None else segments.reindex(known).tolist()
    return [
        {
            "customer_id": str(customer),
            "score": None if pd.isna(score) else float(score),
            "segment": None if pd.isna(name) else str(name),
        }
        for customer, score, name in zip(known, scores.tolist(), named, strict=True)
    ]
