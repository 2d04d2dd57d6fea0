"""A draft held against the published scheme: results of the same customers, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from segmentation.i18n import LANGUAGES, Code, Language
from tests.pages.test_tier_tuning import customers, open_tuning, run_anew, texts
from tests.worlds import make_store

PUBLISHED: dict[Code, str] = {"en": "of v1", "zh": "第 1 版的"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_changed_draft_is_judged_against_the_published_scheme(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: Code
) -> None:
    say = Language(code).say
    app = open_tuning(monkeypatch, Path(make_store(tmp_path, **customers(200)).path), code)
    app.button(key="publish").click().run()
    app.button(key="publish_now").click().run()
    app = run_anew(app)
    same = say("paired.same", revision=1)
    assert same not in texts(app), "a scheme was held against itself"
    score = app.slider(key="score1@slider")
    app = run_anew(score.set_value(round(score.value) - 20.0).run())
    told = texts(app)
    assert same in told or told.count(PUBLISHED[code]) >= 1
    helps = " ".join(found.help for found in app.markdown if found.help)
    assert helps.count(PUBLISHED[code]) == 3, "one line for each tier where someone points at the mark"
