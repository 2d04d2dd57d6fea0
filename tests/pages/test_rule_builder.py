"""Rules on the tuning page: sentences with live counts, rows that build one's own, refused input, and the link."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.condition_forms import to_plain
from segmentation.conditions import Condition
from segmentation.i18n import LANGUAGES, Language
from segmentation.journal import Journal
from segmentation.methods.rules import OWN
from segmentation.rule_presets import PRESETS
from segmentation.schemes import Scheme
from tests.pages.stores import run_anew, texts
from tests.pages.test_tier_tuning import NASTY, customers, open_tuning
from tests.worlds import make_store

NASTY_RULE = (NASTY, to_plain(Condition("industry", "=", NASTY)))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return Path(make_store(tmp_path, **customers(60)).path)


def drawn(app: AppTest) -> tuple[Any, ...]:
    """The rules the page stands on."""
    found: tuple[Any, ...] = app.session_state["draft"].method_params.get("rules", ())
    return found


def press(app: AppTest, label: str, place: int = 0) -> AppTest:
    return [button for button in app.button if button.label == label][place].click().run()


def find(elements: Any, role: str) -> Any:
    """The control of the first row whose key ends in a role."""
    return next(element for element in elements if re.search(rf"^rule_rows.*{role}$", str(element.key)))


def start_own(monkeypatch: pytest.MonkeyPatch, store: Path, code: str) -> AppTest:
    return open_tuning(monkeypatch, store, code, **{"method": "rules", "rules.preset": OWN})


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_ready_set_is_read_back_with_its_counts(
    monkeypatch: pytest.MonkeyPatch, own: Path, code: str
) -> None:
    app = open_tuning(monkeypatch, own, code, method="rules")
    assert not app.exception
    said, language = texts(app), Language(code)  # type: ignore[arg-type]
    for rule in PRESETS["b2b"].rules:
        assert rule.text.in_(code) in said  # type: ignore[arg-type]
    counts = [int(n) for n in re.findall({"en": r"takes (\d+) cust", "zh": r"归入 (\d+) 家"}[code], said)]
    rest = {"en": r": (\d+) customers? no rule takes", "zh": r"：(\d+) 家不符合任何规则"}[code]
    gap = re.search(rest, said)
    assert gap and len(counts) == 2
    app.session_state["session"]
    rated = re.search(r"= (?:共 )?(\d+)", said)
    assert rated and 0 < sum(counts) + int(gap[1]) <= int(rated[1])
    assert language.say("rules.add") not in said


@pytest.mark.parametrize("code", LANGUAGES)
def test_rules_are_built_row_by_row(monkeypatch: pytest.MonkeyPatch, own: Path, code: str) -> None:
    say = Language(code).say  # type: ignore[arg-type]
    app = start_own(monkeypatch, own, code)
    assert not app.exception
    press(app, PRESETS["annual"].text.in_(code))  # type: ignore[arg-type]
    assert not app.exception
    sentence = {
        "en": "annual purchases > 1,000,000 and repurchase rate > 80%",
        "zh": "年采购额 > 100万 且 复购率 > 80%",
    }[code]
    assert sentence in plain_of(app)
    assert len(drawn(app)) == 1 and drawn(app)[0][1][0] == "all"
    find(app.number_input, "value0").set_value(2.0).run()
    assert drawn(app)[0][1][1] == ("if", "revenue_12m", ">", 2.0, "wan", 0)
    find(app.selectbox, "operator").select("<=").run()
    find(app.selectbox, "unit").select("").run()
    assert drawn(app)[0][1][1] == ("if", "revenue_12m", "<=", 2.0, "", 0)
    find(app.radio, "join").set_value("any").run()
    assert drawn(app)[0][1][0] == "any"
    press(app, say("rules.add.condition"))
    assert len(drawn(app)[0][1]) == 4
    press(app, say("rules.add.group"))
    assert drawn(app)[0][1][4][0] == "all"
    find(app.selectbox, "0.field").select("recency_days").run()
    assert drawn(app)[0][1][1] == ("if", "recency_days", "within", 90.0, "days", 0)
    press(app, say("rules.remove"))
    assert len(drawn(app)[0][1]) == 4
    press(app, say("rules.add"))
    assert drawn(app)[1][0] == say("rules.new", n=2)
    press(app, say("rules.down"))
    assert drawn(app)[0][0] == say("rules.new", n=2)
    find(app.text_input, "0.name").set_value("重点").run()
    assert drawn(app)[0][0] == "重点"
    press(app, say("rules.delete"))
    assert len(drawn(app)) == 1
    assert not app.exception


def plain_of(app: AppTest) -> str:
    from html import unescape

    return unescape(texts(app)).replace("\u2060", "")


def test_what_makes_no_rule_is_refused_in_words_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, own: Path
) -> None:
    app = start_own(monkeypatch, own, "en")
    press(app, PRESETS["annual"].text.en)
    before = drawn(app)
    find(app.text_input, "0.name").set_value("  ").run()
    assert drawn(app) == before and "A segment needs a name" in app.error[0].value
    assert find(app.text_input, "0.name").value == before[0][0]
    find(app.number_input, "value0").set_value(1e300).run()
    assert app.error[0].value == "annual purchases needs a number." and drawn(app) == before
    find(app.number_input, "value0").set_value(3.0).run()
    assert not app.error and drawn(app) != before


def test_chinese_rules_take_chinese_colons(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    app = start_own(monkeypatch, own, "zh")
    press(app, PRESETS["annual"].text.zh)
    (told,) = [one.value for one in app.markdown if one.value.startswith("1. **")]
    assert "**：" in told and "**: " not in told


def test_the_link_of_built_rules_opens_for_somebody_else(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    app = start_own(monkeypatch, own, "en")
    press(app, PRESETS["retail"].text.en)
    link = {key: value[0] if isinstance(value, list) else value for key, value in app.query_params.items()}
    other = open_tuning(monkeypatch, own, "zh", **{k: v for k, v in link.items() if k != "lang"})
    assert drawn(other) == drawn(app) and len(drawn(app)) == 3


def test_hostile_names_and_values_stay_letters(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    scheme = Scheme(name="Odd", method="rules", method_params={"preset": OWN, "rules": (NASTY_RULE,)})
    saved = Journal(own).save_scheme(scheme, "x", __import__("datetime").datetime(2026, 1, 5))
    app = open_tuning(monkeypatch, own, "en", scheme=f"{saved.name}.{saved.revision}")
    assert not app.exception
    said = texts(app)
    assert "<script>" not in said and "![x]" not in said and ":red[" not in said
    assert "alert" in said
    run_anew(app)
    assert not app.exception
