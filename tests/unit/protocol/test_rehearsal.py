"""The rehearsal file: truths that fit their protocol, and what is said of those that do not."""

import pytest

from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
from protocyte.protocol.parse import Parsed, parse_protocol
from protocyte.protocol.rehearsal import Rehearsal, parse_rehearsal


def parsed(text: str) -> Parsed[Rehearsal]:
    plan = parse_protocol(EXAMPLE).plan
    assert plan is not None
    return parse_rehearsal(text, protocol=plan)


def test_the_example_is_sound() -> None:
    found = parsed(REHEARSAL)
    assert found.is_sound
    assert found.findings == ()


def test_a_scenario_is_found_by_its_name() -> None:
    rehearsal = parsed(REHEARSAL).plan
    assert rehearsal is not None
    assert rehearsal.scenario(None) is rehearsal.scenarios[0]
    assert rehearsal.scenario("too toxic") is rehearsal.scenarios[1]
    assert rehearsal.scenario("nice") is None


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        (
            "toxicity: [0.05, 0.10, 0.20]",
            "toxicity: [0.05, 0.10]",
            "scenarios[0].toxicity",
            'The scenario "tolerated" gives 2 probabilities of toxicity, and the protocol has 3',
        ),
        (
            "[0.3, 0.4, 0.25, 0.04, 0.01]",
            "[0.3, 0.4, 0.25, 0.04, 0.02]",
            "adverse_events[0]",
            "The probabilities of CRS sum to 1.01",
        ),
        ("onset: [1, 8]", "onset: [8, 1]", "adverse_events[0]", "of CRS run backwards"),
        ("lasting: [2, 7]", "lasting: [0, 7]", "adverse_events[0]", "of CRS run backwards"),
        ("{CR: 0.7, CRi: 0.3}", "{CR: 0.7, CRi: 0.2}", "leukaemia", "responses sum to 0.9"),
        ("{NR: 0.6, PD: 0.4}", "{NR: 0.6, PD: 0.5}", "leukaemia", "failures sum to 1.1"),
        (
            "{CR: 0.7, CRi: 0.3}",
            "{CR: 0.7, PR: 0.3}",
            "leukaemia.responses.PR",
            "PR stands under responses, and the protocol does not count it as a response.",
        ),
        (
            "{NR: 0.6, PD: 0.4}",
            "{NR: 0.6, CRi: 0.4}",
            "leukaemia.failures.CRi",
            "CRi stands under failures, and the protocol counts it as a response.",
        ),
        (
            "age: {mean: 45, sd: 12, low: 18, high: 75}",
            "age: {mean: 80, sd: 12, low: 18, high: 75}",
            "patients.age",
            "The mean 80 does not lie between 18 and 75",
        ),
    ],
)
def test_what_does_not_fit_is_said(old: str, new: str, where: str, said: str) -> None:
    assert REHEARSAL.count(old) == 1
    found = parsed(REHEARSAL.replace(old, new))
    assert not found.is_sound
    finding = found.findings[0]
    assert (finding.code, finding.severity, finding.where) == ("SYN005", "error", where)
    assert said in finding.message
    assert finding.line > 1
    assert finding.remedy.endswith(".")
