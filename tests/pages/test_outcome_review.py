"""The page Outcomes: every way of grouping, both languages, what is missing, and what hands decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.journal import Journal
from segmentation.overrides import set_override
from segmentation.sample import FOLDER
from tests.pages.states import STATES, company
from tests.pages.stores import assert_whole, open_page, store_path, texts
from tests.pages.test_states import assert_sound, state_path
from tests.worlds import make_store

PAGE = "outcome_review"
GROUPS = ("tier", "segment", "region", "channel", "owner", "month")
MISSING = {
    "without_deals": ("empty.deals", "out.none.deals"),
    "without_orders": ("out.none.margin",),
    "without_touches": ("out.none.touches",),
    "customers_alone": ("out.head.few",),
    "flat_sheet": ("out.recorded", "byhand.undated", "profile.months.undated"),
    "one_week": ("comfort.few",),
    "thirty_customers_one_month": ("comfort.few", "out.none.margin"),
}


def names_of(app: AppTest) -> list[str]:
    return [element.proto.alt.split(".")[0].split("。")[0] for element in app.get("plotly_chart")]


def frame(app: AppTest, column: str) -> pd.DataFrame:
    (found,) = [element.value for element in app.dataframe if column in element.value.columns]
    return found


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_sample_says_what_followed(monkeypatch: pytest.MonkeyPatch, code: Code) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, code)
    assert_whole(app, code)
    say, told = Language(code).say, texts(app)
    rates = say("list.comma").join(
        f"{Language(code).tier(t)} {r}" for t, r in (("A", "92%"), ("B", "69%"), ("C", "41%"))
    )
    assert told.startswith(say("out.head", outcome=say("fig.outcome.repurchase"), n=90, rates=rates))
    assert say("head.dates", list_date=dt.date(2026, 10, 31), check_date=dt.date(2026, 8, 2), n=90) in told
    measures = ("win_rate", "first_order", "repurchase", "churn", "revenue", "margin", "order_value")
    assert [say(f"out.{name}") for name in measures] == names_of(app)[:7]
    figures = frame(app, "repurchase").set_index("group")
    assert figures.loc[Language(code).tier("A"), "repurchase"] == say(
        "out.cell", value="92%", range="85%–96%", count="83/90"
    )
    assert say("out.none.renewal") in told and say("nps.none") in told
    assert say("byhand.nobody", date=dt.date(2026, 8, 2)) in told


@pytest.mark.parametrize("by", GROUPS)
def test_every_way_of_grouping(monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, "zh", by=by)
    assert_whole(app, "zh")
    is_of_all = "全部客户" in texts(app).splitlines()[0]
    assert is_of_all == (by != "tier"), "the first sentence speaks of what is shown"
    kinds = frame(app, "visit")
    parts = kinds.drop(columns=["group", "all", "customers"]).sum(axis=1)
    assert np.allclose(parts, kinds["all"]), "ways of contact add up"
    counted = kinds["customers"]
    if by == "month":
        assert len(kinds) == 12 and kinds["group"].tolist()[-1] == "2026年10月"
    else:
        others = Language("zh").say("out.others", n=2)
        assert (by == "owner") == (others in kinds["group"].tolist()), "twelve groups, then the rest"
        assert counted.iloc[:-1].sum() == counted.iloc[-1] == 1148, "everybody is in one group"


def count_churn(until: dt.date, days: int = 90) -> str:
    """k/n of the sample: who ordered in the time before, and not in the `days` up to `until`."""
    orders = pd.read_csv(FOLDER / "orders.csv", usecols=["customer_id", "ordered_on", "amount"])
    listed = set(pd.read_csv(FOLDER / "customers.csv", usecols=["customer_id"])["customer_id"])
    bought = orders[(orders["amount"] >= 0) & orders["customer_id"].isin(listed)]
    on = pd.to_datetime(bought["ordered_on"]).dt.date
    begins, middle = until - dt.timedelta(2 * days), until - dt.timedelta(days)
    before = set(bought.loc[(on > begins) & (on <= middle), "customer_id"])
    signed = pd.read_csv(FOLDER / "deals.csv", usecols=["customer_id", "closed_on", "state"]).dropna()
    won = signed[signed["state"] == "won"]
    closed = pd.to_datetime(won["closed_on"]).dt.date
    since = set(bought.loc[(on > middle) & (on <= until), "customer_id"])
    since |= set(won.loc[(closed > middle) & (closed <= until), "customer_id"])
    return f"{len(before - since)}/{len(before)}"


def test_churn_is_that_of_the_files_and_says_which_tier_loses_more(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("sample"), PAGE, "en")
    whole = frame(app, "churn").set_index("group").loc["All", "churn"]
    assert whole.endswith(count_churn(dt.date(2026, 10, 31)))
    assert "loses fewer customers than" in texts(app)
    months = frame(open_page(monkeypatch, store_path("sample"), PAGE, "en", by="month"), "churn")
    told = months.set_index("group")["churn"]
    for month, end in (("Oct 2026", dt.date(2026, 10, 31)), ("Jul 2026", dt.date(2026, 7, 31))):
        assert told[month].endswith(count_churn(end)), month


def test_only_what_is_written_down_can_be_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    frames = company(80, 720)
    store = Path(make_store(tmp_path, customers=frames["customers"], orders=frames["orders"]).path)
    app = open_page(monkeypatch, store, PAGE, "en", by="channel")
    (control,) = [box for box in app.selectbox if box.label == "Shown by"]
    assert "Channel" not in control.options and "Owner" not in control.options
    assert control.value == "tier", "a link that asks for what is not there gets the tiers"


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_every_state_opens_and_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, state: str, code: Code
) -> None:
    app = open_page(monkeypatch, state_path(state), PAGE, code)
    assert_sound(app, dict.fromkeys(MISSING.get(state, ())), code, state)


@pytest.mark.parametrize("world", ["undone", "one_customer"])
def test_nobody_and_one_customer(monkeypatch: pytest.MonkeyPatch, world: str) -> None:
    app = open_page(monkeypatch, store_path(world), PAGE, "en")
    assert_whole(app, "en")
    assert "img" not in texts(app)


@pytest.fixture
def decided(tmp_path: Path) -> Callable[[dt.datetime], Path]:
    """A company whose best customers' neighbours were set up by hand at some time."""

    def make(at: dt.datetime) -> Path:
        frames = company(300, 900, seed=9)
        store = make_store(tmp_path, **frames)
        journal = Journal(store.path)
        for customer in frames["customers"]["customer_id"]:
            set_override(
                journal, customer, "A", "strategic", since_on=dt.date(2025, 1, 31),
                expires_on=dt.date(2030, 1, 1), author="ann", at=at,
            )  # fmt: skip
        return Path(store.path)

    return make


