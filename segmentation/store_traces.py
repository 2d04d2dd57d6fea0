"""What names a customer: in rows, in free words, in the journal; and a text or a decision without it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from segmentation.journal_log import Event
from segmentation.store_words import is_telling, pattern_of

GONE = "…"
_SENTENCE_WORDS = 4


@dataclass(frozen=True)
class Traces:
    """What is stored about a customer: `names` (its own, and `linked` ones a person said are it), its rows and the rows
    of others that mention it in each version that has any, and decisions in the journal that mention it."""

    customer_id: str
    names: tuple[str, ...]
    linked: tuple[str, ...]
    rows: Mapping[int, int]
    mentions: Mapping[int, int]
    decisions: int

    @property
    def is_empty(self) -> bool:
        return not self.rows and not self.mentions and not self.decisions

    @property
    def keys(self) -> list[str]:
        """The customer numbers its rows bear."""
        return [self.customer_id, *self.linked]

    @property
    def words(self) -> tuple[str, ...]:
        """What names it in a sentence, the longest first: a short one may be part of a long one."""
        told = {self.customer_id, *self.names}
        return tuple(sorted(filter(is_telling, told), key=lambda word: (-len(word), word)))


def clean(text: str, traces: Traces) -> str | None:
    """A free text without the words that name the customer; None where it says nothing else.

    A single Latin word is also a region or a colour: it is taken out of sentences alone.
    """
    is_sentence = len(text.split()) >= _SENTENCE_WORDS
    for word in traces.words:
        if is_sentence or not (word.isascii() and word.isalpha()):
            text = re.sub(pattern_of(word), GONE, text)
    return None if text == GONE else text


def cleaned_event(event: Event, traces: Traces) -> Event | None:
    """A decision without the customer; None where it was about nobody else. What a rule says stays as it is."""
    if event.kind == "alias" and {event.key, event.payload.get("meant")} & {*traces.keys, *traces.names}:
        return None
    if event.kind == "override" and event.key in traces.keys:
        return None
    payload = _cleaned(dict(event.payload), traces)
    if "customers" in payload and event.kind == "tagged":
        payload["customers"] = [told for told in payload["customers"] if told not in traces.keys]
        if not payload["customers"]:
            return None
    if event.kind == "tag":  # what a person called it is free text like a remark
        payload |= {
            name: clean(payload[name], traces) or GONE for name in ("group", "name") if name in payload
        }
    return event if payload == dict(event.payload) else replace(event, payload=payload)


def _cleaned(value: Mapping[str, Any], traces: Traces) -> dict[str, Any]:
    """A payload: links to the customer go, in remarks the words do; nothing else can name one."""
    kept = dict[str, Any]()
    for key, told in value.items():
        if key.startswith("alias:") and (told in traces.keys or key.split(":", 2)[-1] in traces.names):
            continue
        if isinstance(told, Mapping):
            kept[key] = _cleaned(told, traces)
        else:
            is_remark = key == "note" and isinstance(told, str) and told
            kept[key] = clean(told, traces) or GONE if is_remark else told
    return kept
