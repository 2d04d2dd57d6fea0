"""Why a customer is where it is, in sentences: its score, what it is made of, and what would move it over a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from segmentation.explanations import Explanation, Part
from segmentation.fields import FIELDS, say_field
from segmentation.i18n import Language
from segmentation.ratings import MISSING, find_missing
from segmentation.standing import Rated, Standing
from segmentation.ways import Way

Money = Callable[[float], str]


def join_sentences(sentences: Sequence[str], language: Language) -> str:
    """Sentences one after another: Chinese puts no space between them."""
    return ("" if language.code == "zh" else " ").join(sentence for sentence in sentences if sentence)


def say_value(language: Language, money: Money, feature: str, value: float | None) -> str:
    """A feature's value with its unit, as a sentence needs it."""
    if value is None:
        return language.say("why.unknown")
    feature = feature.partition("@")[0]
    if feature.endswith("_days"):
        return language.say("why.days", n=round(value))
    if feature.endswith("_share"):
        return language.percent(value)
    if feature.endswith("_count"):
        return language.number(value, 0)
    return money(value) if feature in MONEY else language.number(value)


MONEY = frozenset({name for name, field in FIELDS.items() if field.kind == "amount"})


def say_why(explanation: Explanation, language: Language, money: Money) -> str:
    """The sentence a seller understands: tier, score, what it is made of, where the tier starts."""
    facts = {"name": explanation.name, "tier": language.tier(explanation.tier)}
    if explanation.score is None:
        return language.say("why.unrated", **facts, reason=language.say(f"unrated.{explanation.reason}"))
    facts["score"] = language.number(explanation.score, 1)
    facts["parts"] = language.say("list.separator").join(
        _say_part(part, explanation, language, money) for part in explanation.parts
    )
    if explanation.cut is None:
        return language.say("why.lowest", **facts)
    return language.say("why", **facts, cut=language.number(explanation.cut, 1))


def _say_part(part: Part, explanation: Explanation, language: Language, money: Money) -> str:
    facts = {"label": part.label.in_(language.code), "points": language.number(part.points, 1)}
    value = None if part.feature is None else say_value(language, money, part.feature, part.value)
    if part.most is None:
        is_points = explanation.parts_unit == "points"
        return language.say("why.part.open" if is_points else "why.part.log_odds", **facts)
    facts["max"] = language.number(part.most, 1)
    return (
        language.say("why.part.mixed", **facts)
        if value is None
        else language.say("why.part", **facts, value=value)
    )


def say_next(explanation: Explanation, language: Language, money: Money) -> str:
    """What is missing to the tier above, and which single thing would be enough; empty in the highest tier."""
    if explanation.gap is None or explanation.next_tier is None:
        return ""
    facts = {"gap": language.number(explanation.gap, 1), "next": language.tier(explanation.next_tier)}
    if not explanation.ways:
        return join_sentences([language.say("next.gap", **facts), language.say("next.none")], language)
    ways = language.say("list.separator").join(_say_way(way, language, money) for way in explanation.ways)
    return language.say("next" if len(explanation.ways) > 1 else "next.one", **facts, ways=ways)


def say_drop(explanation: Explanation, language: Language, money: Money) -> str:
    """How far above the line of its tier the customer is, and which single thing would cost the tier; empty in the
    lowest tier."""
    if explanation.cushion is None or explanation.lower_tier is None:
        return ""
    facts = {
        "gap": language.number(explanation.cushion, 1),
        "tier": language.tier(explanation.tier),
        "lower": language.tier(explanation.lower_tier),
    }
    if not explanation.drops:
        return join_sentences(
            [language.say("drop.gap", **facts), language.say("drop.none", **facts)], language
        )
    ways = language.say("list.separator").join(_say_way(way, language, money) for way in explanation.drops)
    return language.say("drop" if len(explanation.drops) > 1 else "drop.one", **facts, ways=ways)


def _say_way(way: Way, language: Language, money: Money) -> str:
    code = "way.at_least" if way.is_at_least else "way.at_most"
    label = _say_feature(way.feature, language) if way.label is None else way.label.in_(language.code)
    return language.say(code, label=label, value=say_value(language, money, way.feature, way.value))


def say_unrated(code: str, told: Standing | Rated, language: Language) -> str:
    """Why customers are not rated; where a number is missing, which one most of them lack."""
    if code == MISSING:
        lacking = told.features[(told.reasons == MISSING).to_numpy()]
        found = find_missing(lacking, told.method.needs, is_refused=told.scored.is_refused)
        code = Counter(found).most_common(1)[0][0] if found else code
    return language.say(f"unrated.{code}")


def _say_feature(feature: str, language: Language) -> str:
    """A feature by its name in the catalogue, else by the one rules know it under."""
    code = f"why.feature.{feature}"
    told = language.say(code)
    return told if told != code else say_field(feature).in_(language.code)
