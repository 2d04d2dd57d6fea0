"""November: exactly so many new, changed, late and rewritten rows as the README says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

FOLDER = Path(__file__).parents[2] / "sample_data"
WORKBOOK = "客户订单跟进.xlsx"
KEYS = {
    "customers": ["customer_id"],
    "orders": ["order_id", "line"],
    "touches": ["touch_id"],
    "deals": ["deal_id"],
    "reps": ["rep_id"],
    "spend": ["month", "channel", "tier"],
}


def read(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{table}.csv", dtype=str, keep_default_na=False).set_index(KEYS[table])


def difference(table: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """(new rows, rows as they were, the same rows as they are now), the last two where anything differs."""
    before, after = read(FOLDER, table), read(FOLDER / "next_month", table)
    both = after.index.intersection(before.index)
    moved = (before.loc[both] != after.loc[both]).any(axis=1)
    return after.drop(both), before.loc[both][moved], after.loc[both][moved]


@pytest.mark.parametrize("table", list(KEYS))
def test_counts_stand_in_the_readme(table: str, readme: str) -> None:
    new, _, changed = difference(table)
    same = len(read(FOLDER / "next_month", table)) - len(new) - len(changed)
    assert f"| {table} | {len(new)} | {len(changed)} | {same} |" in readme


def test_late_and_rewritten_orders(readme: str) -> None:
    new, before, after = difference("orders")
    late = new[new["ordered_on"] < "2026-11-01"]
    assert len(late) == 12 and late["ordered_on"].between("2026-10-20", "2026-10-31").all()
    assert len(after) == 9 and after["ordered_on"].between("2026-10-01", "2026-10-31").all()
    lower = after["amount"].astype(float) / before["amount"].astype(float)
    assert lower.between(0.87, 0.98).all()
    moved = after["amount"].astype(float).sum() - before["amount"].astype(float).sum()
    assert f"| late October order lines | 12 for {late['amount'].astype(float).sum():,.2f} |" in readme
    assert f"| rewritten October order lines | 9, together {moved:,.2f} |" in readme


def test_october_amounts_before_and_after(readme: str) -> None:
    orders = read(FOLDER, "orders")
    month = read(FOLDER / "next_month", "orders")
    after = pd.concat([orders.drop(orders.index.intersection(month.index)), month])
    for label, frame in (("before", orders), ("after", after)):
        october = frame[frame["ordered_on"].str.startswith("2026-10")]["amount"].astype(float)
        assert f"| October 2026 {label} | {len(october)} lines, {october.sum():,.2f} |" in readme
    november = after[after["ordered_on"].str.startswith("2026-11")]["amount"].astype(float)
    assert f"| November 2026 | {len(november)} lines, {november.sum():,.2f} |" in readme


def test_changed_customers_are_handed_over_or_regraded() -> None:
    new, before, after = difference("customers")
    assert len(new) == 11 and new["first_contact_on"].str.startswith("2026-11").all()
    moved, graded = before["owner"] != after["owner"], before["grade"] != after["grade"]
    assert int(moved.sum()) == 16 and int(graded.sum()) == 6 and not (moved & graded).any()
    assert set(before.loc[moved, "owner"]) == {"郑文博"}
    assert (after.loc[graded, "grade"] == "A").all()
    others = [name for name in before if name not in ("owner", "grade")]
    assert before[others].equals(after[others])


def test_late_contacts_and_deals_that_closed(readme: str) -> None:
    touches, _, _ = difference("touches")
    assert int((touches["at"] < "2026-11-01").sum()) == 14
    new, before, after = difference("deals")
    closed = after[after["state"] != "open"]
    assert (before["state"] == "open").all() and closed["closed_on"].str.startswith("2026-11").all()
    assert len(after) - len(closed) == 21
    assert (
        f"| deals closed in November | {len(closed)}, won {int((closed['state'] == 'won').sum())} |" in readme
    )
    assert new["opened_on"].str.startswith("2026-11").all()


def test_the_workbook_of_november_covers_the_whole_year() -> None:
    book = CalamineWorkbook.from_path(FOLDER / "next_month" / WORKBOOK)
    rows = book.get_sheet_by_name("订单表").to_python(skip_empty_area=False)
    assert "2026年订单(单位:元)" in str(rows[0][0])
    assert [row[1] for row in rows if str(row[1]).endswith("小计")] == [
        f"2026年{m}月小计" for m in range(1, 12)
    ]
    orders, month = read(FOLDER, "orders"), read(FOLDER / "next_month", "orders")
    after = pd.concat([orders.drop(orders.index.intersection(month.index)), month])
    year = after[after["ordered_on"] >= "2026-01-01"]
    lines = [row for row in rows[3:] if row[0] != ""]
    assert len(lines) == len(year)
    assert round(sum(float(str(row[6])) for row in lines), 2) == round(year["amount"].astype(float).sum(), 2)
    customers = book.get_sheet_by_name("客户表").to_python(skip_empty_area=False)
    assert len([row for row in customers[3:] if row[0] not in ("", "合计")]) == 1211
    deals = book.get_sheet_by_name("商机表").to_python(skip_empty_area=False)
    known = len(read(FOLDER, "deals").index.union(read(FOLDER / "next_month", "deals").index))
    assert len([row for row in deals[2:] if row[0] != ""]) == known
