"""Between reading and publishing: every finding about an upload at the level the workspace gives its check.

A finding of a check that stops keeps the upload from being published until the file or the check is corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from types import MappingProxyType

from segmentation.intake.uploads import SHOWN_CELLS, Issue, Severity, Upload
from segmentation.settings import Check, Level, Thresholds
from segmentation.store import Difference

SEVERITY: Mapping[Level, Severity] = MappingProxyType({"stop": "stop", "warn": "check", "note": "noted"})


def audit(upload: Upload, difference: Difference) -> tuple[Issue, ...]:
    """All issues of an upload, those only the stored rows show among them, each at its level."""
    asked = upload.thresholds
    found = [_levelled(issue, upload, asked) for issue in upload.issues]
    for part in difference.tables:
        if part.unknown is not None:
            told = part.unknown
            facts = {"n": told.rows, "amount": told.amount, "share": told.share, "customers": told.customers,
                     "names": ", ".join(told.names)}  # fmt: skip
            level = severity(asked.unknown_customers, told.share)
            code = f"i.unknown.{part.table}"
            found.append(Issue(code, level, part.table, "customer_id", told.rows, (), facts))
    return (*found, *_missing(difference, asked))


def severity(check: Check, value: float) -> Severity:
    """The level of a check whose measure is `value`; below where it starts a finding is only noted."""
    return SEVERITY[check.level] if value > check.start else "noted"


def _levelled(issue: Issue, upload: Upload, asked: Thresholds) -> Issue:
    """An issue of the reading at the level of its check; one that belongs to no check as it is."""
    if issue.code.startswith("i.unmatched."):
        return replace(issue, severity=severity(asked.no_customer, float(issue.facts["share"])))
    if issue.code == "i.rejected":
        read = sum(account.read for account in upload.accounts)
        refused = sum(account.rejected for account in upload.accounts)
        return replace(issue, severity=severity(asked.rejected_rows, refused / read if read else 0.0))
    if issue.code == "i.future":
        return replace(issue, severity=severity(asked.future_dates, inf))
    return issue


def _missing(difference: Difference, asked: Thresholds) -> list[Issue]:
    """Stored customers a full list of customers leaves out."""
    part = difference.table("customers")
    if part is None or not part.gone or not part.missing:
        return []
    stored = part.missing + part.unchanged + part.changed
    names = ", ".join(one.name for one in part.gone[:SHOWN_CELLS])
    facts = {"n": part.missing, "all": stored, "names": names}
    level = severity(asked.missing_customers, part.missing / stored)
    return [Issue("i.missing", level, "customers", "customer_id", 0, (), facts)]
