"""Every method on every set of real data: what it says with its defaults, or why it says nothing.

python -m tests.every_method [SET …]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from segmentation.i18n import Language
from segmentation.import_command import import_files
from segmentation.methods.registry import methods
from segmentation.score_command import score_customers
from segmentation.store import Store
from tests.intake.real_data import explain

SAMPLE = "sample"
SETS = (SAMPLE, "crm_maven", "superstore/xls", "rfm_r", "bank", "completejourney/told", "online_retail")
QUICK = (SAMPLE, "crm_maven", "superstore/xls", "rfm_r")
AT = datetime(2026, 11, 2, 9)
# A method that reads nothing by itself is given what a person would pick.
PICKED: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("crm_maven", "fit_engagement"): {"industries": '["technology", "medical"]'},
}
# What a refusal tells its reader to do, done.
REMEDIES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("crm_maven", "propensity"): {"window_days": "182"},
    ("superstore/xls", "ltv"): {"basis": "historical"},
    ("rfm_r", "ltv"): {"basis": "historical"},
    ("bank", "scorecard"): {"preset": "three_factors", "attributes": '["age", "campaign", "previous"]'},
    ("completejourney/told", "propensity"): {"window_days": "182"},
    ("online_retail", "fit_engagement"): {"regions": '["United Kingdom", "EIRE"]'},
    ("online_retail", "propensity"): {"window_days": "182"},
}
RENEWALS: Mapping[str, str] = {"basis": "renewals"}
EN = Language("en")
ROOT = Path(__file__).parents[1]
NAMES = ("customers", "orders", "touches", "deals", "reps", "spend")
FILES = [ROOT / "sample_data" / f"{name}.csv" for name in NAMES]


@dataclass(frozen=True)
class Told:
    """What one method says of one set: `rated` of `known` customers, the sizes of its segments, the sentence where it
    has one, and why the others are not rated, most frequent first."""

    data: str
    method: str
    rated: int
    known: int
    segments: Mapping[str, int]
    verdict: str | None
    is_refused: bool
    unrated: Mapping[str, int]
    seconds: float
    settings: Mapping[str, str]

    @property
    def says_why(self) -> bool:
        """Whether whoever gets no score is told the reason."""
        return self.rated == self.known or bool(self.verdict) or sum(self.unrated.values()) > 0

    def __str__(self) -> str:
        if self.is_refused:
            what = f"refuses: {self.verdict}"
        else:
            segments = ", ".join(f"{name} {count}" for name, count in self.segments.items())
            why = ", ".join(f"{count} {name}" for name, count in self.unrated.items())
            parts = (segments, f"not rated: {why}" if why else "", self.verdict or "")
            what = " · ".join(part for part in parts if part)
        told = "".join(f"--set {name}={value} · " for name, value in self.settings.items())
        return f"{self.data:<21}{self.method:<18}{self.rated:>7} of {self.known:<7}{self.seconds:>6.1f} s  {told}{what}"


def bring(data: str, folder: Path) -> Path:
    """The store with one set in it, read with the proposed answers."""
    store = folder / "store"
    if data == SAMPLE:
        import_files(store, FILES, mapping=None, takes_proposals=True, now=AT, language=EN)
        return store
    (folder / "read").mkdir()
    found = explain(data, folder / "read")
    assert found.upload is not None, found
    Store(store).publish(found.upload, None, "test", AT)
    return store


def ask_all(data: str, store: Path) -> Iterator[Told]:
    """Every method of the registry, one after the other; where one refuses, also with what its sentence tells to do."""
    for method in methods():
        if method == "ltv":
            yield ask(data, method, store, RENEWALS)
        yield (told := ask(data, method, store, PICKED.get((data, method), {})))
        if told.is_refused and (data, method) in REMEDIES:
            yield ask(data, method, store, REMEDIES[data, method])


def ask(data: str, method: str, store: Path, settings: Mapping[str, str]) -> Told:
    """One method, as `python -m segmentation score` asks it."""
    started = time.perf_counter()
    told = score_customers(store, method, settings, None, EN)
    scored = [one for one in told["customers"] if one["score"] is not None]
    segments = Counter(one["segment"] for one in scored if one["segment"])
    return Told(
        data, method, len(scored), len(told["customers"]), dict(segments.most_common()), told["verdict"],
        told["is_refused"], {one["text"]: one["customers"] for one in told["unrated"]},
        time.perf_counter() - started, settings,
    )  # fmt: skip


def main() -> int:
    asked = [name for name in SETS if not sys.argv[1:] or name.split("/")[0] in sys.argv[1:]]
    silent = 0
    for data in asked:
        with tempfile.TemporaryDirectory() as folder:
            for told in ask_all(data, bring(data, Path(folder))):
                silent += not told.says_why
                print(told, flush=True)
    print(f"{len(asked)} sets, {len(methods())} methods each, {silent} without a score and without a reason")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
