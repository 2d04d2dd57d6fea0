"""The rows behind one customer as the profile shows them: plain text and numbers, in the reader's language."""

from __future__ import annotations

import pandas as pd

from segmentation.i18n import ABSENT, Language
from segmentation.records import Records

COUNTED = "counted"


def order_rows(records: Records, language: Language) -> pd.DataFrame:
    """Every order line with its date, amount, whether it counts, and where it stands in the file."""
    rows = records.orders
    return pd.DataFrame(
        {
            "date": _days(rows["ordered_on"]),
            "what": _texts(rows["number"]),
            "product": _texts(rows["product"]),
            "kind": [language.say(f"profile.kind.{kind}") for kind in rows["kind"]],
            "amount": rows["amount"],
            **_origin(rows, language),
        }
    )


def touch_rows(records: Records, language: Language) -> pd.DataFrame:
    """Every follow-up with its kind and minutes (blank = the default of its kind)."""
    rows = records.touches
    return pd.DataFrame(
        {
            "date": _days(rows["touched_on"]),
            "kind": [language.say(f"touch.{kind}") for kind in rows["kind"]],
            "minutes": rows["minutes"],
            "rep": _texts(rows["rep"]),
            **_origin(rows, language),
        }
    )


def deal_rows(records: Records, language: Language) -> pd.DataFrame:
    """Every opportunity as it stood on the list date."""
    rows = records.deals
    return pd.DataFrame(
        {
            "date": _days(rows["closed_on"].fillna(rows["opened_on"])),
            "what": _texts(rows["number"]),
            "product": _texts(rows["product"]),
            "kind": [language.say(f"deal.{state}") for state in rows["state"]],
            "amount": rows["amount"],
            **_origin(rows, language),
        }
    )


def _origin(rows: pd.DataFrame, language: Language) -> dict[str, list[str]]:
    """Counted or why not, and the file, sheet and cell of every row."""
    codes = [COUNTED if pd.isna(reason) else str(reason) for reason in rows["reason"]]
    return {
        "counted": [language.say(f"profile.{code}") for code in codes],
        "file": _texts(rows["file"]),
        "sheet": _texts(rows["sheet"]),
        "cell": _texts(rows["cell"]),
    }


def _texts(column: pd.Series) -> list[str]:
    return [ABSENT if pd.isna(cell) or cell == "" else str(cell) for cell in column]


def _days(column: pd.Series) -> list[str]:
    return [ABSENT if pd.isna(day) else f"{day:%Y-%m-%d}" for day in pd.to_datetime(column)]


def left_out(records: Records, language: Language) -> tuple[int, str]:
    """How many order lines are left out, and for which reasons, most frequent first."""
    reasons = records.orders["reason"].dropna()
    counts = reasons.value_counts()
    words = [f"{language.say(f'profile.{code}')} {language.number(int(n), 0)}" for code, n in counts.items()]
    return len(reasons), language.say("list.separator").join(words)


def counted_orders(records: Records) -> tuple[int, float]:
    """Distinct orders (refunds are none) and their net amount in the period."""
    counted = records.orders[records.orders["reason"].isna()]
    bought = counted[counted["amount"] >= 0]
    return int(bought["order_id"].nunique()), float(counted["amount"].sum())
