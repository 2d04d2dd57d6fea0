"""Schemes in the journal: saved, published, renamed, put away and taken out again; every revision ever saved opens.

Nothing is rewritten: a new name is one more event, and every link a scheme ever had (`old name.revision`) still
opens it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from segmentation.errors import SettingError
from segmentation.journal_log import Event, Log, append, select
from segmentation.schemes import Scheme, from_toml, to_toml

State = Literal["draft", "published"]
Act = Literal["draft", "published", "renamed", "archived", "restored"]
SAVED, RENAMED, ARCHIVED, RESTORED, DRAFT = (
    "scheme",
    "scheme_renamed",
    "scheme_archived",
    "scheme_restored",
    "scheme_draft",
)
KINDS = (SAVED, RENAMED, ARCHIVED, RESTORED)
_parse = lru_cache(maxsize=256)(from_toml)  # every run of a page asks for the latest revision of every scheme


@dataclass(frozen=True)
class SavedScheme:
    """A revision of a scheme as saved: draft or published, by whom, when (event `number`) and with what note."""

    scheme: Scheme
    state: State
    author: str
    at: datetime
    number: int
    note: str = ""


@dataclass(frozen=True)
class SchemeAct:
    """A line of a scheme's history. `revision` is the one saved, or the latest at the time; `note` is the author's
    reason, for 'renamed' the name before."""

    act: Act
    revision: int
    author: str
    at: datetime
    note: str
    number: int


@dataclass
class _Line:
    """One scheme through all its names."""

    name: str
    saved: list[SavedScheme] = field(default_factory=list)
    acts: list[SchemeAct] = field(default_factory=list)
    is_archived: bool = False

    def latest(self) -> SavedScheme:
        return self.named(self.saved[-1])

    def named(self, saved: SavedScheme) -> SavedScheme:
        """A revision under the name its scheme has now."""
        scheme = saved.scheme if saved.scheme.name == self.name else saved.scheme.changed(name=self.name)
        return SavedScheme(scheme, saved.state, saved.author, saved.at, saved.number, saved.note)


class _Shelf:
    """What the events up to one number come to. `by_key`: every `(name, revision)` a link may hold."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.by_name: dict[str, _Line] = {}
        self.by_key: dict[tuple[str, int], tuple[_Line, SavedScheme]] = {}
        self.last_published: tuple[_Line, SavedScheme] | None = None
        for event in events:
            self._take(event)

    def _take(self, event: Event) -> None:
        if event.kind == SAVED:
            self._take_saved(event)
            return
        line = self.by_name[event.key]
        act: Act = "renamed" if event.kind == RENAMED else "archived"
        if event.kind == RENAMED:
            line.name = event.payload["to"]
            self.by_name[line.name] = self.by_name.pop(event.key)
            self.by_key |= {(line.name, saved.scheme.revision): (line, saved) for saved in line.saved}
        else:
            line.is_archived = event.kind == ARCHIVED
            act = "archived" if line.is_archived else "restored"
        self._note(line, act, event, event.key if act == "renamed" else "")

    def _take_saved(self, event: Event) -> None:
        raw = event.payload
        scheme, note = _parse(raw["toml"]), raw.get("note", "")
        line = self.by_name.setdefault(event.key, _Line(event.key))
        saved = SavedScheme(scheme, raw["state"], event.author, event.at, event.number, note)
        line.saved.append(saved)
        line.is_archived = False  # whoever saves it again has it in use
        self.by_key[line.name, scheme.revision] = line, saved
        if saved.state == "published":
            self.last_published = line, saved
        self._note(line, saved.state, event, note)

    @staticmethod
    def _note(line: _Line, act: Act, event: Event, note: str) -> None:
        revision = line.saved[-1].scheme.revision
        line.acts.append(SchemeAct(act, revision, event.author, event.at, note, event.number))

    def line(self, name: str) -> _Line:
        """The scheme now called `name`; SettingError where there is none."""
        if name not in self.by_name:
            raise SettingError("e.scheme.unknown", name=name)
        return self.by_name[name]

    def next_revision(self, name: str) -> int:
        """One more than any revision this name ever stood for: old links keep their meaning."""
        return 1 + max((revision for known, revision in self.by_key if known == name), default=0)

    def check_free(self, name: str, line: _Line | None = None) -> None:
        """SettingError unless `name` says something and no scheme but `line` ever had it."""
        if not name.strip():
            raise SettingError("e.scheme.blank")
        if any(known == name and held is not line for (known, _), (held, _) in self.by_key.items()):
            raise SettingError("e.scheme.taken", name=name)


