"""The journal: only appended to, folds that can be replayed, safe for several writers."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import pytest

from segmentation.errors import StoreError
from segmentation.intake.uploads import SheetMapping
from segmentation.journal import FILE, Journal, mapping_event
from segmentation.schemes import Scheme, TierPolicy

AT = datetime(2026, 3, 1, 9, 0)
LATER = datetime(2026, 4, 1, 9, 0)


def test_events_are_numbered_and_never_changed(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first = journal.record("note", "k", {"文": 1}, "ann", AT)
    second = journal.record("note", "k", {"x": None}, "bo", LATER)
    assert (first.number, second.number, journal.number()) == (1, 2, 2)
    assert journal.events("note") == (first, second)
    assert journal.events(up_to=1) == (first,)
    assert journal.events("other") == ()
    connection = sqlite3.connect(tmp_path / FILE)
    for sql in ("UPDATE events SET author = 'x'", "DELETE FROM events"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            connection.execute(sql)
    connection.close()


def test_schemes_are_saved_by_name_and_revision(tmp_path: Path) -> None:
    journal, scheme = Journal(tmp_path), Scheme(name="2026")
    assert journal.published_scheme() is None
    draft = journal.save_scheme(scheme, "ann", AT)
    assert draft.revision == 1
    assert journal.save_scheme(draft, "ann", AT) == draft
    changed = journal.save_scheme(draft.changed(policy=TierPolicy(cuts=(0.2, 0.5))), "ann", AT)
    assert changed.revision == 2
    other = journal.save_scheme(Scheme(name="other", method_params={"window_days": None}), "bo", LATER)
    assert {name: saved.scheme for name, saved in journal.schemes().items()} == {
        "2026": changed,
        "other": other,
    }
    assert [saved.scheme.revision for saved in journal.scheme_history("2026")] == [1, 2]
    assert journal.published_scheme() is None


def test_the_last_published_scheme_holds(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first = journal.publish_scheme(Scheme(name="a"), "ann", AT)
    mark = journal.number()
    assert journal.publish_scheme(first, "ann", AT) == first
    assert journal.number() == mark
    second = journal.publish_scheme(Scheme(name="b"), "bo", LATER)
    draft = journal.save_scheme(second.changed(outcome_days=30), "bo", LATER)
    assert (draft.revision, journal.published_scheme()) == (2, second)
    assert journal.published_scheme(up_to=mark) == first
    # Publishing the first again is a decision, although its content is known.
    again = journal.publish_scheme(first, "ann", LATER)
    assert journal.published_scheme() == again == first.changed(revision=2)
    # So is publishing what was only a draft.
    assert journal.publish_scheme(draft, "bo", LATER).revision == 3


def test_mappings_and_answers_by_source(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    mapping = SheetMapping(("客户", "金额"), {"orders": {"amount": "金额"}}, {"unit": "10000"})
    journal.adopt("1", [mapping_event("s1", mapping, "ann", AT)])
    journal.adopt("2", [mapping_event("s1", mapping, "ann", LATER)])
    assert dict(journal.mappings()) == {"s1": mapping}
    assert [event.kind for event in journal.events()] == ["mapping", "decided", "decided"], "known already"
    journal.adopt("3", [mapping_event("s1", SheetMapping(("x",)), "bo", LATER)])
    assert journal.mappings()["s1"].headers == ("x",)
    assert journal.mappings(up_to=1)["s1"] == mapping
    journal.remember_answers("s1", {"a": "1", "b": "2"}, "ann", AT)
    journal.remember_answers("s1", {"b": "3"}, "ann", AT)
    assert journal.answers("s1") == {"a": "1", "b": "3"}
    assert journal.answers("s2") == {}


def test_settings_are_a_fold(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.change_setting("language", "zh", "ann", AT)
    journal.change_setting("hours", 160, "ann", AT)
    journal.change_setting("language", None, "ann", LATER)
    assert journal.settings() == {"language": None, "hours": 160}
    assert journal.settings(up_to=1) == {"language": "zh"}


def test_writers_in_threads_and_processes_lose_nothing(tmp_path: Path) -> None:
    Journal(tmp_path)
    code = """
import sys
from datetime import datetime
from segmentation.journal import Journal
from segmentation.schemes import Scheme
journal, start = Journal(sys.argv[1]), int(sys.argv[2])
for i in range(25):
    journal.save_scheme(Scheme(name="one", outcome_days=start + i), "p", datetime(2026, 1, 1))
"""
    others = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), str(start)], cwd=Path(__file__).parents[1]
        )
        for start in (100, 200)
    ]

    def write(start: int) -> None:
        for i in range(25):
            Journal(tmp_path).save_scheme(Scheme(name="one", outcome_days=start + i), "t", AT)

    threads = [threading.Thread(target=write, args=(start,)) for start in (300, 400)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait(timeout=60) for process in others] == [0, 0]
    history = Journal(tmp_path).scheme_history("one")
    assert [saved.scheme.revision for saved in history] == list(range(1, 101))
    assert len({saved.scheme.outcome_days for saved in history}) == 100


def test_a_newer_or_damaged_journal_is_refused(tmp_path: Path) -> None:
    Journal(tmp_path / "new")
    connection = sqlite3.connect(tmp_path / "new" / FILE)
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(StoreError, match=r"e\.store\.newer"):
        Journal(tmp_path / "new")
    Journal(tmp_path / "bad")
    (tmp_path / "bad" / FILE).write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"e\.store\.journal"):
        Journal(tmp_path / "bad").number()
