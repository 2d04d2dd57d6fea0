"""Stores a page is opened on: the sample, one whose only import was undone, one customer; and the app run on them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from segmentation.store import Store
from tests.worlds import make_store

ROOT = Path(__file__).parents[2]
WORLDS = ("sample", "undone", "one_customer")
SECONDS = 120


@cache
def store_path(world: str) -> Path:
    """A store folder for tests that only look, made once."""
    folder = Path(mkdtemp(prefix=f"tierboard-{world}-"))
    if world == "sample":
        return folder
    make_store(folder, **one_customer())
    if world == "undone":
        Store(folder / "store").undo(1, "test", datetime(2030, 1, 2))
    return folder / "store"


def one_customer() -> dict[str, pd.DataFrame]:
    return {
        "customers": pd.DataFrame(
            {"customer_id": ["C1"], "name": ["Only & <b>One</b>"], "first_contact_on": ["2024-01-01"]}
        ),
        "orders": pd.DataFrame(
            {
                "order_id": ["O1", "O2", "O3"],
                "customer_id": ["C1"] * 3,
                "ordered_on": ["2025-02-01", "2025-06-01", "2025-11-01"],
                "amount": [100, 250, -20],
            }
        ),
    }


def open_page(monkeypatch: pytest.MonkeyPatch, store: Path, page: str, code: str, **query: str) -> AppTest:
    """The page as a person of one language finds it."""
    monkeypatch.setenv("TIERBOARD_STORE", str(store))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    app.session_state["lang"] = code
    for name, value in {"lang": code, **query}.items():
        app.query_params[name] = value
    app.switch_page(f"pages/{page}.py")
    return app.run()


def run_anew(app: AppTest) -> AppTest:
    """Run once more through the frame: between interactions AppTest runs the page alone, on the session before."""
    del app.session_state["session"]
    return app.run()


def texts(app: AppTest) -> str:
    """Everything written on the page in sentences, for looking things up."""
    found = [element.value for kind in (app.header, app.subheader, app.markdown) for element in kind]
    return "\n".join([*found, *(button.label for button in app.button)])


def assert_whole(app: AppTest, code: str) -> None:
    """No exception, no message id left unsaid, no red sentence, and the language asked for."""
    assert not app.exception, [element.value for element in app.exception]
    said = texts(app)
    assert ":red[" not in said, said
    assert not [
        word
        for word in said.replace("**", " ").split()
        if word.startswith(("in.", "profile.", "set.", "up."))
    ]
    assert app.session_state["session"].language.code == code
    assert ("EN" if code == "zh" else "中文") in str(
        app.segmented_control
    )  # the other language is one click away
