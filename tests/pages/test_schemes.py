"""Schemes on the page: saved with a note, renamed, archived, uploaded, fitted again, compared; links short."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.i18n import LANGUAGES, Language
from segmentation.journal import Journal
from segmentation.schemes import STANDARDS, Scheme, TierPolicy, to_toml
from segmentation.ui.drafts import LINK_CHARACTERS
from tests.pages.stores import open_page, run_anew, store_path, texts
from tests.pages.test_tier_tuning import customers, open_tuning, sum_line
from tests.worlds import make_store

AT = datetime(2026, 1, 5, 9, 30)
LONG = ",".join(f"{letter}{'战略客户名称很长' * 7}" for letter in "甲乙丙丁戊己")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return Path(make_store(tmp_path, **customers(60)).path)


@pytest.fixture(scope="module")
def as_published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The proposal published from the page under the name "Spring", and a saved scheme "Other": copied, not opened."""
    own = Path(make_store(tmp_path_factory.mktemp("published"), **customers(60)).path)
    with pytest.MonkeyPatch.context() as monkeypatch:
        app = open_tuning(monkeypatch, own)
        app.button(key="publish").click().run()
        app.text_input(key="publish_name").set_value("Spring")
        app.text_input(key="publish_note").set_value("agreed on Monday")
        app.button(key="publish_now").click().run()
    Journal(own).save_scheme(
        Scheme(name="Other", method="abc", policy=TierPolicy(kind="value", cuts=(0.6, 0.9))), "x", AT
    )
    return own


@pytest.fixture
def published(as_published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(as_published, tmp_path / "published"))


def link(app: AppTest) -> dict[str, str]:
    """What stands in the address."""
    return {key: value[0] if isinstance(value, list) else value for key, value in app.query_params.items()}


def give_file(app: AppTest, data: bytes) -> AppTest:
    """The upload dialog with a file in it; a dialog is drawn only in the run its menu line was clicked in."""
    pick(app, "file")
    app.file_uploader(key="scheme_file").upload("scheme.toml", data)
    return pick(app, "file")


def pick(app: AppTest, act: str) -> AppTest:
    """A line of the Scheme menu."""
    return app.menu_button(key="scheme_menu").click(act).run()


def offered(app: AppTest) -> list[str]:
    return list(app.menu_button(key="scheme_menu").options)


def buttons(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_note_given_at_publish_stands_in_the_history(
    monkeypatch: pytest.MonkeyPatch, published: Path, code: Any
) -> None:
    kept = Journal(published).published()
    assert kept is not None and (kept.scheme.name, kept.note) == ("Spring", "agreed on Monday")
    app = open_tuning(monkeypatch, published, code)
    pick(app, "history")
    (shown,) = (
        frame.value
        for frame in app.dataframe
        if "note" in frame.value.columns and "act" in frame.value.columns
    )
    line = shown.iloc[0].to_dict()
    assert (line["revision"], line["note"]) == (1, "agreed on Monday")
    assert line["act"] == {"en": "published", "zh": "发布"}[code]


def test_a_renamed_scheme_stays_on_the_screen_and_its_old_link_opens(
    monkeypatch: pytest.MonkeyPatch, published: Path
) -> None:
    app = open_tuning(monkeypatch, published)
    app = run_anew(app.slider(key="score1@slider").set_value(70.0).run())
    before = sum_line(app)
    pick(app, "rename")
    app.text_input(key="rename_name").set_value("Summer")
    app.button(key="rename_now").click().run()
    app = run_anew(app)
    assert sum_line(app) == before, "renaming lost what was changed"
    assert link(app)["scheme"] == "Summer.1"
    assert Journal(published).published_scheme() is not None
    other = sum_line(open_tuning(monkeypatch, published, scheme="Other.1"))
    again = open_tuning(monkeypatch, published, scheme="Spring.1", score1=link(app)["score1"])
    assert sum_line(again) == before != other
    assert "The link asks for" not in texts(again)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_name_that_is_taken_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, published: Path, code: Any
) -> None:
    app = open_tuning(monkeypatch, published, code)
    pick(app, "rename")
    app.text_input(key="rename_name").set_value("Other")
    app.button(key="rename_now").click().run()
    expected = Language(code).say("e.scheme.taken", name="Other")
    assert f":red[{expected}]" in texts(app)
    assert set(Journal(published).schemes()) == {"Spring", "Other"}
    assert expected not in texts(run_anew(app)), "a refusal is told once"


