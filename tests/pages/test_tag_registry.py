"""The page of tags: proposals taken by a click, tags made by hand and by a rule, set on many and undone, put away."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from segmentation.conditions import Condition
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.journal import Journal
from segmentation.settings import Settings
from segmentation.store import Store
from segmentation.tags import MOST_CORE, Registry, make_tag, read_registry, tag_customers
from tests.pages.states import MARKUP, STATES
from tests.pages.stores import open_page, store_path, texts
from tests.worlds import make_store, owned_customers

PAGE = "tag_registry"
ON = date(2026, 6, 30)
AT = datetime(2026, 6, 30, 9)
BY = {"author": "local", "at": AT}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    world = owned_customers(["Ann", "Bo"], ON, 40, 50)
    world["customers"]["region"] = ["North" if k < 10 else "South" for k in range(40)]
    return make_store(tmp_path, **world)


def registry(store: Store) -> Registry:
    return read_registry(Journal(store.path))


def said(app: AppTest) -> str:
    return unescape(texts(app)).replace("\u2060", "")


def test_nothing_is_made_without_a_click(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    for code in LANGUAGES:
        say = Language(code).say
        app = open_page(monkeypatch, store.path, PAGE, code)
        assert not app.exception and say("tag.empty") in said(app)
        assert not registry(store).tags
    offered = [str(button.key) for button in app.button if str(button.key).startswith("tags.take")]
    assert offered == ["tags.take.3"], "all others would mark everybody or nobody"
    app.button(key="tags.take.3").click().run()
    (tag,) = registry(store).core
    assert not app.exception and (tag.group, tag.name) == ("客户价值", "采购额前两成")
    assert "tags.take.3" not in [button.key for button in app.button], "taken once"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_tag_is_made_by_hand_and_set_on_a_pasted_list(
    monkeypatch: pytest.MonkeyPatch, store: Store, code: Code
) -> None:
    say = Language(code).say
    app = open_page(monkeypatch, store.path, PAGE, code, tags_view="new")
    value = {"en": "Value", "zh": "客户价值"}[code]
    app.selectbox(key="tags.new.group").set_value(value)
    app.text_input(key="tags.new.name").set_value("  ")
    app.button(key="tags.make").click().run()
    assert say("e.tag.name", limit=40) in said(app) and not registry(store).tags
    app.text_input(key="tags.new.name").set_value("Samples")
    app.button(key="tags.make").click().run()
    assert not app.exception and say("tag.done.made", name="Samples") in said(app)
    (tag,) = registry(store).core
    assert (tag.group, tag.name, tag.kind) == (value, "Samples", "manual")
    app = open_page(monkeypatch, store.path, PAGE, code, tags_view="bulk")
    app.text_area(key="tags.bulk.text").set_value("C01\nFirm 2, C77").run()
    told = said(app)
    assert say("tag.bulk.found", n=2, have=0, name="Samples") in told
    assert say("tag.bulk.unknown", n=1, names="C77") in told
    app.button(key="tags.bulk.set").click().run()
    assert sorted(registry(store).set_by_hand(ON)[tag.id]) == ["C01", "C02"]
    assert say("tag.bulk.found", n=2, have=2, name="Samples") in said(app)
    app.button(key="tags.undo").click().run()
    assert not app.exception and not registry(store).set_by_hand(ON)[tag.id]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_tag_is_made_by_a_rule_with_its_count_beside_it(
    monkeypatch: pytest.MonkeyPatch, store: Store, code: Code
) -> None:
    language = Language(code)
    app = open_page(monkeypatch, store.path, PAGE, code, tags_view="new")
    app.radio(key=f"tags.new.kind.{code}").set_value("automatic").run()
    field = next(box for box in app.selectbox if str(box.key).endswith(".field"))
    field.set_value("recency_days").run()
    value = next(box for box in app.number_input if "value" in str(box.key))
    value.set_value(9.0).run()
    assert language.say("tag.rule.tags", n=10, count=40, date=ON) in said(app)
    app.text_input(key="tags.new.name").set_value("Recent")
    app.button(key="tags.make").click().run()
    assert not app.exception
    (tag,) = registry(store).core
    assert tag.condition == Condition("recency_days", "within", 9, "days")
    told = said(app)
    assert language.say("tag.usage", k=10, count=40, share="25%") in told
    sentence = {"en": "last order within the last 9 days", "zh": "最近下单在 9 天内"}[code]
    assert sentence in told


def test_the_rule_of_a_tag_is_changed(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    rule = Condition("recency_days", "within", 9, "days")
    tag_id = make_tag(Journal(store.path), "Activity", "Recent", condition=rule, note="n", **BY)
    app = open_page(monkeypatch, store.path, PAGE, "en")
    app.button(key=f"tags.edit.{tag_id}.rule").click().run()
    value = next(box for box in app.number_input if "value" in str(box.key))
    assert value.value == 9
    value.set_value(4.0).run()
    assert registry(store).get(tag_id).condition == rule, "not before it is saved"
    app.button(key="tags.rule.save").click().run()
    tag = registry(store).get(tag_id)
    assert not app.exception and tag.condition == Condition("recency_days", "within", 4, "days")
    assert (tag.group, tag.name, tag.note) == ("Activity", "Recent", "n")
    assert "5 of 40 customers" in said(app)


def test_customers_are_chosen_by_filter(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    tag_id = make_tag(Journal(store.path), "Sales", "Samples", **BY)
    app = open_page(monkeypatch, store.path, PAGE, "en", tags_view="bulk")
    app.radio(key="tags.bulk.how.en").set_value("filter").run()
    assert "customers found" not in said(app), "no filter is not everybody"
    app.multiselect(key="tags.bulk.owner.en").set_value(["Ann"]).run()
    app.multiselect(key="tags.bulk.region.en").set_value(["North"]).run()
    assert "**5 customers found**" in said(app)
    app.button(key="tags.bulk.set").click().run()
    assert sorted(registry(store).set_by_hand(ON)[tag_id]) == ["C00", "C02", "C04", "C06", "C08"]
    app.multiselect(key="tags.bulk.region.en").set_value([]).run()
    app.multiselect(key="tags.bulk.tier.en").set_value(["A"]).run()
    assert not app.exception and "customers found" in said(app)


@pytest.mark.parametrize("code", LANGUAGES)
def test_age_overlap_and_too_many_are_said(monkeypatch: pytest.MonkeyPatch, store: Store, code: Code) -> None:
    journal, language = Journal(store.path), Language(code)
    ids = [make_tag(journal, "Many", f"T{k:02d}", **BY) for k in range(MOST_CORE + 1)]
    for tag_id in ids[:2]:
        tag_customers(journal, tag_id, [f"C{k:02d}" for k in range(6)], is_set=True, on=ON, **BY)
    app = open_page(monkeypatch, store.path, PAGE, code)
    assert not app.exception
    told = said(app)
    facts = {"n": MOST_CORE + 1, "most": MOST_CORE}
    assert language.say("tag.meter.beyond", **facts) in told
    pair = {"first": "Many · T00", "second": "Many · T01", "both": 6, "either": 6}
    assert language.say("tag.overlap", **pair) in told
    age = (datetime.now().date() - AT.date()).days
    expected = "unreviewed" if age > Settings().stale_tag_days else "unborne"
    assert language.say(f"tag.state.{expected}", n=age) in told
    app.button(key=f"tags.edit.{ids[20]}.reviewed").click().run()
    app.button(key=f"tags.edit.{ids[19]}.retired").click().run()
    told = said(app)
    assert not app.exception and language.say("tag.meter.beyond", **facts) not in told
    assert len(registry(store).core) == MOST_CORE
    app.button(key=f"tags.restore.{ids[19]}").click().run()
    assert len(registry(store).core) == MOST_CORE + 1


def test_the_days_until_a_tag_is_stale_are_a_setting(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    make_tag(Journal(store.path), "Sales", "Samples", author="local", at=datetime.now() - timedelta(days=30))
    app = open_page(monkeypatch, store.path, PAGE, "en")
    assert "not reviewed for" not in said(app)
    app.number_input(key="tags.stale").set_value(29).run()
    assert "not reviewed for 30 days" in said(app)
    assert Settings.read(Journal(store.path).settings()).stale_tag_days == 29


def test_names_like_markup_stay_letters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    store = make_store(tmp_path, **STATES["named_like_markup"]())
    journal = Journal(store.path)
    for place, mark in enumerate(MARKUP):
        rule = Condition("region", "=", mark)
        make_tag(journal, mark[:40], mark[:40], condition=rule, note=mark, **BY)
        manual = make_tag(journal, mark[:40], f"{place}{mark}"[:40], **BY)
        tag_customers(journal, manual, ["C001"], is_set=True, on=ON, **BY)
    for page, query in (
        (PAGE, {}),
        (PAGE, {"tags_view": "bulk"}),
        ("customer_profile", {"customer": "C001"}),
    ):
        app = open_page(monkeypatch, store.path, page, "en", **query)
        assert not app.exception
        told = "\n".join(str(one.value) for one in (*app.markdown, *app.header))
        assert not any(mark in told for mark in ("![x]", "<img", ":red[x]", "[go]", "$x$", "**x**"))


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("world", ["sample", "undone", "one_customer"])
def test_the_page_stands_on_every_store(monkeypatch: pytest.MonkeyPatch, world: str, code: Code) -> None:
    app = open_page(monkeypatch, store_path(world), PAGE, code)
    assert not app.exception and ":red[" not in texts(app)
    if world == "sample":
        assert Language(code).say("tag.proposals.sample") in said(app)
        assert all(button.disabled for button in app.button if str(button.key).startswith("tags.take"))


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_customer_shows_its_tags_with_their_sources(
    monkeypatch: pytest.MonkeyPatch, store: Store, code: Code
) -> None:
    journal, language = Journal(store.path), Language(code)
    rule = Condition("recency_days", "within", 9, "days")
    make_tag(journal, "Activity", "Recent", condition=rule, **BY)
    tag_id = make_tag(journal, "Sales", "Samples", **BY)
    app = open_page(monkeypatch, store.path, "customer_profile", code, customer="C03")
    told = said(app)
    assert "Activity · Recent" in told
    assert {"en": "By rule: last order within the last 9 days", "zh": "自动标签：最近下单在 9 天内"}[
        code
    ] in told
    app.button(key=f"tags.on.C03.{tag_id}").click().run()
    assert list(registry(store).set_by_hand(ON)[tag_id]) == ["C03"]
    assert language.say("tag.given", who=language.say("tag.you"), date=ON) in said(app)
    app.button(key=f"tags.off.C03.{tag_id}").click().run()
    assert not app.exception and not registry(store).set_by_hand(ON)[tag_id]


def test_the_list_of_who_would_move_shows_those_of_a_tag_and_scores_nobody_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world = owned_customers(["Ann"], ON, 40, 50)
    world["customers"]["grade"] = "B"
    store = make_store(tmp_path, **world)
    journal = Journal(store.path)
    tag_id = make_tag(journal, "Sales", "Samples", **BY)
    empty = make_tag(journal, "Sales", "Nobody", **BY)
    tag_customers(journal, tag_id, ["C00", "C39"], is_set=True, on=ON, **BY)
    plain = open_page(monkeypatch, store.path, "tier_tuning", "en")
    shown = _movers(plain)
    assert not plain.exception and len(shown) == 10
    app = open_page(monkeypatch, store.path, "tier_tuning", "en", moves_tag=tag_id)
    assert not app.exception
    filtered = _movers(app)
    assert 0 < len(filtered) <= 2 and set(filtered["name"]) <= {"Firm 0", "Firm 39"}
    before = shown.set_index("name")["score"]
    for name, score in filtered.set_index("name")["score"].items():
        assert name not in before.index or before[name] == score
    app = open_page(monkeypatch, store.path, "tier_tuning", "en", moves_tag=empty)
    assert "among those chosen" in said(app)
    app = open_page(monkeypatch, store.path, "tier_tuning", "en", moves_tag="gone")
    assert not app.exception and len(_movers(app)) == 10, "a tag that is no more filters nothing"


def _movers(app: AppTest) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if {"theirs", "ours"} <= set(frame.value.columns))
