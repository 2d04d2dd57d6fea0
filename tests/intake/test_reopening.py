"""An encoding nobody can be sure of is asked about, answered, and remembered for the source."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from segmentation.errors import FileError
from segmentation.intake.parsed import open_files
from segmentation.intake.remembered import known_questions
from segmentation.intake.reopening import encoding_id, settle
from segmentation.journal import Journal
from segmentation.store import Store
from segmentation.ui.upload_state import Desk, KeptFile
from tests.promises.promise import bring

HEAD = "order id,customer id,order date,amount,product\n"
KOREAN = (HEAD + "O1,A,2026-03-01,10,bolt\nO2,B,2026-03-02,20,부품\n").encode("cp949")
APRIL = (HEAD + "O3,A,2026-04-01,10,bolt\nO4,B,2026-04-02,20,부품\n").encode("cp949")


def _products(rows: list[dict[str, object]]) -> list[object]:
    return [row["product"] for row in rows]


def _question(folder: Path) -> str:
    return encoding_id(open_files([("k.csv", KOREAN)], folder).files[0])


def test_an_answer_is_remembered_for_the_next_file_of_the_source(tmp_path: Path) -> None:
    store, asked = Store(tmp_path / "store"), _question(tmp_path / "a")
    first = bring(store, [("k.csv", KOREAN)], tmp_path / "b", {asked: "cp949"})
    assert _products(first.rows("orders")) == ["bolt", "부품"]
    second = bring(store, [("april.csv", APRIL)], tmp_path / "c")
    assert _products(second.rows("orders")) == ["bolt", "부품"]
    assert second.reading is not None
    assert asked in known_questions(second.reading, Journal(store.path).mappings())
    again = bring(store, [("april.csv", APRIL)], tmp_path / "d", {asked: "gb18030"})
    assert _products(again.rows("orders")) == ["bolt", "何前"]


def test_the_desk_opens_the_file_again_and_can_go_back(tmp_path: Path) -> None:
    path = tmp_path / "000001"
    path.write_bytes(KOREAN)
    store = Store(tmp_path / "store")
    desk = Desk(store, Journal(store.path), date(2026, 12, 1), "UTC", lambda code, **facts: None)
    draft = desk.read([KeptFile("k.csv", path, len(KOREAN))], tmp_path)
    (question,) = [one for one in draft.open_questions if one.code == "ask.encoding"]
    assert (question.proposed, draft.reading.parsed.files[0].encoding) == ("gb18030", "gb18030")
    other = desk.answer(draft, {question.id: "cp949"})
    assert other.reading.parsed.files[0].encoding == "cp949"
    assert question.id in {one.id for one in other.known_questions}
    assert other.answers_used[question.id] == "cp949"
    back = desk.answer(other, {question.id: "gb18030"})
    assert back.reading.parsed.files[0].encoding == "gb18030"


def test_only_what_was_offered_is_opened_again(tmp_path: Path) -> None:
    parsed = open_files([("k.csv", KOREAN)], tmp_path)
    asked = encoding_id(parsed.files[0])
    for answer in ("gb18030", "utf-8", "", "../x"):
        assert settle(parsed, {asked: answer}) is parsed


def test_a_file_that_is_not_in_the_encoding_chosen_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        open_files([("k.csv", KOREAN)], tmp_path, encodings={"k.csv": "utf-8"})
    assert (caught.value.code, caught.value.facts["row"]) == ("e.encoding", 3)
