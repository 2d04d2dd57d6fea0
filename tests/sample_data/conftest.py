"""The CSVs of the sample company, as pandas reads them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[2] / "sample_data"
MINUTES = {"visit": 180, "meeting": 60, "call": 15, "message": 10, "email": 10, "quotation": 60}


@pytest.fixture(scope="module")
def readme() -> str:
    return (FOLDER / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "customers.csv", parse_dates=["first_contact_on"]).set_index("customer_id")


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "orders.csv", parse_dates=["ordered_on"])


@pytest.fixture(scope="module")
def touches() -> pd.DataFrame:
    frame = pd.read_csv(FOLDER / "touches.csv", parse_dates=["at"])
    return frame.assign(worked=frame["minutes"].fillna(frame["kind"].map(MINUTES)))


@pytest.fixture(scope="module")
def deals() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "deals.csv", parse_dates=["opened_on", "expected_on", "closed_on"])
