"""Text files whose encoding nothing proves: proposed by the words they then hold, asked about, opened again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from segmentation.intake.headers import known_words, normalise
from segmentation.intake.parsed import FileParsed, Guess, Parsed, open_files
from segmentation.intake.records import DELIMITERS
from segmentation.intake.uploads import Question, SheetMapping
from segmentation.settings import Limits

SHOWN_CHARACTERS = 32
_BEFORE = 6


def encoding_id(file: FileParsed) -> str:
    """Under which the answer is remembered: the first line's bytes are the same next month, whatever they mean."""
    return f"encoding:{file.mark}"


def encoding_questions(parsed: Parsed) -> list[Question]:
    """One question per file whose bytes fit more than one encoding (or no mark proves the one they fit).

    Each option shows the same line of the file as that encoding reads it.
    """
    return [_question(file) for file in parsed.files if not file.is_encoding_sure and file.guesses]


def _question(file: FileParsed) -> Question:
    ordered = sorted(file.guesses, key=lambda guess: guess.encoding != file.encoding)
    options = tuple((g.encoding, f"{g.encoding.upper()} · {line}") for g, line in _told_apart(ordered))
    return Question(encoding_id(file), "ask.encoding", {"file": file.name}, options, file.encoding)


def _told_apart(guesses: list[Guess]) -> list[tuple[Guess, str]]:
    """Each guess with the first line that is not the same in all of them, from shortly before they part."""
    texts = [guess.preview.splitlines() for guess in guesses]
    for lines in zip(*texts, strict=False):
        place = next((i for i, character in enumerate(lines[0]) if not character.isascii()), None)
        if place is not None and (len(set(lines)) > 1 or len(lines) == 1):
            start = max(0, place - _BEFORE)
            shown = [" ".join(line[start : start + SHOWN_CHARACTERS].split()) for line in lines]
            return list(zip(guesses, shown, strict=True))
    first = [lines[0][:SHOWN_CHARACTERS] if lines else "" for lines in texts]
    return list(zip(guesses, first, strict=True))


def settle(parsed: Parsed, answers: Mapping[str, str], limits: Limits | None = None) -> Parsed:
    """The files again, those opened in another encoding that a person chose; the very same object where none is.

    Raises FileError (e.encoding with the row) where the file is not in the encoding chosen.
    """
    files = tuple(_settled(file, answers.get(encoding_id(file), ""), parsed, limits) for file in parsed.files)
    is_same = all(now is before for now, before in zip(files, parsed.files, strict=True))
    return parsed if is_same else replace(parsed, files=files)


def _settled(file: FileParsed, chosen: str, parsed: Parsed, limits: Limits | None) -> FileParsed:
    offered = {guess.encoding for guess in file.guesses}
    if file.is_encoding_sure or chosen not in offered or chosen == file.encoding or file.source is None:
        return file
    again = open_files([(file.name, file.source)], parsed.workspace, limits, {file.name: chosen}).files[0]
    return replace(again, guesses=file.guesses, is_encoding_sure=False, is_encoding_chosen=True)


def settle_proposed(parsed: Parsed, remembered: Mapping[str, SheetMapping]) -> Parsed:
    """Every unsure file in the encoding answered last time, else in the one whose first lines hold most known words."""
    known = {key: value for mapping in remembered.values() for key, value in mapping.answers.items()}
    proposed = {}
    for file in parsed.files:
        if not file.is_encoding_sure and not file.is_encoding_chosen and file.guesses:
            own = next((guess for guess in file.guesses if guess.encoding == file.encoding), file.guesses[0])
            best = max(file.guesses, key=lambda guess: (_words(guess.preview), guess is own))
            proposed[encoding_id(file)] = known.get(encoding_id(file), best.encoding)
    return settle(parsed, proposed)


def _words(preview: str) -> int:
    """How many cells of the first lines are words a header may hold."""
    for delimiter in DELIMITERS:
        preview = preview.replace(delimiter, "\n")
    return sum(normalise(cell.strip(' "')) in known_words() for cell in preview.splitlines() if cell)
