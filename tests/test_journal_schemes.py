"""Schemes in the journal: renamed, copied, put away, taken out; no link ever opens something else."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from segmentation.errors import SettingError
from segmentation.journal import Journal
from segmentation.schemes import Scheme

AT = datetime(2026, 3, 1, 9, 0)
LATER = datetime(2026, 4, 1, 9, 0)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """`a` saved, changed and published; `b` saved."""
    journal = Journal(tmp_path)
    journal.save_scheme(Scheme(name="a"), "ann", AT, "first try")
    journal.publish_scheme(Scheme(name="a", outcome_days=30), "bo", LATER, "agreed on Monday")
    journal.save_scheme(Scheme(name="b"), "ann", LATER)
    return journal


def test_a_note_is_kept_with_its_revision(journal: Journal) -> None:
    assert [saved.note for saved in journal.scheme_history("a")] == ["first try", "agreed on Monday"]
    published = journal.published()
    assert published is not None and published.note == "agreed on Monday"
    held = journal.number()
    assert journal.publish_scheme(Scheme(name="a", outcome_days=30), "bo", LATER).revision == 2
    assert journal.number() == held, "nothing new was said"
    assert journal.publish_scheme(Scheme(name="a", outcome_days=30), "bo", LATER, "again").revision == 3


def test_a_new_name_takes_history_and_force_along(journal: Journal) -> None:
    mark = journal.number()
    journal.rename_scheme("a", "spring", "cy", LATER)
    assert set(journal.schemes()) == {"spring", "b"}
    assert [saved.scheme.name for saved in journal.scheme_history("spring")] == ["spring", "spring"]
    assert journal.scheme_history("a") == ()
    published = journal.published()
    assert published is not None and (published.scheme.name, published.scheme.revision) == ("spring", 2)
    assert set(journal.schemes(up_to=mark)) == {"a", "b"}, "the past stays as it was"
    assert journal.save_scheme(Scheme(name="spring", outcome_days=60), "cy", LATER).revision == 3
    held = journal.number()
    kept = journal.save_scheme(Scheme(name="spring", outcome_days=60), "cy", LATER)
    assert (kept.name, journal.number()) == ("spring", held)


def test_a_link_with_an_old_name_opens_the_same_revision_for_ever(journal: Journal) -> None:
    journal.rename_scheme("a", "spring", "cy", LATER)
    journal.rename_scheme("spring", "summer", "cy", LATER)
    fresh = journal.save_scheme(Scheme(name="a", outcome_days=77), "cy", LATER)
    assert fresh.revision == 3, "a.1 and a.2 stand for the other scheme"
    for key, days, name in [
        ("a.1", 90, "summer"),
        ("a.2", 30, "summer"),
        ("spring.2", 30, "summer"),
        ("a.3", 77, "a"),
    ]:
        found = journal.find_scheme(key)
        assert found is not None and (found.scheme.outcome_days, found.scheme.name) == (days, name), key
    for key in ("a.4", "gone.1", "a", "a.x", "", "."):
        assert journal.find_scheme(key) is None, key


@pytest.mark.parametrize(
    ("name", "to", "code"),
    [
        ("a", "b", "e.scheme.taken"),
        ("b", "once", "e.scheme.taken"),
        ("a", "  ", "e.scheme.blank"),
        ("gone", "x", "e.scheme.unknown"),
    ],
)
def test_a_name_is_refused_where_a_link_would_change_its_meaning(
    journal: Journal, name: str, to: str, code: str
) -> None:
    journal.save_scheme(Scheme(name="once"), "ann", AT)
    journal.rename_scheme("once", "now", "ann", AT)
    held = journal.number()
    for act in (journal.rename_scheme, journal.duplicate_scheme):
        with pytest.raises(SettingError, match=code.replace(".", r"\.")):
            act(name, to, "cy", LATER)
    assert journal.number() == held
    journal.rename_scheme("now", "once", "ann", AT)
    assert "once" in journal.schemes(), "a scheme may take its own old name back"


def test_a_copy_starts_its_own_history(journal: Journal) -> None:
    copy = journal.duplicate_scheme("a", "copy", "cy", LATER, "from a")
    assert copy == Scheme(name="copy", revision=1, outcome_days=30)
    (saved,) = journal.scheme_history("copy")
    assert (saved.state, saved.author, saved.note) == ("draft", "cy", "from a")
    published = journal.published_scheme()
    assert published is not None and published.name == "a"


def test_an_archived_scheme_is_not_offered_but_opens(journal: Journal) -> None:
    journal.archive_scheme("b", "cy", LATER)
    assert set(journal.schemes()) == {"a"}
    assert set(journal.schemes(is_archived=True)) == {"b"}
    found = journal.find_scheme("b.1")
    assert found is not None and found.scheme.name == "b"
    held = journal.number()
    journal.archive_scheme("b", "cy", LATER)
    assert journal.number() == held
    journal.restore_scheme("b", "cy", LATER)
    assert set(journal.schemes()) == {"a", "b"}
    journal.archive_scheme("b", "cy", LATER)
    journal.save_scheme(Scheme(name="b"), "cy", LATER)
    assert set(journal.schemes()) == {"a", "b"}, "saved again, in use again"


def test_the_scheme_in_force_cannot_be_archived(journal: Journal) -> None:
    with pytest.raises(SettingError, match=r"e\.scheme\.in_force"):
        journal.archive_scheme("a", "cy", LATER)
    journal.save_scheme(Scheme(name="a", outcome_days=60), "cy", LATER)
    with pytest.raises(SettingError, match=r"e\.scheme\.in_force"):
        journal.archive_scheme("a", "cy", LATER)
    journal.publish_scheme(Scheme(name="b"), "cy", LATER)
    journal.archive_scheme("a", "cy", LATER)
    assert set(journal.schemes()) == {"b"}


def test_the_history_says_who_did_what_and_when(journal: Journal) -> None:
    journal.rename_scheme("b", "autumn", "cy", LATER)
    journal.archive_scheme("autumn", "di", LATER)
    journal.restore_scheme("autumn", "ed", LATER)
    acts = journal.scheme_acts("autumn")
    assert [(act.act, act.revision, act.author, act.note) for act in acts] == [
        ("draft", 1, "ann", ""),
        ("renamed", 1, "cy", "b"),
        ("archived", 1, "di", ""),
        ("restored", 1, "ed", ""),
    ]
    assert {act.at for act in acts} == {LATER}


def test_a_draft_is_kept_once_under_its_id(journal: Journal) -> None:
    draft = Scheme(name="a", outcome_days=11)
    assert journal.keep_draft(draft, "a.2", "cy", LATER) == draft.id
    held = journal.number()
    journal.keep_draft(draft, "a.2", "cy", LATER)
    assert journal.number() == held
    assert journal.find_draft(draft.id) == (draft, "a.2")
    assert journal.find_draft("0" * 12) is None
    assert set(journal.schemes()) == {"a", "b"}, "a draft in a link is no saved scheme"
