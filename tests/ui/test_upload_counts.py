"""What an upload changes of earlier months is one number: in the headline, in the warning, and over the questions."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from segmentation.figures.theme import Look
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.restatements import Weighed, restated_facts, say_kept_rows, weigh
from segmentation.ui.intake_frames import count_changes
from segmentation.ui.intake_panels import headline
from segmentation.ui.upload_state import Draft
from tests.worlds import make_store, make_upload


def orders(*rows: tuple[str, str, int]) -> pd.DataFrame:
    told = [(number, "C1", day, amount) for number, day, amount in rows]
    return pd.DataFrame(told, columns=["order_id", "customer_id", "ordered_on", "amount"])


def touches(*days: str) -> pd.DataFrame:
    rows = [(f"T{day}", "C1", day, "call") for day in days]
    return pd.DataFrame(rows, columns=["touch_id", "customer_id", "at", "kind"])


def weighed(folder: Path, **answers: str) -> tuple[Weighed, Any]:
    """A month later: an order of each of two months corrected, two come in late, and two follow-ups with them."""
    stored = orders(("O1", "2026-01-05", 10), ("O2", "2026-02-05", 20), ("O3", "2026-03-05", 30))
    store = make_store(folder, orders=stored, touches=touches("2026-02-01", "2026-03-01"))
    late = orders(
        ("O1", "2026-01-05", 11), ("O2", "2026-02-05", 22), ("L1", "2026-02-20", 5), ("L2", "2026-02-21", 5),
        ("N1", "2026-04-05", 40),
    )  # fmt: skip
    upload = make_upload(folder, orders=late, touches=touches("2026-02-08", "2026-02-09", "2026-04-01"))
    return weigh(store, upload, answers), store.current()


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_headline_the_warning_and_the_questions_count_the_same(tmp_path: Path, code: Code) -> None:
    (found, base), language = weighed(tmp_path), Language(code)
    asked = [question.facts for question in found.questions if question.code == "ask.restated"]
    assert [facts["n"] for facts in asked] == [1, 3]
    assert all(facts["n"] == facts["added"] + facts["changed"] + facts["removed"] for facts in asked)
    n = restated_facts(found.difference, [])["n"]
    assert n == sum(facts["n"] for facts in asked) == count_changes(found.difference).old == 4
    draft = cast(Draft, SimpleNamespace(upload=found.upload, difference=found.difference, base=base))
    words = {"en": "4 numbers of earlier months are different now", "zh": "以前月份有 4 个数被改动"}[code]
    assert words in headline(draft, Look(language))
    facts = {"n": n, "before": 30, "after": 43}
    assert words in language.say("restated.none", **facts)
    name = {"en": "3 numbers are different now", "zh": "3 个数被改动"}[code]
    assert name in language.say("ask.restated", **dict(asked[1]))


@pytest.mark.parametrize("code", LANGUAGES)
def test_follow_ups_that_come_in_late_are_told_apart_from_it(tmp_path: Path, code: Code) -> None:
    found, language = weighed(tmp_path)[0], Language(code)
    late = language.say("up.late", n=2, table=language.say("table.touches"))
    assert late in say_kept_rows(found.difference, language)


@pytest.mark.parametrize("code", LANGUAGES)
def test_one_number_is_said_as_one(tmp_path: Path, code: Code) -> None:
    found, base = weighed(tmp_path, **{"restated:2026-02": "keep"})
    draft = cast(Draft, SimpleNamespace(upload=found.upload, difference=found.difference, base=base))
    told = headline(draft, Look(Language(code)))
    assert {"en": "1 number of earlier months is", "zh": "以前月份有 1 个数被改动"}[code] in told
