"""A published data version of any size with all that the tuning page reads: customers, orders, touches, deals, reps.

Rows follow from row numbers by hashing, so equal sizes give equal books; good customers buy, write and sign more often.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from segmentation.intake.parsed import open_files
from segmentation.intake.reading import read_upload, recognise
from segmentation.store import Store

ORDERS_EACH, TOUCHES_EACH, DEALS_EACH, REPS = 4, 3, 0.5, 40
FIRST_ON, DAYS = "DATE '2024-11-01'", 730
# The customer of a row: squared, so that a few have many rows, and `draw` a second number from 0 to 1.
_PICK = "floor(power((hash(i) % 1000003) / 1000003.0, 2) * $n)::BIGINT"
_DAY = f"{FIRST_ON} + (hash(i * 7 + 1) % {DAYS})::INTEGER"
_REP = f"'Rep ' || lpad((c % {REPS})::VARCHAR, 2, '0')"
_ID = "'C' || lpad(c::VARCHAR, 8, '0')"
TABLES = {
    "customers": (
        1.0,
        f"SELECT {_ID} AS customer_id, 'Firm ' || c AS name, {_REP} AS owner, "
        f"{FIRST_ON} - (hash(c * 5) % 900)::INTEGER AS first_contact_on, "
        "['North','South','East','West'][(1 + hash(c) % 4)::INTEGER] AS region, "
        "['A','B','C'][(1 + least(2, (c * 4 // $n)))::INTEGER] AS grade FROM (SELECT i AS c FROM range($m) t(i))",
    ),
    "orders": (
        ORDERS_EACH,
        f"SELECT 'S' || lpad(i::VARCHAR, 9, '0') AS order_id, 1 AS line, {_ID} AS customer_id, "
        f"{_DAY} AS ordered_on, ((hash(i * 3) % 900000) * (2 - c / $n) / 100)::DECIMAL(18, 2) AS amount, "
        "['Machine','Service','Parts'][(1 + hash(i * 11) % 3)::INTEGER] AS family "
        f"FROM (SELECT i, {_PICK} AS c FROM range($m) t(i))",
    ),
    "touches": (
        TOUCHES_EACH,
        f"SELECT 'T' || lpad(i::VARCHAR, 9, '0') AS touch_id, {_ID} AS customer_id, {_DAY} AS at, "
        f"['visit','call','message','meeting'][(1 + hash(i * 13) % 4)::INTEGER] AS kind, {_REP} AS rep "
        f"FROM (SELECT i, {_PICK} AS c FROM range($m) t(i))",
    ),
    "deals": (
        DEALS_EACH,
        f"SELECT 'D' || lpad(i::VARCHAR, 9, '0') AS deal_id, {_ID} AS customer_id, {_DAY} - 90 AS opened_on, "
        f"{_DAY} - (hash(i * 17) % 90)::INTEGER AS closed_on, "
        "CASE WHEN (hash(i * 19) % 1000) / 1000.0 < 0.6 - 0.4 * c / $n THEN 'won' ELSE 'lost' END AS state, "
        "(hash(i * 23) % 90000)::DECIMAL(18, 2) AS amount "
        f"FROM (SELECT i, {_PICK} AS c FROM range($m) t(i))",
    ),
    "reps": (
        0.0,
        f"SELECT 'Rep ' || lpad(c::VARCHAR, 2, '0') AS rep_id, 160 AS hours_per_month FROM range({REPS}) t(c)",
    ),
}


def write_files(folder: Path, customers: int) -> list[Path]:
    """One CSV file a table."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        for name, (each, select) in TABLES.items():
            text = select.replace("$n", str(customers)).replace("$m", str(int(customers * each)))
            connection.execute(f"COPY ({text}) TO '{(folder / name).as_posix()}.csv' (HEADER)")
    return [folder / f"{name}.csv" for name in TABLES]


def write_store(folder: Path, customers: int) -> Path:
    """A store of one version under `folder`, made once: a folder that is there already is used again."""
    path = folder / f"store_{customers}"
    if not (path / "done").exists():
        files = write_files(folder / f"files_{customers}", customers)
        parsed = open_files([(file.name, file) for file in files], folder / f"files_{customers}")
        store = Store(path)
        version = store.publish(
            read_upload(recognise(parsed), None), None, "benchmark", dt.datetime(2026, 11, 1)
        )
        assert version.rows["customers"] == customers, version.rows
        (path / "done").touch()
    return path
