"""One cell of a hundred thousand rows is corrected: every figure anyone can see follows, to the cent."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from segmentation import commands
from segmentation.i18n import Language
from segmentation.import_command import import_files
from segmentation.store import Store
from segmentation.ui.caches import prepare_once

ROOT = Path(__file__).parents[1]
ROWS, CUSTOMERS, LINE = 100_000, 1_000, 77_977
EN = Language("en")
CORRECTION = 50_000_000


def write_orders(path: Path, correction: int = 0) -> Path:
    """Two years of orders; the customer of row LINE is among the smallest before its amount is corrected."""
    start = dt.date(2024, 1, 1)
    with path.open("w", encoding="utf-8") as handle:
        handle.write("order_id,customer_id,ordered_on,amount\n")
        for row in range(ROWS):
            amount = 10 + (row * row) % 997 if row % CUSTOMERS != LINE % CUSTOMERS else 1
            amount += correction if row == LINE else 0
            day = start + dt.timedelta(row % 731)
            handle.write(f"O{row:06d},C{row % CUSTOMERS:04d},{day},{amount}\n")
    return path


def publish(store: Path, file: Path) -> None:
    """As the command line imports, proposals taken."""
    import_files(
        store, [file], mapping=None, takes_proposals=True, now=dt.datetime(2026, 1, 5, 9), language=EN
    )


def figures(store: Path, folder: Path) -> tuple[dict, dict, pd.DataFrame]:
    out = folder / f"list-{len(list(folder.iterdir()))}.csv"
    tiers = commands.tier_customers(store, None, None, out, EN)
    return commands.summarise(store), tiers, pd.read_csv(out, dtype={"customer_id": str})


def written(monkeypatch: pytest.MonkeyPatch, store: Path) -> tuple[str, list[int]]:
    """The head line of the tuning page, and the numbers of the sum under it."""
    monkeypatch.setenv("TIERBOARD_STORE", str(store))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["lang"] = "en"
    app.run()
    assert not app.exception
    told = "\n".join(element.value for element in app.markdown)
    closing = next(line for line in told.splitlines() if re.search(r"\d \+ .*=", line))
    return str(app.header[0].value), [
        int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", closing)
    ]


def test_a_corrected_cell_changes_every_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "store"
    publish(store, write_orders(tmp_path / "orders.csv"))
    summary, tiers, listed = figures(store, tmp_path)
    headline, counts = written(monkeypatch, store)
    publish(store, write_orders(tmp_path / "orders.csv", CORRECTION))
    summary_after, tiers_after, listed_after = figures(store, tmp_path)
    headline_after, counts_after = written(monkeypatch, store)

    assert summary_after["order_amount"] - summary["order_amount"] == CORRECTION
    assert {k: v for k, v in summary_after.items() if k != "order_amount"} == {
        k: v for k, v in summary.items() if k != "order_amount"
    }
    assert tiers_after["data_version"] == tiers["data_version"] + 1 == 2
    revenue, revenue_after = (
        sum(row["revenue"] for row in document["tiers"]) for document in (tiers, tiers_after)
    )
    assert revenue_after - revenue == CORRECTION
    mine, mine_after = (
        frame.set_index("customer_id").loc[f"C{LINE % CUSTOMERS:04d}"] for frame in (listed, listed_after)
    )
    assert mine_after["score"] > mine["score"] and mine_after["why"] != mine["why"]
    assert headline_after != headline

    for document, frame, sums in ((tiers, listed, counts), (tiers_after, listed_after, counts_after)):
        of_command = [row["customers"] for row in document["tiers"]]
        of_list = frame["tier"].value_counts()
        assert of_command == [of_list.get(row["tier"], 0) for row in document["tiers"]]
        *parts, total = sums
        assert [count for count in of_command if count] == [count for count in parts if count]
        assert sum(parts) == total == CUSTOMERS

    book, earlier = Store(store).open(), Store(store).open(1)
    scheme, day = commands.choose_scheme(book, commands.Journal(store), None), book.data_through_on
    assert day is not None
    kept = [
        prepare_once(opened, str(store), scheme, day).now.features["amount"].sum()
        for opened in (earlier, book)
    ]
    assert kept[1] - kept[0] == CORRECTION


def test_the_correction_is_one_changed_row_in_its_month(tmp_path: Path) -> None:
    store = tmp_path / "store"
    publish(store, write_orders(tmp_path / "orders.csv"))
    publish(store, write_orders(tmp_path / "orders.csv", CORRECTION))
    first, second = (Store(store).open(number).query("months").set_index("month") for number in (1, 2))
    moved = second["amount"] - first["amount"]
    month = pd.Timestamp(dt.date(2024, 1, 1) + dt.timedelta(LINE % 731)).to_period("M").to_timestamp()
    assert moved[moved != 0].to_dict() == {month: CORRECTION}
    assert (second["orders"] == first["orders"]).all()
