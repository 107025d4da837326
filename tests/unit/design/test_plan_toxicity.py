"""Designs that decide from counts, and rules around them, from the words of a protocol."""

import pytest

from protocyte.design import (
    BOIN,
    MTPI,
    MTPI2,
    AllOf,
    AnyOf,
    Cap,
    Design,
    EnoughAtDose,
    EnoughTreated,
    I3Plus3,
    IncreaseLimit,
    Keyboard,
    LeastAtSelected,
    LetterTable,
    MostAtDose,
    NearTarget,
    NoSkipping,
    Precise,
    RollingSix,
    Staying,
    StopWhen,
    TableDesign,
    Titration,
    TooToxic,
)
from protocyte.design.plan import find_dose_design
from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.parse import parse_protocol


def design_of(patch: str) -> Design | None:
    parsed = parse_protocol(amend_example(patch))
    assert parsed.plan is not None
    assert parsed.is_sound, [str(finding) for finding in parsed.findings]
    return find_dose_design(parsed.plan)


EVERY = (
    "target: 0.25, eliminate_above: 0.9, eliminate_from: 2, extra_safe: true, "
    "extra_safe_offset: 0.1, stop_at: 9, stop_when: always"
)
SHARED = {
    "target": 0.25,
    "n_doses": 3,
    "certainty": 0.9,
    "close_from": 2,
    "extra_safe": 0.1,
    "early_stop": 9,
    "early_stop_when": "always",
}
ROWS = LetterTable.from_words({3: "E S D DU", 6: "E E S D DU DU DU"})


@pytest.mark.parametrize(
    ("words", "design"),
    [
        ("rolling six: {}", Cap(RollingSix(3), 10)),
        (
            f"i3+3: {{{EVERY}, margin_below: 0.1, margin_above: 0.02}}",
            I3Plus3(cohorts=3, margin_below=0.1, margin_above=0.02, **SHARED),  # type: ignore[arg-type]
        ),
        (f"mTPI: {{{EVERY}}}", MTPI(cohorts=3, **SHARED)),  # type: ignore[arg-type]
        (f"mTPI-2: {{{EVERY}}}", MTPI2(cohorts=3, **SHARED)),  # type: ignore[arg-type]
        (
            f"Keyboard: {{{EVERY}, edges: rescale}}",
            Keyboard(cohorts=3, edges="rescale", **SHARED),  # type: ignore[arg-type]
        ),
        (
            f"BOIN: {{{EVERY}, adjusted: stay at 1 of 3, too_low: 0.1, too_high: 0.4}}",
            BOIN(cohorts=3, adjusted="stay at 1 of 3", too_low=0.1, too_high=0.4, **SHARED),  # type: ignore[arg-type]
        ),
        (
            "BOIN: {target: 0.3, cohort_sizes: [1, 2, 3]}",
            BOIN(target=0.3, n_doses=3, cohorts=4, cohort_size=(1, 2, 3)),
        ),
        (
            "BOIN: {target: 0.3, cohort_sizes: [20]}",
            BOIN(target=0.3, n_doses=3, cohorts=1, cohort_size=(20,)),
        ),
        (
            (
                "decision table: {target: 0.3, stop_at: 6, stop_when: always, rows: "
                "[{n: 3, decisions: E S D DU}, {n: 6, decisions: E E S D DU DU DU}]}"
            ),
            TableDesign(ROWS, 0.3, n_doses=3, cohorts=3, early_stop=6, early_stop_when="always"),
        ),
        (
            (
                "decision table: {target: 0.3, stop_at: 3, stop_when: always, rows: "
                '"n,tox,decision\\n3,0,E\\n3,1,S\\n3,2,D\\n3,3,DU"}'
            ),
            TableDesign(
                LetterTable.from_words({3: "E S D DU"}),
                0.3,
                n_doses=3,
                cohorts=3,
                early_stop=3,
                early_stop_when="always",
            ),
        ),
    ],
)
def test_words_become_the_design(words: str, design: Design) -> None:
    old = "" if words.startswith("BOIN:") else "BOIN: null, "
    assert design_of(f"dosing: {{participants: 10, method: {{{old}{words}}}}}") == design


