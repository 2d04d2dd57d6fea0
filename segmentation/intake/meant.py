"""Who is who as the answers of an upload say: pairs for the list, never a changed row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from segmentation.identities import Alias
from segmentation.intake.cell_answers import PEOPLE, without_remark
from segmentation.intake.columns import identifier
from segmentation.intake.linking import linkable, target_of
from segmentation.intake.mappings import SEPARATE
from segmentation.intake.rows import Rows
from segmentation.intake.uploads import NOBODY, StoredCustomers


def who_is_meant(
    by_table: Mapping[str, Sequence[Rows]], answers: Mapping[str, str], stored: StoredCustomers = NOBODY
) -> list[Alias]:
    """Customers said to be one of the customers table or of the store (`alias:<layout>:<name>`), sellers said to be one
    with and without their remark (`rep:<layout>`)."""
    return [*_customers(by_table, answers, stored), *_sellers(by_table, answers)]


def _customers(
    by_table: Mapping[str, Sequence[Rows]], answers: Mapping[str, str], stored: StoredCustomers
) -> Iterable[Alias]:
    ids, names = linkable(by_table.get("customers", ()), stored)
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
