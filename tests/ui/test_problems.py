"""What went wrong: refusals in words with letters only, the unexpected as a code in a log without anybody's data."""

from __future__ import annotations

from pathlib import Path

import pytest

from segmentation.errors import SettingError
from segmentation.i18n import Language
from segmentation.ui import downloads, problems


@pytest.fixture
def log(tmp_path: Path) -> Path:
    problems.keep_log(tmp_path)
    problems.keep_log(tmp_path)
    return tmp_path / problems.LOG_FILE


def test_a_code_leads_to_one_line_in_the_log_without_the_message(log: Path) -> None:
    try:
        raise KeyError("Hangzhou Ruixin Packaging")
    except KeyError as error:
        code = problems.note(error)
    lines = [line for line in log.read_text("utf-8").splitlines() if code in line]
    assert len(lines) == 1
    assert "KeyError" in lines[0] and "test_problems.py" in lines[0]
    assert "Ruixin" not in lines[0]


def test_facts_of_a_refusal_stay_letters() -> None:
    told = problems.tell(
        SettingError("e.setting", name="![x](http://h)", value=3, rule=">= 5"), Language("en")
    )
    assert "![x]" not in told
    assert "must be" in told


def test_file_names_keep_no_path_and_carry_a_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads.st, "session_state", {})
    name = downloads.file_name("../a:b c", "csv")
    assert name.endswith(".csv") and not set('/\\:*?"<>| ') & set(name)
    assert downloads.file_name("x", "csv").split("_")[-1] == name.split("_")[-1]
    monkeypatch.setattr(downloads.st, "session_state", {})
    assert downloads.file_name("x", "csv").split("_")[-1] != name.split("_")[-1]