def test_an_archived_scheme_is_not_offered_but_its_link_opens(
    monkeypatch: pytest.MonkeyPatch, published: Path
) -> None:
    app = open_tuning(monkeypatch, published)
    refusal = Language("en").say("e.scheme.in_force", name="Spring")
    assert refusal in texts(pick(app, "archive")), "the scheme in force cannot be archived"
    app = open_tuning(monkeypatch, published, scheme="Other.1")
    before = sum_line(app)
    run_anew(pick(app, "archive"))
    assert "Other v1" not in open_tuning(monkeypatch, published).selectbox(key="scheme@en").options
    again = open_tuning(monkeypatch, published, scheme="Other.1")
    assert sum_line(again) == before
    again = run_anew(pick(again, "restore"))
    assert Language("en").say("scheme.archive") in offered(again)
    assert "Other v1" in open_tuning(monkeypatch, published).selectbox(key="scheme@en").options


def test_a_copy_is_saved_under_its_own_name(monkeypatch: pytest.MonkeyPatch, published: Path) -> None:
    app = open_tuning(monkeypatch, published)
    before = sum_line(app)
    pick(app, "duplicate")
    app.button(key="duplicate_now").click().run()
    app = run_anew(app)
    assert "Copy of Spring" in Journal(published).schemes()
    assert (sum_line(app), app.session_state["draft"].name) == (before, "Copy of Spring")


def test_an_earlier_revision_opens_by_its_link(monkeypatch: pytest.MonkeyPatch, published: Path) -> None:
    journal = Journal(published)
    first = journal.schemes()["Other"].scheme
    journal.save_scheme(first.changed(policy=TierPolicy(kind="value", cuts=(0.2, 0.3))), "x", AT)
    latest = sum_line(open_tuning(monkeypatch, published, scheme="Other.2"))
    earlier = open_tuning(monkeypatch, published, scheme="Other.1")
    assert sum_line(earlier) != latest
    assert earlier.session_state["draft"].policy == first.policy


@pytest.mark.parametrize("code", LANGUAGES)
def test_an_uploaded_scheme_becomes_the_draft_whole(
    monkeypatch: pytest.MonkeyPatch, published: Path, code: Any
) -> None:
    theirs = Scheme(
        name="Theirs", revision=4, method="abc", policy=TierPolicy(("A", "B"), "value", (0.5,)),
        standards=STANDARDS[1:], selling_share=0.4,
    )  # fmt: skip
    app = open_tuning(monkeypatch, published, code)
    held = Journal(published).schemes()
    app = give_file(app, to_toml(theirs).encode())
    app = run_anew(app.button(key="upload_now").click().run())
    assert app.session_state["draft"] == theirs
    assert len(sum_line(app)) == 4
    assert link(app)["draft"] == theirs.id
    assert Journal(published).schemes() == held, "an upload saves and publishes nothing"
    fresh = open_tuning(monkeypatch, published, "en", draft=theirs.id)
    assert fresh.session_state["draft"] == theirs
    app = run_anew(pick(app, "discard"))
    assert "draft" not in link(app)
    assert app.session_state["draft"] == Journal(published).published_scheme()


