"""What went wrong, in words: refusals as one red sentence, the unexpected as a code that is also in the log."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

import streamlit as st

from segmentation.errors import StoreError, TierboardError
from segmentation.i18n import Language
from segmentation.ui.escape import plain

LOG_FILE, LOG_BYTES, LOG_FILES = "tierboard.log", 1_000_000, 3
_LOGGER = logging.getLogger("tierboard")


def keep_log(store_path: Path) -> None:
    """Write the log into the store folder: what failed and where in the code, never a customer's data.

    StoreError where the folder cannot be used.
    """
    path = store_path / LOG_FILE
    if any(getattr(handler, "baseFilename", "") == str(path.resolve()) for handler in _LOGGER.handlers):
        return
    try:
        store_path.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            path.resolve(), maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
    except OSError as error:
        raise StoreError("e.store.folder", path=str(store_path), why=error.strerror or "") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.INFO)


def tell(error: TierboardError, language: Language) -> str:
    """The sentence of a refusal, its facts as letters."""
    facts = {name: plain(fact, 120) if isinstance(fact, str) else fact for name, fact in error.facts.items()}
    return language.say(error.code, **facts)


def note(error: Exception) -> str:
    """Log an unexpected error under a short code and return the code. Its message is left out: it may hold data."""
    code = secrets.token_hex(3)
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames)
    )
    _LOGGER.error("%s %s at %s", code, type(error).__name__, places)
    return code


@contextmanager
def shown(language: Language) -> Iterator[None]:
    """Whatever is raised inside becomes one red sentence where it happened; the rest of the page stays."""
    try:
        yield
    except TierboardError as error:
        st.markdown(f":red[{tell(error, language)}]")
    except Exception as error:
        st.markdown(f":red[{language.say('ui.error.code', code=note(error))}]")
