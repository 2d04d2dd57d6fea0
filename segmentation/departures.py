"""Customers a full list leaves out: do they stay, have they stopped, or is another of the list the same one?

Nobody is deleted because a file does not name him. Merged means that his rows are read as the other's; stopped,
that he is no longer rated unless he orders again. Both can be taken back like every pair of the list of who is who.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping

from segmentation.identities import FROM_NOW, Alias
from segmentation.intake.uploads import Question
from segmentation.journal import Journal
from segmentation.store import Difference, Store, TableDifference
from segmentation.store_strangers import Gone

PREFIX = "gone:"
REST = "gone:rest:"  # and what tells these customers from others, so that the same are asked about once
KEEP, STOPPED = "keep", "stopped"
MOST_QUESTIONS, SHOWN_NAMES = 6, 5


def gone_questions(difference: Difference, store: Store) -> list[Question]:
    """One question for each missing customer another one may stand for, and one for all the others of a list that names
    most of those known; not again once it was decided to keep them."""
    part = difference.table("customers")
    if part is None or not part.gone:
        return []
    decided = {key for told in Journal(store.path).history().values() for key in told["answers"]}
    current = store.current()
    decided |= {
        f"{PREFIX}{one.written}" for one in (current.aliases if current else ()) if one.who == "customer"
    }
    found = []
    likely = [one for one in part.gone if one.like_id]
    for one in likely:
        options = ((KEEP, "ask.gone.keep"), (one.like_id, "ask.gone.merged"), (STOPPED, "ask.gone.stopped"))
        facts = {"a": one.name, "a_id": one.customer_id, "b": one.like_name, "b_id": one.like_id}
        if f"{PREFIX}{one.customer_id}" not in decided:
            found.append(Question(f"{PREFIX}{one.customer_id}", "ask.gone", facts, options, KEEP))
    return [*found[:MOST_QUESTIONS], *_ask_of_the_rest(part, decided)]


def _ask_of_the_rest(part: TableDifference, decided: Collection[str]) -> list[Question]:
    """One decision for everybody else who is missing; a list that leaves out more than it names is no full list."""
    rest = unlike(part)
    if not rest or len(part.gone) < part.missing or part.missing > part.unchanged + part.changed:
        return []
    told = f"{REST}{hashlib.sha256(json.dumps([one.customer_id for one in rest]).encode()).hexdigest()[:8]}"
    if told in decided:
        return []
    facts = {"n": len(rest), "names": ", ".join(one.name for one in rest[:SHOWN_NAMES])}
    options = ((KEEP, "ask.gone.rest.keep"), (STOPPED, "ask.gone.rest.stopped"))
    return [Question(told, "ask.gone.rest", facts, options, KEEP)]


def unlike(part: TableDifference) -> tuple[Gone, ...]:
    """Those missing for whom nobody else stands."""
    return tuple(one for one in part.gone if not one.like_id)


def decided_customers(answers: Mapping[str, str], difference: Difference) -> list[Alias]:
    """Who is who by the answers to `gone_questions`; `gone:<id>=stopped` may be said of anybody missing."""
    part = difference.table("customers")
    missing = {one.customer_id for one in part.gone} if part else set()
    found = []
    for key, answer in answers.items():
        written = key.removeprefix(PREFIX)
        if not key.startswith(PREFIX) or answer == KEEP:
            continue
        if key.startswith(REST):
            found += [Alias("stopped", one.customer_id, FROM_NOW) for one in (unlike(part) if part else ())]
        elif answer != STOPPED:
            found.append(Alias("customer", written, answer))
        elif written in missing:
            found.append(Alias("stopped", written, FROM_NOW))
    return found
