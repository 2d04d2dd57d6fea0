"""Who is who as the answers of an upload say: pairs for the list, never a changed row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from segmentation.identities import Alias, meanings
from segmentation.intake.cell_answers import PEOPLE, without_remark
from segmentation.intake.columns import identifier
from segmentation.intake.gathering import customer_names, target_of
from segmentation.intake.mappings import SEPARATE
from segmentation.intake.rows import Rows

_WITH_CUSTOMERS = ("orders", "touches", "deals")


def who_is_meant(by_table: Mapping[str, Sequence[Rows]], answers: Mapping[str, str]) -> list[Alias]:
    """Customers said to be one of the customers table (`alias:<layout>:<name>`), sellers said to be one with and
    without their remark (`rep:<layout>`)."""
    return [*_customers(by_table, answers), *_sellers(by_table, answers)]


def _customers(by_table: Mapping[str, Sequence[Rows]], answers: Mapping[str, str]) -> Iterable[Alias]:
    customers = by_table.get("customers", ())
    ids = {key for part in customers for key in part.columns["customer_id"].data}
    names = customer_names(customers)
    for key, told in sorted(answers.items()):
        if key.startswith("alias:") and told not in {"", SEPARATE}:
            written = key.split(":", 2)[-1]
            meant = target_of(identifier(told), ids, names)
            if meant != written:
                yield Alias("customer", written, meant)


def _sellers(by_table: Mapping[str, Sequence[Rows]], answers: Mapping[str, str]) -> Iterable[Alias]:
    for part in (part for parts in by_table.values() for part in parts):
        if answers.get(part.asked.id("rep")) != "yes":
            continue
        for column in sorted(PEOPLE & part.columns.keys()):
            one = part.columns[column]
            for written in sorted(set(one.data[one.known])):
                plain = without_remark(written)
                if plain and plain != written:
                    yield Alias("seller", written, plain)


def as_meant(
    by_table: Mapping[str, Sequence[Rows]], aliases: Sequence[Alias]
) -> Mapping[str, Sequence[Rows]]:
    """The rows with the customers meant, to be looked at; what is stored keeps what was written."""
    told = meanings(aliases, "customer")
    return by_table if not told else by_table | {  # type: ignore[operator]
        table: [_renamed(part, told) for part in by_table[table]]
        for table in _WITH_CUSTOMERS if table in by_table
    }  # fmt: skip


def _renamed(part: Rows, told: Mapping[str, str]) -> Rows:
    one = part.columns["customer_id"]
    data = np.array([told.get(value, value) if value else value for value in one.data], dtype=object)
    return replace(part, columns=dict(part.columns) | {"customer_id": replace(one, data=data)})