BAD = {
    "line": b'format = 1\nname = "x\n',
    "text": b"\xff\xfe\x00",
    "missing": b"format = 1",
    "format": to_toml(Scheme()).replace("format = 1", "format = 2").encode(),
    "method": to_toml(Scheme(method="nonsense")).encode(),
    "param": to_toml(Scheme(method_params={"bins": 99})).encode(),
    "edges": to_toml(Scheme(fitted={"nonsense": (1.0,)})).encode(),
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_file_that_is_no_scheme_says_why_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, published: Path, code: Any
) -> None:
    app = open_tuning(monkeypatch, published, code)
    before, number = app.session_state["draft"], Journal(published).number()
    nothing = Language(code).say("scheme.upload.nothing")
    for case, data in BAD.items():
        app = give_file(app, data)
        assert not app.exception
        (refusal,) = [text for text in texts(app).splitlines() if text.startswith(":red[")]
        assert nothing in texts(app) and "upload_now" not in buttons(app), case
        assert "e." not in refusal.split()[0], refusal
        if code == "zh":
            assert any("\u4e00" <= letter <= "\u9fff" for letter in refusal), refusal
    app = run_anew(app)
    assert (app.session_state["draft"], Journal(published).number()) == (before, number)
    assert "draft" not in link(app)


@pytest.mark.parametrize("code", LANGUAGES)
def test_fitting_again_says_who_moves_and_makes_a_draft_that_floats(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: Any
) -> None:
    own = Path(make_store(tmp_path, **customers(60)).path)
    app, fit = open_tuning(monkeypatch, own), Language("en").say("scheme.fit")
    assert fit not in offered(app), "nothing is fixed: nothing to fit again"
    app.button(key="publish").click().run()
    app.button(key="publish_now").click().run()
    later = customers(60, seed=1)["orders"].query("customer_id < 'C030'")
    grown = later.assign(
        order_id="N" + later["order_id"], ordered_on="2025-12-31", amount=later["amount"] * 7
    )
    make_store(tmp_path, orders=grown)
    app, fit = open_tuning(monkeypatch, own, code), Language(code).say("scheme.fit")
    assert fit in offered(app)
    held, frozen = sum_line(app), app.session_state["draft"]
    assert frozen.fitted
    pick(app, "fit")
    moved = [
        text for text in texts(app).splitlines() if Language(code).say("scheme.fit.moved", n=10)[-8:] in text
    ]
    assert len(moved) == 1 and not moved[0].startswith("**0 "), texts(app)
    app = run_anew(app.button(key="fit_now").click().run())
    draft = app.session_state["draft"]
    assert (draft.fitted, draft.policy.kind) == (None, "customers")
    rated = sum(held[:-2])
    assert draft.policy.cuts == pytest.approx([held[0] / rated, sum(held[:2]) / rated], abs=1e-6)
    assert fit not in offered(app), "nothing is fixed: nothing to fit again"
    assert link(app)["draft"] == draft.id
    assert Journal(own).published_scheme() == frozen, "publishing stays an act of its own"


@pytest.mark.parametrize("code", LANGUAGES)
def test_two_schemes_stand_side_by_side(monkeypatch: pytest.MonkeyPatch, published: Path, code: Any) -> None:
    app = open_tuning(monkeypatch, published, code)
    app = run_anew(app.slider(key="score1@slider").set_value(20.0).run())
    ours = sum_line(app)
    pick(app, "compare")
    app.selectbox(key="compare_0").set_value("Other.1")
    pick(app, "compare")
    assert not app.exception
    tables = [frame.value for frame in app.dataframe if "range" in frame.value.columns]
    assert len(tables) == 2
    theirs = sum_line(open_tuning(monkeypatch, published, code, scheme="Other.1"))
    assert tables[0]["customers"].tolist() == theirs
    assert tables[1]["customers"].tolist() == ours
    assert all("(" in rate or "（" in rate for rate in tables[0]["rate"] if rate != "–")
    say, said = Language(code).say, texts(app)
    assert say("tune.kind.value") in said and say("tune.kind.score") in said, "no difference in words"
    counts = [line for line in said.splitlines() if say("scheme.compare.moved", n=10)[-8:] in line]
    assert len(counts) == 1


