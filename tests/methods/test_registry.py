"""A method is one file: dropped into the folder it is there, broken it is a card, and outside it is nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from segmentation.errors import SettingError
from segmentation.i18n import Language
from segmentation.methods.registry import BrokenMethod, make, methods
from segmentation.methods.rfm import Rfm

ROOT = Path(__file__).parents[2]

TOY = '''
"""Toy: the more orders, the better."""

from dataclasses import dataclass
from typing import ClassVar

from segmentation import scales
from segmentation.i18n import Text
from segmentation.methods.base import Scored, check_params, param, require_columns


@dataclass(frozen=True)
class Toy:
    name: ClassVar[str] = "toy"
    text: ClassVar[Text] = Text("Toy", "玩具")
    help: ClassVar[Text] = Text("Counts orders.", "数订单。")
    needs: ClassVar[tuple[str, ...]] = ("order_count",)

    most: int = param(5, Text("Most", "上限"), help=Text("Full points.", "满分。"), unit="count", low=1, high=9, step=1)

    def __post_init__(self):
        check_params(self)

    @property
    def window_days(self):
        return None

    def score(self, features, fitted=None):
        require_columns(features, self.needs)
        share = scales.capped_share(scales.as_floats(features["order_count"]), self.most)
        parts = features[["order_count"]].assign(orders=100 * share)[["orders"]]
        return Scored(
            scores=scales.summed(parts), parts=parts, fitted={}, labels={"orders": Text("Orders", "订单")},
            maxima={"orders": 100.0},
        )
'''

CONTRACT_TESTS = 16

LOOK = """
import json
from segmentation.methods.base import params_of
from segmentation.methods.registry import broken_methods, methods
print(json.dumps({
    "methods": {name: [found.text.en, found.text.zh] for name, found in methods().items()},
    "params": {name: [[told.text.en, told.text.zh] for told in params_of(found)] for name, found in methods().items()},
    "broken": [[told.file, told.detail] for told in broken_methods()],
}))
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package and of the contract test, so that nothing is ever dropped into the real folder."""
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "segmentation", tmp_path / "segmentation", ignore=skipped)
    (tmp_path / "tests" / "methods").mkdir(parents=True)
    shutil.copy(ROOT / "tests/methods/test_contract.py", tmp_path / "tests/methods/test_contract.py")
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def run(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=house,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def look(house: Path) -> dict[str, object]:
    done = run(house, "-c", LOOK)
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_a_toy_method_dropped_in_appears_in_both_languages_and_keeps_the_contract(house: Path) -> None:
    before = look(house)["methods"]
    (house / "segmentation/methods/toy.py").write_text(TOY, "utf-8")
    after = look(house)
    assert after["methods"] == {**before, "toy": ["Toy", "玩具"]}  # type: ignore[dict-item]
    assert after["params"]["toy"] == [["Most", "上限"]]  # type: ignore[index]
    assert after["broken"] == []
    contract = run(
        house, "-m", "pytest", "tests/methods/test_contract.py", "-q", "-k", "toy", "-p", "no:cacheprovider"
    )
    assert contract.returncode == 0, contract.stdout
    assert contract.stdout.count(".") > CONTRACT_TESTS, contract.stdout


def test_a_broken_toy_fails_the_contract(house: Path) -> None:
    """The contract can fail: a method whose parts do not add up is caught."""
    (house / "segmentation/methods/toy.py").write_text(
        TOY.replace("parts=parts,", "parts=parts / 2,"), "utf-8"
    )
    contract = run(
        house, "-m", "pytest", "tests/methods/test_contract.py", "-q", "-k", "toy", "-p", "no:cacheprovider"
    )
    assert contract.returncode == 1
    assert "test_total_and_exclusive" in contract.stdout


@pytest.mark.parametrize(
    ("file", "source", "reason"),
    [
        ("wrong_words.py", "def (", "SyntaxError"),
        ("wrong_import.py", "import nothing_of_that_name", "ModuleNotFoundError"),
        ("wrong_empty.py", "x = 1", "no class with score()"),
        ("wrong_name.py", TOY.replace('"toy"', '"rfm"').replace("class Toy", "class Second"), "is taken"),
        ("wrong_text.py", TOY.replace("    text:", "    label:"), "'text'"),
        ("wrong_default.py", TOY.replace("param(5,", "param(50,"), "SettingError"),
    ],
)
def test_a_broken_file_is_a_card_and_the_rest_work(house: Path, file: str, source: str, reason: str) -> None:
    (house / "segmentation/methods" / file).write_text(source, "utf-8")
    found = look(house)
    assert {"rfm", "abc", "scorecard"} <= set(found["methods"])  # type: ignore[call-overload]
    assert [name for name, _ in found["broken"]] == [file]  # type: ignore[attr-defined]
    assert reason in found["broken"][0][1]  # type: ignore[index]


def test_files_outside_the_folder_are_never_run(house: Path) -> None:
    (house / "toy.py").write_text("raise SystemExit('was run')", "utf-8")
    (house / "segmentation/methods/notes.txt").write_text("raise SystemExit('was run')", "utf-8")
    assert set(look(house)["methods"]) == set(methods())  # type: ignore[call-overload]


def test_make_fills_in_defaults_and_takes_whole_floats_for_whole_numbers() -> None:
    assert make("rfm") == Rfm()
    assert make("rfm", {"bins": 3.0, "window_days": None}) == Rfm(bins=3, window_days=None)


@pytest.mark.parametrize(
    ("name", "params", "code", "near"),
    [
        ("rmf", {}, "e.method", "rfm"),
        ("rfm", {"bin": 3}, "e.method.param", "bins"),
        ("rfm", {"bins": "five"}, "e.method.value", None),
        ("rfm", {"bins": 1}, "e.setting", None),
        ("rfm", {"bins": 2.5}, "e.setting", None),
    ],
)
def test_make_refuses_with_near_matches(
    name: str, params: dict[str, object], code: str, near: str | None
) -> None:
    with pytest.raises(SettingError) as refused:
        make(name, params)
    assert refused.value.code == code
    if near:
        assert near in refused.value.facts["near"]


@pytest.mark.parametrize("code", ["en", "zh"])
def test_a_card_has_words(code: str) -> None:
    card = BrokenMethod("toy.py", "SyntaxError: no")
    said = Language(code).say(card.code, file=card.file, detail=card.detail)  # type: ignore[arg-type]
    assert "toy.py" in said and said != card.code
