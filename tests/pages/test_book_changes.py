"""The first own data replace the sample: nothing tried on it follows, and an unusable store says so in words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from segmentation.i18n import LANGUAGES, Code, Language
from tests.pages.stores import run_anew, texts
from tests.pages.test_tier_tuning import open_tuning
from tests.worlds import make_store


def test_what_was_tried_on_the_sample_stays_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = open_tuning(monkeypatch, tmp_path / "store", method="abc", lines="score", score1="55")
    assert app.session_state["draft"].method == "abc"
    flat = pd.DataFrame({"customer_id": [f"C{n}" for n in range(60)]})
    deals = pd.DataFrame(
        {"deal_id": range(60), "customer_id": flat["customer_id"], "state": ["won", "lost"] * 30}
    )
    make_store(tmp_path, customers=flat.assign(age=range(60)), deals=deals)
    run_anew(app)
    draft = app.session_state["draft"]
    assert (draft.method, draft.outcome) == ("scorecard", "recorded"), "the sample's method was kept"
    assert "abc" not in str(app.query_params)
    assert draft.policy.kind == "customers"
    assert draft.method_params["attributes"] == ("age",), "what has no slider was dropped"
    assert "60" in texts(app) and len(app.get("plotly_chart")) >= 3


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_store_that_cannot_be_used_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: Code
) -> None:
    (tmp_path / "taken").write_text("a file, not a folder", "utf-8")
    app = open_tuning(monkeypatch, tmp_path / "taken", code)
    assert not app.exception
    begins = Language(code).say("e.store.folder", path="¦", why="").split("¦")[0]
    assert begins in texts(app)
