"""Customers a full list leaves out: do they stay, or is another of the list the same one?

Nobody is deleted because a file does not name him; merged means that his rows are read as the other's, and can be taken
back like every pair of the list of who is who.
"""

from __future__ import annotations

from collections.abc import Mapping

from segmentation.identities import Alias
from segmentation.intake.uploads import Question
from segmentation.journal import Journal
from segmentation.store import Difference, Store

PREFIX = "gone:"
KEEP = "keep"
MOST_QUESTIONS = 6


def gone_questions(difference: Difference, store: Store) -> list[Question]:
    """One question for each missing customer another one may stand for; not again once it was decided to keep it."""
    part = difference.table("customers")
    likely = [one for one in part.gone if one.like_id] if part else []
    if not likely:
        return []
    decided = {key for told in Journal(store.path).history().values() for key in told["answers"]}
    current = store.current()
    decided |= {
        f"{PREFIX}{one.written}" for one in (current.aliases if current else ()) if one.who == "customer"
    }
    found = []
    for one in likely:
        options = ((KEEP, "ask.gone.keep"), (one.like_id, "ask.gone.merged"))
        facts = {"a": one.name, "a_id": one.customer_id, "b": one.like_name, "b_id": one.like_id}
        if f"{PREFIX}{one.customer_id}" not in decided:
            found.append(Question(f"{PREFIX}{one.customer_id}", "ask.gone", facts, options, KEEP))
    return found[:MOST_QUESTIONS]


def merged_customers(answers: Mapping[str, str]) -> list[Alias]:
    """Who is who by the answers to `gone_questions`."""
    return [
        Alias("customer", key.removeprefix(PREFIX), answer)
        for key, answer in answers.items()
        if key.startswith(PREFIX) and answer != KEEP
    ]
