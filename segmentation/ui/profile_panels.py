"""The blocks of the customer page: the search, the sentence, the arithmetic, the months, and every row behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import nan
from typing import Any

import pandas as pd
import streamlit as st

from segmentation.explanations import Explanation, Part
from segmentation.features import window_start
from segmentation.figures.history import draw_history
from segmentation.figures.theme import Look
from segmentation.figures.waterfall import draw_waterfall
from segmentation.i18n import ABSENT, Language
from segmentation.modelled import say_modelled
from segmentation.overrides import Override
from segmentation.reasons import join_sentences, say_drop, say_next, say_value, say_why
from segmentation.records import Records, find_customers, sum_by_month
from segmentation.standing import Standing
from segmentation.ui import profile_frames
from segmentation.ui.blocks import chart, empty, grey, headline, title, verdict
from segmentation.ui.downloads import offer_csv
from segmentation.ui.escape import plain
from segmentation.ui.session import Session

CUSTOMER_KEY, SEARCH_KEY = "customer", "profile.search"
MOST_SHOWN = 50
ROW_HEIGHT = 30
KINDS: dict[str, Callable[[Records, Language], pd.DataFrame]] = {
    "orders": profile_frames.order_rows,
    "touches": profile_frames.touch_rows,
    "deals": profile_frames.deal_rows,
}


@dataclass(frozen=True)
class Profile:
    """One customer on the list date: the explanation, its rows, the place of its computed tier (None = *unrated*) among
    `names`, and what was decided by hand."""

    explanation: Explanation
    records: Records
    rank: int | None
    names: tuple[str, ...]
    as_of: date
    window_days: int | None
    override: Override | None = None

    @property
    def tier(self) -> str:
        """The tier that holds: the one set by hand, where the rule has it, else the computed one."""
        told = self.explanation
        by_hand = None if self.override is None else self.override.tier
        return by_hand if by_hand is not None and by_hand in self.names else told.tier


def choose_customer(session: Session, standing: Standing) -> str | None:
    """Search box and matches; the choice lives in the URL. Where nobody matches, who was shown stays."""
    look = session.look
    text = st.text_input(look.say("profile.search"), key=SEARCH_KEY, persist_state="session")
    names = _matches(session, standing, text or "")
    asked = st.query_params.get(CUSTOMER_KEY)
    if not text and asked is not None and asked not in names and asked in standing.features.index:
        names = {asked: str(standing.features.at[asked, "name"])} | names
    if not names:
        grey(look.say("empty.search", text=plain(text)))
        return (
            asked if asked in standing.features.index else next(iter(_matches(session, standing, "")), None)
        )
    label = look.say("profile.largest") if not text else look.say("profile.matches", n=len(names))
    if text and len(names) >= MOST_SHOWN:
        label = look.say("profile.matches.most")
    ids = list(names)
    texts = {key: name if name == key else f"{name} · {key}" for key, name in names.items()}
    place = ids.index(asked) if asked in names else 0
    picked = st.selectbox(
        label, ids, place, format_func=lambda key: texts.get(key, key), key=f"profile.picked.{text}"
    )
    # Nobody asked for the first of the list: naming it in the URL would cost the browser's Back a second press.
    is_chosen = asked is not None or bool(text) or picked != ids[0]
    if picked is not None and is_chosen and asked != picked:
        st.query_params[CUSTOMER_KEY] = picked
    return picked


def _matches(session: Session, standing: Standing, text: str) -> dict[str, str]:
    """Customer id → name: those found, or the largest while nothing is searched; only who is known on the date."""
    if text.strip():
        found = find_customers(session.book, text)
        known = found[found["customer_id"].isin(standing.features.index)]
        return dict(zip(known["customer_id"], known["name"].astype(str), strict=True))
    largest = standing.features["amount"].sort_values(ascending=False, kind="stable").head(MOST_SHOWN).index
    return {key: str(standing.features.at[key, "name"]) for key in largest}


def show_head(profile: Profile, session: Session, standing: Standing) -> None:
    """Name, tier and score; under it who is in charge and where the customer is."""
    look, told = session.look, profile.explanation
    facts = {"name": plain(told.name), "tier": plain(look.language.tier(profile.tier))}
    if told.score is None:
        sentence = look.say("profile.head.unrated", **facts)
    else:
        sentence = look.say("profile.head", **facts, score=look.language.number(told.score, 1))
    headline(sentence, " · ".join(_facts(profile, standing, look)))


def _facts(profile: Profile, standing: Standing, look: Look) -> list[str]:
    row = standing.features.loc[profile.explanation.customer_id]
    told = profile.explanation
    words = [plain(told.customer_id)] if told.customer_id != told.name else []
    words += [plain(row[name]) for name in ("region", "industry", "parent_id") if not pd.isna(row[name])]
    if not pd.isna(row["owner"]):
        words.append(look.say("profile.facts.owner", owner=plain(row["owner"])))
    if not pd.isna(row["first_contact_on"]):
        words.append(look.say("profile.facts.since", date=row["first_contact_on"].date()))
    return words


def show_reasons(profile: Profile, standing: Standing, look: Look) -> None:
    """Why this tier, what would reach the next, and the grade the user's own file carries."""
    told = profile.explanation
    why = say_why(told, look.language, look.money)
    sentences = [why if profile.override is None else look.say("override.computed", why=why)]
    if told.gap is not None:
        sentences.append(say_next(told, look.language, look.money))
    elif profile.rank == 0:
        sentences.append(look.say("profile.top"))
    sentences.append(say_drop(told, look.language, look.money))
    sentences += say_modelled(standing, told.customer_id, look.language, look.money)
    grade: Any = standing.features.at[told.customer_id, "grade"]
    if not pd.isna(grade) and grade != "":
        sentences.append(look.say("profile.grade", theirs=grade, ours=look.language.tier(told.tier)))
    for sentence in filter(None, sentences):
        st.markdown(plain(sentence, 1000))


