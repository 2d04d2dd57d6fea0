"""A list for each seller: one workbook with a sheet per owner, as the tiers stand on the screen."""

from __future__ import annotations

import pandas as pd

from segmentation.export.workbooks import MIME, Sheet, workbook_bytes
from segmentation.overrides import Held
from segmentation.schemes import UNRATED
from segmentation.seller_lists import NO_OWNER, list_by_seller, sum_by_seller
from segmentation.ui import blocks
from segmentation.ui.downloads import offer_file
from segmentation.ui.tuning_blocks import Answer, Latest

MOST_CUSTOMERS, MOST_SELLERS = 20_000, 200
MONEY, TENTHS = "#,##0", "0.0"
WIDTHS = {
    "name": 26, "customer_id": 10, "tier": 9, "computed_tier": 9, "score": 7, "last_order_on": 11, "revenue_12m": 13,
    "last_touch_on": 11, "open_deal_count": 8, "why": 34, "line": 22, "notes": 20, "signature": 10,
}  # fmt: skip
TAG_WIDTH = 18
TO_FILL = ("notes", "signature")
FIXED = WIDTHS.keys() - {"name", "why", "line"}  # all others hold words that may break over lines
NAMED = {*WIDTHS, "owner", "customers"}
FORMATS = {"score": TENTHS, "revenue_12m": MONEY}


def offer_seller_lists(latest: Latest) -> None:
    """The button; in words why not where no customer has an owner, or where there are more than a workbook bears."""
    found = latest.answer
    language, standing = found.session.language, found.prepared.now
    sellers = standing.owner_count
    if not sellers:
        blocks.grey(language.say("sellers.none"))
    elif standing.population > MOST_CUSTOMERS or sellers > MOST_SELLERS:
        blocks.grey(language.say("sellers.many", customers=MOST_CUSTOMERS, sellers=MOST_SELLERS))
    else:
        offer_file(
            language.say("sellers.download"),
            lambda: make_workbook(latest.answer, latest.answer.held),
            language.say("sellers.file", month=f"{found.evaluation.as_of:%Y-%m}"),
            "xlsx",
            mime=MIME,
            key="sellers_xlsx",
        )


def make_workbook(found: Answer, held: Held) -> bytes:
    """A summary, and a sheet per seller in print order; the customers nobody owns come last."""
    language, evaluation = found.session.language, found.evaluation
    lists = list_by_seller(found.prepared.now, evaluation, language, held, found.tags)
    is_by_hand = any((frame["tier"] != frame["computed_tier"]).any() for frame in lists.values())
    known = [name for name in ("last_touch_on", "open_deal_count") if _says_something(lists, name)]
    left_out = {"last_touch_on", "open_deal_count"} - {*known} | (set() if is_by_hand else {"computed_tier"})
    sheets = [_summary(lists, found)]
    for owner, frame in lists.items():
        who = owner if owner != NO_OWNER else language.say("sellers.nobody")
        title = language.say("sellers.title", owner=who, n=len(frame))
        sheets.append(_sheet(who, (title, _basis(found)), frame.drop(columns=[*left_out]), found))
    return workbook_bytes(sheets, evaluation.as_of)


def _says_something(lists: dict[str, pd.DataFrame], column: str) -> bool:
    return any((frame[column].notna() & (frame[column] != 0)).any() for frame in lists.values())


def _sheet(name: str, lines: tuple[str, ...], frame: pd.DataFrame, found: Answer) -> Sheet:
    language = found.session.language
    told = frame.assign(
        name=frame["name"].fillna(frame["customer_id"]),
        **{tier: frame[tier].map(language.tier) for tier in ("tier", "computed_tier") if tier in frame},
        **dict.fromkeys(TO_FILL, ""),
    )
    labels = {str(name): _label(str(name), found) for name in told.columns}
    return Sheet(
        name,
        lines,
        told.rename(columns=labels),
        {label: WIDTHS.get(column, TAG_WIDTH) for column, label in labels.items()},
        {label: FORMATS.get(column, "General") for column, label in labels.items()},
        frozenset(label for column, label in labels.items() if column not in FIXED),
    )


def _summary(lists: dict[str, pd.DataFrame], found: Answer) -> Sheet:
    language, evaluation = found.session.language, found.evaluation
    totals = sum_by_seller(lists, evaluation.names)
    sums = totals.sum().rename(language.say("sellers.all"))
    told = pd.concat([totals, sums.to_frame().T])
    nobody = language.say("sellers.nobody")
    told.insert(0, "owner", [str(owner) if owner != NO_OWNER else nobody for owner in told.index])
    labels = {name: _label(name, found) for name in ("owner", "customers", "revenue_12m")}
    labels |= {name: language.tier(name) for name in (*evaluation.names, UNRATED)}
    return Sheet(
        language.say("sellers.summary"),
        (language.say("sellers.summary.title", n=len(lists.keys() - {NO_OWNER})), _basis(found)),
        told.rename(columns=labels),
        {labels["owner"]: 26, labels["revenue_12m"]: 16},
        dict.fromkeys(labels.values(), MONEY),
    )


def _label(column: str, found: Answer) -> str:
    say, look = found.session.language.say, found.session.look
    label = say(f"sellers.column.{column}") if column in NAMED else column
    return f"{label} ({look.currency})" if column == "revenue_12m" and look.currency else label


def _basis(found: Answer) -> str:
    """Which scheme in which state, and both dates: a list on paper must say what it was made of."""
    session, draft, evaluation = found.session, found.draft, found.evaluation
    say, published = session.language.say, session.published.scheme if session.published else None
    name = say("ui.scheme.proposed") if draft.name == "default" else draft.name
    state = say("ui.scheme.state.published" if draft == published else "ui.scheme.state.draft")
    told = [say("sellers.scheme", name=name, state=state), say("ui.bar.list_date", date=evaluation.as_of)]
    if evaluation.replayed_on is not None and not evaluation.is_as_recorded:
        told.append(say("ui.bar.check_date", date=evaluation.replayed_on))
    return " · ".join(told)
