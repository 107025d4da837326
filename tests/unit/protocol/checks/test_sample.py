"""Edges of the findings on single arms and stopping boundaries."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from protocyte.protocol.checks import check_protocol
from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.checks.unreachable_power import _most_powerful
from protocyte.protocol.finding import Finding
from protocyte.protocol.parse import parse_protocol

Find: TypeAlias = Callable[[str, str], list[Finding]]


@pytest.fixture
def find() -> Find:
    def found(code: str, patch: str) -> list[Finding]:
        findings = check_protocol(parse_protocol(amend_example(patch)))
        return [finding for finding in findings if finding.code == code]

    return found


def sample(method: str, settings: str) -> str:
    return f"statistics: {{sample: {{{method}: {{endpoint: orr, {settings}}}}}}}"


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("single stage", "alpha: 0.05, power: 0.8"),
        ("Fleming", "alpha: 0.05, power: 0.8"),
        ("BOP2", "alpha: 0.05, looks: [30]"),
        ("BOP2-FE", "alpha: 0.05, looks: [30]"),
        ("TOP", "alpha: 0.05, looks: [30], window: 90 days"),
        ("predictive probability", "certainty: 0.9, looks: [30]"),
        ("Bayesian single arm", "certainty: 0.9, looks: [30]"),
    ],
)
def test_hypotheses_of_every_method_are_compared(find: Find, method: str, more: str) -> None:
    assert find("STA001", sample(method, f"p0: 0.4, p1: 0.4, {more}"))
    assert not find("STA001", sample(method, f"p0: 0.3, p1: 0.6, {more}"))
    assert find("STA002", sample(method, f"p0: 0.3, p1: 0.6, {more}").replace("orr", "os"))


def test_power_below_alpha_is_worse_than_chance(find: Find) -> None:
    (finding,) = find(
        "STA001", sample("BOP2", "p0: 0.3, p1: 0.6, alpha: 0.4, power: 0.3, looks: [30]")
    )
    assert finding.where == "statistics.sample.BOP2.power"


@pytest.mark.parametrize("value", [".nan", "0", "1", "-0.1", "1.5"])
def test_what_is_no_probability_is_a_finding(value: str) -> None:
    patch = sample("BOP2", f"p0: {value}, p1: 0.6, alpha: 0.1, looks: [30]")
    findings = check_protocol(parse_protocol(amend_example(patch)))
    assert any(f.where == "statistics.sample.BOP2.p0" for f in findings)


@pytest.mark.parametrize("looks", ["[]", "[0, 30]", "[30, 100000]"])
def test_looks_that_no_trial_has_are_findings(looks: str) -> None:
    patch = sample("BOP2", f"p0: 0.3, p1: 0.6, alpha: 0.1, looks: {looks}")
    findings = check_protocol(parse_protocol(amend_example(patch)))
    assert any(f.where.startswith("statistics.sample.BOP2.looks") for f in findings)


def test_equal_looks_are_out_of_order(find: Find) -> None:
    patch = sample("TOP", "p0: 0.3, p1: 0.6, alpha: 0.1, window: 28 days, looks: [15, 15, 30]")
    (finding,) = find("STA004", patch)
    assert finding.where == "statistics.sample.TOP.looks[1]"


def test_the_bound_on_power_is_that_of_neyman_and_pearson() -> None:
    """At a limit that a count meets exactly no lots are drawn: P(X ≥ 1) of one participant."""
    assert _most_powerful(1, 0.1, 0.7, 0.1) == pytest.approx(0.7)
    # Half the error of the only count that may reject: half its power.
    assert _most_powerful(1, 0.1, 0.7, 0.05) == pytest.approx(0.35)


def test_the_last_look_counts_as_the_number_treated(find: Find) -> None:
    settings = "p0: 0.3, p1: 0.6, alpha: 0.1, looks: [10, %d]"
    patch = sample("BOP2", settings) + "\npopulation: {planned: 48}\ndosing: {participants: 30}"
    assert not find("STA003", patch % 18)
    assert find("STA003", patch % 24)


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ("[{among: 6, stop_from: 7}]", "table[0].stop_from"),
        ("[{among: 6, stop_from: 2}, {among: 6, stop_from: 3}]", "table[1].among"),
        ("[{among: 6, stop_from: 3}, {among: 9, stop_from: 2}]", "table[1].stop_from"),
        ("[{among: 21, stop_from: 3}]", "table[0].among"),
    ],
)
def test_tables_that_no_trial_can_follow(find: Find, rows: str, where: str) -> None:
    patch = (
        "safety: {monitoring: {deaths: {of: death, participants: 20, "
        f"rule: {{table: {rows}}}}}}}}}"
    )
    assert [f.where for f in find("SAF004", patch)] == [f"safety.monitoring.deaths.rule.{where}"]


def test_a_first_look_beyond_the_end(find: Find) -> None:
    patch = (
        "safety: {monitoring: {deaths: {of: death, participants: 20, first: %d, "
        "rule: {Pocock: {acceptable: 0.1}}}}}"
    )
    assert not find("SAF004", patch % 20)
    assert [f.where for f in find("SAF004", patch % 21)] == ["safety.monitoring.deaths.first"]