def show_breakdown(profile: Profile, look: Look) -> None:
    """The points of each part, as a chart and as the table it is drawn from."""
    told = profile.explanation
    title(look.say("profile.breakdown"), look.say(f"profile.breakdown.unit.{told.parts_unit}"))
    parts = told.parts
    if profile.rank is None or not parts:
        empty(look.say("profile.breakdown.none"))
        return
    words = look.say("list.separator").join(_part_in_words(part, look) for part in parts)
    figure = draw_waterfall(told, profile.rank, look)
    total = look.language.number(told.score, 1)
    chart(figure, look.say("alt.breakdown", parts=words, score=total), "profile.breakdown")
    if told.parts_unit == "log_odds":
        grey(look.say("profile.breakdown.log_odds"))
    rows = [
        (
            plain(part.label.in_(look.language.code)),  # cells of a static table are markdown
            ABSENT
            if part.feature is None
            else say_value(look.language, look.money, part.feature, part.value),
            part.points,
            nan if part.most is None else part.most,
        )
        for part in parts
    ]
    names = [look.say(f"profile.col.{name}") for name in ("part", "value", "points", "most")]
    table = pd.DataFrame(rows, columns=names)  # numbers stay numbers: those stand to the right

    def written(points: Any) -> str:
        return look.language.number(points, 1)

    st.table(table.style.format(written, subset=table.columns[2:]), border="horizontal", hide_index=True)


def _part_in_words(part: Part, look: Look) -> str:
    return f"{part.label.in_(look.language.code)} {look.language.number(part.points, 1)}"


def show_history(profile: Profile, look: Look) -> None:
    """Sales and follow-ups month by month."""
    title(look.say("profile.history"), look.say("profile.history.unit"))
    months = sum_by_month(profile.records, profile.as_of)
    if not len(months):
        empty(look.say("profile.history.none"))
        return
    alt = look.say(
        "alt.history",
        first=look.language.month(months["month"].iloc[0].date()),
        last=look.language.month(months["month"].iloc[-1].date()),
        orders=int(months["orders"].sum()),
        touches=int(months["touches"].sum()),
    )
    chart(draw_history(months, profile.rank, look), alt, "profile.history")


def show_records(profile: Profile, look: Look) -> None:
    """Every row of the customer: counted or left out with the reason, with file, sheet and cell."""
    records = profile.records
    title(look.say("profile.records"), _window(profile, look))
    texts = {kind: look.say(f"profile.{kind}", count=len(getattr(records, kind))) for kind in KINDS}
    picked = st.segmented_control(
        look.say("profile.which"), list(KINDS), default="orders", required=True, key="profile.kind",
        format_func=texts.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    kind = str(picked or "orders")
    frame = KINDS[kind](records, look.language)
    if not len(frame):
        empty(look.say(f"profile.no_{kind}"))
        return
    if kind == "orders":
        verdict([_rows_in_words(records, look)])
    labels = {name: _column(name, look) for name in frame.columns}
    st.dataframe(
        frame, hide_index=True, row_height=ROW_HEIGHT, column_config=labels, key=f"profile.{kind}",
        height="content" if len(frame) <= 20 else 640,
    )  # fmt: skip
    said = frame.rename(columns={name: look.say(f"profile.col.{name}") for name in frame.columns})
    offer_csv(
        look.say("profile.download"), lambda: said, f"{kind}_{profile.explanation.customer_id}", f"get.{kind}"
    )


def _column(name: str, look: Look) -> Any:
    label = look.say(f"profile.col.{name}")
    if name in ("amount", "minutes"):
        return st.column_config.NumberColumn(label, format="localized")
    return st.column_config.TextColumn(label)


def _window(profile: Profile, look: Look) -> str:
    if profile.window_days is None:
        return look.say("profile.records.all", last=profile.as_of)
    first = window_start(profile.as_of, profile.window_days)
    return look.say(
        "profile.records.window", first=date.fromordinal(first.toordinal() + 1), last=profile.as_of
    )


def _rows_in_words(records: Records, look: Look) -> str:
    count, amount = profile_frames.counted_orders(records)
    rows = len(records.orders)
    missing, reasons = profile_frames.left_out(records, look.language)
    money = look.money(amount)
    deals = [look.say("profile.from_deals")] if (records.orders["kind"] == "deal").any() else []
    if not missing:
        sentence = look.say("rows.all", n=count, amount=money, rows=look.say("rows.count", n=rows))
    else:
        kept, left = (look.say("rows.count", n=number) for number in (rows - missing, missing))
        facts = {"rows": kept, "left": left, "reasons": reasons}
        sentence = look.say("rows", n=count, amount=money, **facts)
    return join_sentences([sentence, *deals], look.language)
