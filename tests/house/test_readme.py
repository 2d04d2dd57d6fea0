"""What the README shows is what the project does."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.readme import README, table_of_inputs, written_table
from tests.house.source import ROOT

TEXT = README.read_text("utf-8")


def shown_commands() -> list[str]:
    block = re.search(r"<!-- shell: begin -->\s*```console\n(.*?)```", TEXT, re.S)
    assert block
    return [line.removeprefix("$ ") for line in block.group(1).splitlines() if line.startswith("$ ")]


def test_the_tables_are_those_of_the_code() -> None:
    assert written_table(TEXT) == table_of_inputs(), "run: python -m tests.house.readme"


def test_the_shown_commands_run(tmp_path: Path) -> None:
    commands = shown_commands()
    assert len(commands) >= 5
    environment = dict(os.environ, TIERBOARD_STORE=str(tmp_path / "store"), PYTHONPATH=str(ROOT))
    (tmp_path / "sample_data").mkdir()
    for file in (ROOT / "sample_data").glob("*.csv"):
        shutil.copy(file, tmp_path / "sample_data")
    for command in commands:
        words = shlex.split(command)
        assert words[:3] == ["python", "-m", "segmentation"]
        done = subprocess.run(
            [sys.executable, *words[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    assert (tmp_path / "tiers.csv").stat().st_size > 1000


def test_every_picture_and_path_it_names_exists() -> None:
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", TEXT):
        assert (ROOT / picture).is_file(), picture
    rooms = re.search(r"## Map of the house(.*)", TEXT, re.S)
    assert rooms
    for row in re.findall(r"^\| (.+?) \|", rooms.group(1), re.M)[2:]:
        for named in re.findall(r"`([^`]+)`", row):
            found = list(ROOT.glob(named.rstrip("/"))) or list(
                (ROOT / "segmentation").glob(named.rstrip("/"))
            )
            assert found, f"the map names {named}, which is not there"
