"""Why the data suggest a scheme: at every control, and in a line while the scheme on the screen follows it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from segmentation.i18n import LANGUAGES, Language, Text
from segmentation.proposals import Proposal, Reason
from segmentation.schemes import Scheme
from segmentation.ui.proposal_lines import tell_holding, tell_reasons, tell_scored

EN = Language("en")


def proposed(**facts: Any) -> Proposal:
    window = Reason("proposal.window.gap", {"months": 12, "gap": 41})
    days = Reason("proposal.outcome_days.gap", {"days": 90, "basis": 41})
    method = Reason("proposal.method.repeat", {"share": 75})
    outcome = Reason("proposal.outcome.repurchase")
    scheme = Scheme(method="rfm", method_params={"window_days": 365})
    return Proposal(scheme, facts.get("profile"), "repeat", method, window, outcome, days)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_decision_has_its_reason(code: Any) -> None:
    told = tell_reasons(proposed(), Language(code))
    assert set(told) == {"method", "window_days", "outcome", "outcome_days"}
    assert "41" in told["window_days"] and "90" in told["outcome_days"] and "75%" in told["method"]
    assert not [sentence for sentence in told.values() if "proposal." in sentence or "{" in sentence]


def test_the_line_holds_as_far_as_the_scheme_follows() -> None:
    proposal = proposed()
    assert "because your customers order every 41 days" in tell_holding(proposal, proposal.scheme, EN)
    longer = proposal.scheme.changed(method_params={"window_days": 730})
    assert "41 days" not in tell_holding(proposal, longer, EN)
    assert tell_holding(proposal, longer, EN).startswith("RFM, because")
    assert tell_holding(proposal, proposal.scheme.changed(method="abc"), EN) == ""


def test_what_a_method_lacks_is_said() -> None:
    names = Text("Margin", "毛利")
    verdict = ("score.missing", {"n": 1, "total": 4, "names": names})
    standing: Any = SimpleNamespace(scored=SimpleNamespace(verdict=verdict))
    assert "Margin" in tell_scored(standing, EN) and "毛利" in tell_scored(standing, Language("zh"))
    assert tell_scored(SimpleNamespace(scored=SimpleNamespace(verdict=None)), EN) == ""  # type: ignore[arg-type]
