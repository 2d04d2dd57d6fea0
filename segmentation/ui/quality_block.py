"""Can it be trusted: the fields the rule reads, and whose tier hangs on a value nobody has entered, or on
one that is not what its sheet says."""

from __future__ import annotations

import pandas as pd

from segmentation.i18n import ABSENT, Language
from segmentation.quality import Corrected, FieldQuality, Quality
from segmentation.schemes import UNRATED
from segmentation.ui import blocks
from segmentation.ui.caches import corrected_once, quality_once
from segmentation.ui.downloads import offer_csv
from segmentation.ui.drafts import current_scheme
from segmentation.ui.escape import plain
from segmentation.ui.session import Session
from segmentation.ui.tuning_blocks import prepare_answer

COLUMNS = ("owner", "customer_id", "name", "field", "now", "low", "high", "revenue")


def draw_quality(session: Session) -> None:
    """The table of fields, what may be concluded, and the worklist."""
    look, as_of = session.look, session.list_date
    if not session.book.version.rows.get("customers") and not session.book.version.rows.get("orders"):
        return
    scheme = current_scheme(session)
    prepare_answer(session, scheme, as_of)  # with a word about it where it takes long
    quality = quality_once(session.book, session.store_key, scheme, as_of)
    if not quality.fields:
        return
    blocks.title(look.say("quality.title"), look.say("quality.unit", date=as_of), look.say("quality.meaning"))
    headers = [look.say(f"quality.{name}") for name in ("field", "known", "deciding", "usual")]
    blocks.table(headers, [_row(field, session) for field in quality.fields])
    blocks.verdict([tell_quality(quality, session)])
    if quality.customer_count:
        label = look.say("quality.download")
        offer_csv(label, lambda: list_gaps(quality, session), f"fields_{as_of:%Y-%m}", "quality_csv")
    corrected = corrected_once(session.book, session.store_key, scheme, as_of)
    blocks.verdict([tell_corrected(corrected, session.language)], [look.say("quality.corrected.meaning")])
    if len(corrected.moves):
        label = look.say("quality.corrected.download")
        offer_csv(label, lambda: list_moves(corrected, session), f"corrected_{as_of:%Y-%m}", "corrected_csv")


def tell_quality(quality: Quality, session: Session) -> str:
    """How many tiers hang on a missing value, or that none does."""
    say = session.language.say
    if quality.customer_count:
        return say("quality.told", n=quality.customer_count)
    if all(field.known_count == field.customer_count for field in quality.fields):
        return say("quality.whole", n=max(field.customer_count for field in quality.fields))
    if any(field.deciding_count is None for field in quality.fields):
        return say("quality.few")
    return say("quality.none")


def tell_corrected(corrected: Corrected, language: Language) -> str:
    """How many tiers hang on cells that are not what their sheet says."""
    if not corrected.cells:
        return language.say("quality.corrected.none")
    if corrected.moves.empty:
        return language.say("quality.corrected.harmless", n=corrected.cells)
    return language.say("quality.corrected.told", n=len(corrected.moves), cells=corrected.cells)


def list_moves(corrected: Corrected, session: Session) -> pd.DataFrame:
    """Customers whose tier is another one without the corrected cells."""
    language = session.language
    names = [language.tier(name) for name in (*current_scheme(session).policy.names, UNRATED)]
    told = pd.DataFrame(
        {
            **{name: corrected.moves[name] for name in ("owner", "customer_id", "name")},
            "now": [names[place] for place in corrected.moves["place"]],
            "without": [names[place] for place in corrected.moves["place_without"]],
            "revenue": corrected.moves["revenue"],
        }
    )
    return told.rename(columns={name: language.say(f"quality.column.{name}") for name in told.columns})


def _row(field: FieldQuality, session: Session) -> list[str]:
    language = session.language
    known = f"{language.number(field.known_count)}/{language.number(field.customer_count)}"
    share = language.percent(field.known_share)
    is_told = field.deciding_count is not None and field.low == field.low
    usual = f"{language.number(field.low)}–{language.number(field.high)}" if is_told else ABSENT
    deciding = language.number(field.deciding_count)
    return [
        plain(field_name(field.feature, field.label.in_(language.code), session)),
        f"{share} ({known})",
        deciding,
        usual,
    ]


def field_name(feature: str, label: str, session: Session) -> str:
    """What the page calls the column behind a feature, else what the method calls it."""
    said = session.language.say(f"column.{feature}")
    return label if said == f"column.{feature}" else said


def list_gaps(quality: Quality, session: Session) -> pd.DataFrame:
    """The worklist: for each seller the values worth looking up, with the tier now and at both ends of the usual."""
    language, labels = (
        session.language,
        {one.feature: one.label.in_(session.language.code) for one in quality.fields},
    )
    names = [language.tier(name) for name in (*current_scheme(session).policy.names, UNRATED)]
    gaps = quality.gaps.sort_values(["owner", "revenue", "customer_id"], ascending=[True, False, True])
    told = pd.DataFrame(
        {
            "owner": gaps["owner"],
            "customer_id": gaps["customer_id"],
            "name": gaps["name"],
            "field": [field_name(feature, labels[feature], session) for feature in gaps["feature"]],
            "now": [names[place] for place in gaps["place"]],
            "low": [names[place] for place in gaps["low_place"]],
            "high": [names[place] for place in gaps["high_place"]],
            "revenue": gaps["revenue"],
        }
    )
    return told.rename(columns={name: language.say(f"quality.column.{name}") for name in COLUMNS})
