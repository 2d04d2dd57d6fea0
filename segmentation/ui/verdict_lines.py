"""The verdicts about conversion, short enough to stand under a chart: what can be told apart, what cannot, at a glance.

Every verdict in full stays one pointer away (`Sentences.conversion_in_full`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from math import isnan

from segmentation.figures.theme import Look
from segmentation.i18n import Language
from segmentation.tally import Tally
from segmentation.tuning import ALL, Evaluation
from segmentation.ui.escape import plain
from segmentation.verdicts import ALIKE, Verdict, tell_verdict

# Worst news first: a rule that ranks the wrong way round must not hide behind what works.
ORDER = ("lower", "higher", "same", "cannot_tell", "too_few")


def summarise(evaluation: Evaluation, look: Look) -> list[str]:
    """One sentence per run of neighbouring verdicts of a kind, bad news first."""
    return summarise_verdicts(evaluation.verdicts, evaluation.rates, evaluation.names, look)


def summarise_verdicts(
    verdicts: Sequence[Verdict], rates: Tally, names: Sequence[str], look: Look
) -> list[str]:
    """The same of any rates of the tiers `names` and *all*."""
    language = look.language
    if not verdicts:
        return [_tell_alone(rates, names, language)]
    if len(verdicts) > 1 and all(verdict.code == "too_few" for verdict in verdicts):
        return [_all_too_few(verdicts, rates, language)]
    runs = [(kind, tuple(run)) for kind, run in groupby(verdicts, _kind)]
    runs.sort(key=lambda run: ORDER.index(run[0]))
    return [_tell_run(kind, run, look) for kind, run in runs]


def _tell_alone(rates: Tally, names: Sequence[str], language: Language) -> str:
    """Why nothing is compared: one tier has every result, or none has any."""
    held = [name for name in names if rates.at(name, "n") > 0]
    if not held:
        return language.say("v.short.nobody")
    return language.say("v.short.alone", tier=join(held, language))


def _kind(verdict: Verdict) -> str:
    is_alike = max(abs(verdict.low), abs(verdict.high)) <= ALIKE and not verdict.is_money
    return "same" if verdict.code == "cannot_tell" and is_alike else verdict.code


def _tell_run(kind: str, run: Sequence[Verdict], look: Look) -> str:
    language = look.language
    tiers = join((run[0].upper, *(verdict.lower for verdict in run)), language)
    if kind == "higher":
        return _tell_differing(tiers, run, look)
    if len(run) > 1 and kind != "lower":
        return language.say(f"v.short.{kind}.run", tiers=tiers)
    return " ".join(_tell(kind, verdict, look) for verdict in run)


def _tell_differing(tiers: str, run: Sequence[Verdict], look: Look) -> str:
    """That all of them differ, with the difference and the likely range of the closest two."""
    language, closest = look.language, min(run, key=lambda verdict: verdict.difference)
    ends = closest.difference, closest.low, closest.high
    d, lo, hi = map(look.money if closest.is_money else language.points, ends)
    code = "v.short.differ.value" if closest.is_money else "v.short.differ"
    names = {"a": name_tier(closest.upper, language), "b": name_tier(closest.lower, language)}
    code = f"{code}.run" if len(run) > 1 else code
    points = round(abs(100 * closest.difference))
    return language.say(code, n=points, tiers=tiers, d=d, lo=lo, hi=hi, **names)


def tell_in_full(verdict: Verdict, look: Look) -> str:
    """One verdict with its numbers; a tier without any case is named instead of counted as 0 of 0."""
    if verdict.code == "too_few" and min(verdict.ns) == 0:
        return _tell_no_cases(verdict, look.language)
    return tell_verdict(escape(verdict), look.language, look.currency, look.money_unit)


def _tell_no_cases(verdict: Verdict, language: Language) -> str:
    pair = verdict.upper, verdict.lower
    without = [name for name, count in zip(pair, verdict.ns, strict=True) if count == 0]
    a, b = (name_tier(name, language) for name in pair)
    return language.say("v.few.none", a=a, b=b, tiers=join(without, language))


def _tell(kind: str, verdict: Verdict, look: Look) -> str:
    language = look.language
    if verdict.is_money or (kind == "too_few" and min(verdict.ns) == 0):
        return tell_in_full(verdict, look)
    difference, low, high = map(language.points, (verdict.difference, verdict.low, verdict.high))
    return language.say(
        f"v.short.{kind}",
        a=name_tier(verdict.upper, language),
        b=name_tier(verdict.lower, language),
        n=0 if isnan(verdict.difference) else round(abs(100 * verdict.difference)),
        d=difference,
        lo=low,
        hi=high,
        ra=language.percent(verdict.rates[0]),
        rb=language.percent(verdict.rates[1]),
        ka=verdict.ks[0],
        kb=verdict.ks[1],
        na=verdict.ns[0],
        nb=verdict.ns[1],
    )


def tell_loss(verdict: Verdict, look: Look) -> str:
    """The same of customers lost, where less is better."""
    codes = {"higher": "out.churn.more", "lower": "out.churn.fewer"}
    if verdict.code not in codes:
        return _tell(verdict.code, verdict, look)
    a, b = (name_tier(name, look.language) for name in (verdict.upper, verdict.lower))
    ra, rb = map(look.language.percent, verdict.rates)
    return look.say(codes[verdict.code], a=a, b=b, ra=ra, rb=rb)


def _all_too_few(verdicts: Sequence[Verdict], rates: Tally, language: Language) -> str:
    """How many cases there are, and how many would show the largest difference there seems to be."""
    count = rates.at(ALL, "n")
    cases = 0 if isnan(count) else int(count)
    told = [verdict for verdict in verdicts if verdict.needed]
    if not told:
        return language.say("v.short.none", n=cases)
    widest = max(told, key=lambda verdict: abs(verdict.difference))
    difference = language.points(abs(widest.difference))
    return language.say("v.short.none.need", cases=cases, need=widest.needed, d=difference)


def escape(verdict: Verdict) -> Verdict:
    """The verdict with tier names that markdown shows letter by letter."""
    return replace(verdict, upper=plain(verdict.upper, 24), lower=plain(verdict.lower, 24))


def name_tier(name: str, language: Language) -> str:
    return plain(language.tier(name), 24)


def join(names: Iterable[str], language: Language) -> str:
    """A, B and C / A 类、B 类、C 类."""
    *first, last = (name_tier(name, language) for name in names)
    return (
        language.say("list.and", first=language.say("list.comma").join(first), last=last) if first else last
    )
