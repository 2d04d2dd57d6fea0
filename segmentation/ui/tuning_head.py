"""The head of the tuning page: the finding and the rule; in facts where rates cannot speak, or nobody is rated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from segmentation.certainties import Certainties
from segmentation.figures.theme import Look
from segmentation.i18n import Language
from segmentation.lists import reasons_in_words
from segmentation.ui import blocks
from segmentation.ui.caches import certainties_once
from segmentation.ui.tuning_blocks import Answer, tell_orders

SHOWN_ROWS, ROW_PIXELS = 200, 30
MOST_CUSTOMERS = 1_000  # beyond it the reason is missing results, not a small company


def draw_head(found: Answer) -> bool:
    """The headline and the rule; False where nobody can be rated, which leaves nothing below to draw."""
    told, standing = found.sentences, found.prepared.now
    if nobody := told.nobody(standing):
        _draw_unrated(found, nobody)
        return False
    blocks.headline(told.headline(), told.in_short(standing))
    blocks.verdict([tell_thin(found)])
    return True


def _draw_unrated(found: Answer, why: str) -> None:
    """A company nobody of which can be rated: why, what would change it, what can be said, and who they are."""
    blocks.empty(why)
    blocks.verdict([tell_thin(found), tell_orders(found)])
    features, language = found.prepared.now.features, found.session.language
    if features.empty:
        return
    rows = np.argsort(-features["amount"].to_numpy(float), kind="stable")[:SHOWN_ROWS]
    shown = features.iloc[rows]
    frame = pd.DataFrame({"customer_id": shown.index, "name": shown["name"].fillna(shown.index.to_series())})
    frame["revenue"] = shown["amount"].round(2).to_numpy()
    frame["why"] = reasons_in_words(found.prepared.now, language, rows)
    st.dataframe(
        frame, column_config=unrated_labels(language), hide_index=True, row_height=ROW_PIXELS, key="unrated"
    )


def unrated_labels(language: Language) -> dict[str, Any]:
    """Column → its header."""
    return {
        "customer_id": language.say("matrix.column.id"),
        "name": language.say("tune.moves.customer"),
        "revenue": st.column_config.NumberColumn(language.say("tune.moves.revenue"), format="localized"),
        "why": language.say("unrated.why"),
    }


def tell_thin(found: Answer) -> str:
    """What is to be said before any chart: that no line separates anybody, and facts where rates cannot speak."""
    one_score = found.sentences.one_score(found.prepared.now.ladder)
    return " ".join(told for told in (one_score, _tell_facts(found)) if told)


def _tell_facts(found: Answer) -> str:
    """ "" unless every pair of tiers has too few cases, no two tiers hold anybody, or there is no check date at all."""
    evaluation = found.evaluation
    is_thin = all(verdict.code == "too_few" for verdict in evaluation.verdicts)
    if not is_thin or evaluation.is_as_recorded or evaluation.population > MOST_CUSTOMERS:
        return ""
    session = found.session
    if evaluation.population == 1:
        return session.look.say("empty.one")
    known = certainties_once(session.book, session.store_key, found.prepared)
    nobody_rated = not evaluation.tiers["customers"][:-1].any()
    return tell_certainties(known, session.look, "empty.facts" if nobody_rated else "empty.small")


def tell_certainties(known: Certainties, look: Look, code: str = "empty.small") -> str:
    """One sentence of facts; "" where nothing at all is known."""
    told = []
    if known.leading is not None:
        told.append(look.say("fact.leading", n=known.leading))
    elif known.refunded:
        told.append(look.say("fact.refunded", n=known.refunded))
    if known.late:
        told.append(look.say("fact.late", n=known.late, whole=known.regular))
    elif known.regular:
        told.append(look.say("fact.late.none", n=known.regular))
    if known.untouched is not None:
        told.append(
            look.say("fact.untouched" if known.untouched else "fact.untouched.none", n=known.untouched)
        )
    return look.say(code, n=known.customers, facts=look.say("fact.separator").join(told)) if told else ""
