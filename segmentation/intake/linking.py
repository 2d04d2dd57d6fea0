"""Rows of orders, deals and follow-ups → the customers they mean: by number, by name, by the first 15 characters."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from segmentation.intake.columns import identifier
from segmentation.intake.rows import Rows
from segmentation.intake.uploads import NOBODY, Issue, StoredCustomers

_SALESFORCE_ID = 15


def link_tables(
    by_table: Mapping[str, Sequence[Rows]], answers: Mapping[str, str], stored: StoredCustomers = NOBODY
) -> tuple[dict[str, list[Rows]], list[Issue]]:
    """All tables with their customers linked to those of the customers table and the store, and what is told of it."""
    tables, issues = {table: list(parts) for table, parts in by_table.items()}, list[Issue]()
    for table in ("orders", "touches", "deals"):
        if table in tables:
            tables[table], told = link_customers(tables[table], tables.get("customers", []), answers, stored)
            issues += told
    return tables, issues


def link_customers(
    parts: Sequence[Rows],
    customers: Sequence[Rows],
    answers: Mapping[str, str],
    stored: StoredCustomers = NOBODY,
) -> tuple[list[Rows], list[Issue]]:
    """Names and 18-character ids in other tables → the ids of the customers table; what fits nothing stays as it is.

    So does a name a person says means another one: rows keep what was written (see `meant.py`).
    """
    ids, names = linkable(customers, stored)
    if not ids:
        return list(parts), []
    bare: dict[str, set[str]] = {}
    for known in ids:
        if known and known.startswith("0"):
            bare.setdefault(known.lstrip("0"), set()).add(known)
    linked, issues = [], []
    for part in parts:
        one = part.columns["customer_id"]
        unique, codes = np.unique(np.where(one.known, one.data, ""), return_inverse=True)
        key = part.part.columns.get("customer_id", -1)
        is_zeroless = key >= 0 and answers.get(part.asked.id("zeros", key)) == "yes"
        meant = bare | names if is_zeroless else names
        targets = [target_of(value, ids, meant) for value in unique]
        if targets == list(unique):
            linked.append(part)
            continue
        data = np.array([target or None for target in targets], dtype=object)[codes]
        count = int((data != one.data).sum())
        facts = {"sheet": part.asked.reading.sheet, "n": count}
        issues.append(Issue("i.linked", "noted", part.part.table, "customer_id", count, (), facts))
        linked.append(replace(part, columns=dict(part.columns) | {"customer_id": replace(one, data=data)}))
    return linked, issues


def linkable(
    customers: Sequence[Rows], stored: StoredCustomers = NOBODY
) -> tuple[set[str], dict[str, set[str]]]:
    """The ids customers have, and what else means one of them: names, the first 15 characters of longer ids. What the
    upload says of a name goes before what the store says."""
    ids = {key for part in customers for key in part.columns["customer_id"].data}
    names = {text: set(found) for text, found in stored.names.items()}
    ids |= stored.ids
    return ids, names | customer_names(customers) | _long_ids(ids)


def customer_names(customers: Sequence[Rows]) -> dict[str, set[str]]:
    """Name or short name (normalised) → the ids of the customers that carry it."""
    names: dict[str, set[str]] = {}
    for part in customers:
        where = {
            int(row): key for row, key in zip(part.source_rows, part.columns["customer_id"].data, strict=True)
        }
        grid = part.asked.body.rows
        for column in ("name", "short_name"):
            index = part.part.columns.get(column, -1)
            if index < 0:
                continue
            for row, text in zip(grid.rows, grid.columns[index].values(), strict=True):
                if text and int(row) in where:
                    names.setdefault(identifier(text), set()).add(where[int(row)])
    return names


def _long_ids(ids: set[str]) -> dict[str, set[str]]:
    """First 15 characters → the 18-character ids that begin so."""
    found: dict[str, set[str]] = {}
    for one in ids:
        if one and len(one) == 18 and one.isalnum():
            found.setdefault(one[:_SALESFORCE_ID], set()).add(one)
    return found


def target_of(value: str, ids: Collection[str], names: Mapping[str, set[str]]) -> str:
    """The id a text stands for: itself, the one customer of that name, its first 15 characters; else as it is."""
    if value in ids or not value:
        return value
    found = names.get(value, set())
    if len(found) == 1:
        return next(iter(found))
    short = value[:_SALESFORCE_ID]
    return short if len(value) == 18 and value.isalnum() and short in ids else value