PARENT = BOIN(target=0.3, n_doses=3, cohorts=10)
LEVELS = "levels: [1e6 cells/kg, 3e6 cells/kg, 9e6 cells/kg]"


@pytest.mark.parametrize(
    ("rules", "design"),
    [
        ("", PARENT),
        ("{untried levels: not skipped}", NoSkipping(PARENT)),
        ("{largest increase: 2}", IncreaseLimit(PARENT, (1e6, 3e6, 9e6), 2.0)),
        ("{most at a dose: {cohorts: 4}}", MostAtDose(PARENT, 12)),
        ("{most at a dose: {participants: 10}}", MostAtDose(PARENT, 10)),
        ("{least at the selected dose: 6}", LeastAtSelected(PARENT, 6)),
        ("{accelerated titration: {up_to: 2}}", Titration(PARENT, up_to=2)),
        (
            "{accelerated titration: {}}, {stop when: {enough at the dose: 9}}",
            StopWhen(Titration(PARENT), EnoughAtDose(9)),
        ),
        (
            (
                "{stop when: {any of: [{all of: [{enough at the dose: 9}, {next cohort: stays}, "
                "{precise: {width: 0.4, level: 0.9}}]}, {too toxic: {certainty: 0.9, at: any}}, "
                "{near the target: {low: 0.2, high: 0.35, certainty: 0.6}}, {enough treated: 24}]}}"
            ),
            StopWhen(
                PARENT,
                AnyOf(
                    (
                        AllOf((EnoughAtDose(9), Staying(), Precise(0.4, 0.9))),
                        TooToxic(0.9, at="any"),
                        NearTarget(0.2, 0.35, 0.6),
                        EnoughTreated(24),
                    )
                ),
            ),
        ),
    ],
)
def test_rules_stand_around_the_design(rules: str, design: Design) -> None:
    assert design_of(f"dosing: {{{LEVELS}, rules: [{rules}]}}") == design


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("[{n: 3, decisions: E S D}]", "has 3 decisions"),
        ("[{n: 3, decisions: E S D R}]", "says R"),
        ("[{n: 1, decisions: E D}, {n: 1, decisions: E D}]", "two rows for 1 participants"),
        ('"n,tox\\n1,0"', "no column decision"),
        ("[]", "at least 1 item"),
    ],
)
def test_a_table_that_cannot_be_read_is_a_finding(rows: str, message: str) -> None:
    patch = f"dosing: {{method: {{BOIN: null, decision table: {{target: 0.3, rows: {rows}}}}}}}"
    parsed = parse_protocol(amend_example(patch))
    assert not parsed.is_sound
    assert message in parsed.findings[0].message


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("{most at a dose: {cohorts: 3, participants: 9}}", "is one number"),
        ("{stop when: {near the target: {low: 0.3, high: 0.2, certainty: 0.5}}}", "is empty"),
        ("{stop: {enough at the dose: 9}}", '"stop" is not known here'),
    ],
)
def test_a_rule_that_cannot_be_read_is_a_finding(rule: str, message: str) -> None:
    parsed = parse_protocol(amend_example(f"dosing: {{rules: [{rule}]}}"))
    assert message in " ".join(finding.message for finding in parsed.findings)


def test_levels_below_the_start_say_so() -> None:
    dosing = Dosing.model_validate(
        {"levels": ["1e6 cells/kg", "3e6 cells/kg", {"name": "high"}], "start": 2}
    )
    assert [dosing.label(number) for number in (1, 2, 3)] == [
        "Level 1 (level −1): 1e6 cells/kg",
        "Level 2: 3e6 cells/kg",
        "high",
    ]