def test_what_a_link_cannot_hold_is_kept_under_an_id(
    monkeypatch: pytest.MonkeyPatch, published: Path
) -> None:
    number = Journal(published).number()
    app = open_tuning(monkeypatch, published, names=LONG, number1="3", lines="number")
    app = run_anew(app)
    assert set(link(app)) - {"lang"} == {"draft"}
    assert len(urlencode(link(app))) < 100 < LINK_CHARACTERS < len(urlencode({"names": LONG}))
    assert "Draft, " in texts(app) and "Draft, 0" not in texts(app), (
        "changes are counted from the published scheme"
    )
    figures, draft = sum_line(app), app.session_state["draft"]
    assert len(figures) == 8
    fresh = open_tuning(monkeypatch, published, "zh", draft=link(app)["draft"])
    assert (sum_line(fresh), fresh.session_state["draft"]) == (figures, draft)
    fresh = run_anew(fresh)
    assert Journal(published).number() == number + 1, "a draft is kept once"
    fresh = run_anew(fresh.slider(key="number1@slider").set_value(40).run())
    assert set(link(fresh)) - {"lang"} == {"draft", "number1"}
    third = open_tuning(monkeypatch, published, **link(fresh))
    assert sum_line(third) == sum_line(fresh) != figures
    third = run_anew(third.selectbox(key="scheme@zh").set_value("Other.1").run())
    assert set(link(third)) <= {"lang", "scheme"}
    assert third.session_state["draft"].name == "Other"


def test_columns_of_any_length_open_by_a_short_link(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tables = customers(60)
    columns = tuple(f"{'评分项目说明' * 30}{letter}" for letter in "甲乙丙")
    for place, column in enumerate(columns):
        tables["customers"][column] = [str((number * (place + 3)) % 11) for number in range(60)]
    own = Path(make_store(tmp_path, **tables).path)
    theirs = Scheme(
        name="Sheet",
        method="scorecard",
        method_params={"attributes": columns},
        policy=TierPolicy(cuts=(0.25, 0.5)),
    )
    app = give_file(open_tuning(monkeypatch, own), to_toml(theirs).encode())
    app = run_anew(app.button(key="upload_now").click().run())
    slider = next(slider for slider in app.slider if str(slider.key).startswith("customers1@"))
    app = run_anew(slider.set_value(40.0).run())
    assert len(urlencode(link(app))) < 100
    fresh = open_tuning(monkeypatch, own, "zh", **link(app) | {"lang": "zh"})
    assert sum_line(fresh) == sum_line(app)
    assert fresh.session_state["draft"] == app.session_state["draft"]
    assert fresh.session_state["draft"].method_params["attributes"] == columns


def test_a_short_link_opens_the_same_customers_page(monkeypatch: pytest.MonkeyPatch, published: Path) -> None:
    draft = Scheme(name="Spring", method="abc", policy=TierPolicy(("A", "B"), "value", (0.5,)))
    kept = Journal(published).keep_draft(draft, "Spring.1", "x", AT)
    app = open_page(monkeypatch, published, "customer_profile", "en", draft=kept)
    assert not app.exception
    assert app.selectbox(key="scheme@en").value == f"draft={kept}"
    assert "Draft, 3 changes" in texts(app)


def test_a_draft_nobody_kept_gives_way(monkeypatch: pytest.MonkeyPatch, published: Path) -> None:
    app = open_tuning(monkeypatch, published, draft="0123456789ab")
    assert "draft=0123456789ab" in texts(app).replace("&#61;", "=")
    assert "draft" not in link(app)
    assert app.session_state["draft"] == Journal(published).published_scheme()


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_sample_company_can_compare_and_try_but_not_save(
    monkeypatch: pytest.MonkeyPatch, code: Any
) -> None:
    app = open_tuning(monkeypatch, store_path("sample"), code)
    assert offered(app) == [
        Language(code).say(name) for name in ("scheme.compare", "ui.scheme.discard", "scheme.file")
    ]
    pick(app, "compare")
    assert not app.exception
    assert len([frame for frame in app.dataframe if "range" in frame.value.columns]) == 2