@pytest.mark.parametrize("code", LANGUAGES)
def test_hands_are_held_against_the_rule(
    monkeypatch: pytest.MonkeyPatch, decided: Callable[[dt.datetime], Path], code: Code
) -> None:
    app = open_page(monkeypatch, decided(dt.datetime(2025, 2, 3)), PAGE, code)
    assert_whole(app, code)
    say, told = Language(code).say, texts(app)
    assert say("byhand.column.computed") in told and say("byhand.caveat") in told
    # Everybody was set up: there is nobody left to hold them against.
    head = say("byhand.up.too_few", n=12345, least=10).split("12,345")[0]
    assert head in told


def test_hands_that_moved_later_are_not_judged(
    monkeypatch: pytest.MonkeyPatch, decided: Callable[[dt.datetime], Path]
) -> None:
    app = open_page(monkeypatch, decided(dt.datetime(2030, 1, 1)), PAGE, "en")
    assert "300 were recorded only after that day" in texts(app)


def test_satisfaction_is_drawn_where_it_is_on_record(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    frames = company(120, 720)
    scores = np.where(np.arange(120) % 3 == 0, None, np.arange(120) % 100)
    frames["customers"] = frames["customers"].assign(nps=scores)
    app = open_page(monkeypatch, Path(make_store(tmp_path, **frames).path), PAGE, "en")
    assert_whole(app, "en")
    assert "Net promoter score" in names_of(app) and "Complaints per customer" not in names_of(app)


@pytest.mark.parametrize(("by", "rows"), [("tier", "A"), ("month", "A"), ("region", "North")])
def test_satisfaction_follows_the_groups_but_months(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, by: str, rows: str
) -> None:
    frames = company(120, 720)
    told = frames["customers"].assign(nps=np.arange(120) % 100, region=["North", "South"] * 60)
    frames = {**frames, "customers": told}
    app = open_page(monkeypatch, Path(make_store(tmp_path, **frames).path), PAGE, "en", by=by)
    assert_whole(app, "en")
    (alt,) = [e.proto.alt for e in app.get("plotly_chart") if e.proto.alt.startswith("Net promoter score")]
    assert f"{rows}:" in alt