class SchemeJournal(Log):
    """What was decided about schemes; each act carries its author and time."""

    def save_scheme(self, scheme: Scheme, author: str, at: datetime, note: str = "") -> Scheme:
        """Save a draft under its name as the next revision; an unchanged one keeps its revision."""
        return self._keep(scheme, "draft", author, at, note)

    def publish_scheme(
        self, scheme: Scheme, author: str, at: datetime, note: str = "", *, data_version: int | None = None
    ) -> Scheme:
        """Publish a scheme as the next revision of its name; it is the published one from now on.

        `data_version` is the one its lines were drawn on: it is kept for good.
        """
        return self._keep(scheme, "published", author, at, note, data_version=data_version)

    def _keep(
        self,
        scheme: Scheme,
        state: State,
        author: str,
        at: datetime,
        note: str,
        *,
        data_version: int | None = None,
    ) -> Scheme:
        with self._writing() as connection:
            shelf = _Shelf(select(connection, KINDS))
            line = shelf.by_name.get(scheme.name)
            if line is not None and not line.is_archived and _says_the_same(line.latest(), scheme, note):
                last = shelf.last_published
                if state == "draft" or (last is not None and last[1] is line.saved[-1]):
                    return line.latest().scheme
            kept = scheme.changed(revision=shelf.next_revision(scheme.name))
            payload: dict[str, Any] = {"state": state, "toml": to_toml(kept)}
            payload |= {"note": note} if note else {}
            payload |= {} if data_version is None else {"data_version": data_version}
            append(connection, Event(0, at, author, SAVED, kept.name, payload))
            return kept

    def rename_scheme(self, name: str, to: str, author: str, at: datetime) -> None:
        """Call a scheme otherwise, all its revisions with it; links with the name before still open it.

        SettingError: `e.scheme.unknown`, `e.scheme.blank`, `e.scheme.taken` where another scheme has or had the name.
        """
        with self._writing() as connection:
            shelf = _Shelf(select(connection, KINDS))
            shelf.check_free(to, shelf.line(name))
            if to != name:
                append(connection, Event(0, at, author, RENAMED, name, {"to": to}))

    def duplicate_scheme(self, name: str, to: str, author: str, at: datetime, note: str = "") -> Scheme:
        """The latest revision of a scheme as the first of another; SettingError as in `rename_scheme`."""
        with self._writing() as connection:
            shelf = _Shelf(select(connection, KINDS))
            source = shelf.line(name).latest().scheme
            shelf.check_free(to)
            kept = source.changed(name=to, revision=1)
            payload = {"state": "draft", "toml": to_toml(kept), **({"note": note} if note else {})}
            append(connection, Event(0, at, author, SAVED, to, payload))
            return kept

    def archive_scheme(self, name: str, author: str, at: datetime) -> None:
        """Offer a scheme no longer; links to it still open. SettingError `e.scheme.in_force` for the published one."""
        with self._writing() as connection:
            shelf = _Shelf(select(connection, KINDS))
            line = shelf.line(name)
            if shelf.last_published is not None and shelf.last_published[0] is line:
                raise SettingError("e.scheme.in_force", name=name)
            if not line.is_archived:
                append(connection, Event(0, at, author, ARCHIVED, name, {}))

    def restore_scheme(self, name: str, author: str, at: datetime) -> None:
        """Offer an archived scheme again."""
        with self._writing() as connection:
            if _Shelf(select(connection, KINDS)).line(name).is_archived:
                append(connection, Event(0, at, author, RESTORED, name, {}))

    def _shelf(self, up_to: int | None) -> _Shelf:
        return _Shelf(self.events(*KINDS, up_to=up_to))

    def scheme_history(self, name: str | None = None, up_to: int | None = None) -> tuple[SavedScheme, ...]:
        """Every saved revision (of one name), oldest first, under the names schemes have now."""
        lines = self._shelf(up_to).by_name
        wanted = lines.values() if name is None else [lines[name]] if name in lines else []
        found = [line.named(saved) for line in wanted for saved in line.saved]
        return tuple(sorted(found, key=lambda saved: saved.number))

    def scheme_acts(self, name: str, up_to: int | None = None) -> tuple[SchemeAct, ...]:
        """All that was done with the scheme now called `name`, oldest first."""
        return tuple(self._shelf(up_to).line(name).acts)

    def schemes(self, up_to: int | None = None, is_archived: bool = False) -> Mapping[str, SavedScheme]:
        """The latest revision of every scheme on offer (or of every archived one), by name."""
        lines = self._shelf(up_to).by_name.items()
        return MappingProxyType(
            {name: line.latest() for name, line in lines if line.is_archived is is_archived}
        )

    def find_scheme(self, key: str, up_to: int | None = None) -> SavedScheme | None:
        """The revision a link names (`name.revision`, any name the scheme ever had); None where there is none."""
        name, _, revision = key.rpartition(".")
        if not revision.isdecimal():
            return None
        found = self._shelf(up_to).by_key.get((name, int(revision)))
        return None if found is None else found[0].named(found[1])

    def published(self, up_to: int | None = None) -> SavedScheme | None:
        """The last published revision of any name, with who published it and when."""
        found = self._shelf(up_to).last_published
        return None if found is None else found[0].named(found[1])

    def published_scheme(self, up_to: int | None = None) -> Scheme | None:
        """The scheme now published; None when none ever was."""
        saved = self.published(up_to)
        return saved.scheme if saved else None

    def keep_draft(self, scheme: Scheme, base: str, author: str, at: datetime) -> str:
        """Keep a draft under its id, for a link; `base` is the key of the scheme it was changed from."""
        self.note(DRAFT, scheme.id, {"toml": to_toml(scheme), "base": base}, author, at)
        return scheme.id

    def find_draft(self, draft_id: str) -> tuple[Scheme, str] | None:
        """The draft of an id and the key of its base; None where there is none."""
        events = self.events(DRAFT, key=draft_id)
        return (_parse(events[-1].payload["toml"]), events[-1].payload["base"]) if events else None


def _says_the_same(saved: SavedScheme, scheme: Scheme, note: str) -> bool:
    """Whether a scheme repeats a saved one in everything but its revision, with nothing new to note."""
    return note in ("", saved.note) and _text(saved.scheme) == _text(scheme)


def _text(scheme: Scheme) -> Any:
    """TOML is what is compared and kept."""
    return to_toml(scheme.changed(revision=0))
