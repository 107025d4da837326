"""Ten mistakes in one file, of form and of content: all are told in one run, and nothing else."""

from protocyte.protocol.checks import check_protocol
from protocyte.protocol.checks.example import EXAMPLE
from protocyte.protocol.parse import parse_protocol

# What is written instead of what, and what is then found there.
PLANTED = [
    ("  sponsor: nobody\n", "  sponsors: nobody\n", "SYN003", "sponsors"),
    ("  completion: 2029-12-31", "  completion: 2019-12-31", "TRL001", "completion"),
    ("  edits: [TRAC]", "  edits: [CD52]", "PRD001", "edits"),
    ("responders: [CR, CRi]", "responders: [CR, VGPR]", "END007", "VGPR"),
    ("lymphodepletion: {days: -5..-3, rest: -2..-1}",
     "lymphodepletion: {days: -5..-3, rest: -3..-1}", "SCH006", "rest: -3..-1"),
    ("window: 1 days", "window: soon", "SYN005", "window: soon"),
    ("rule: age 18..75 years", "rule: age 75..18 years", "POP002", "age 75..18"),
    ("says: Neutrophils at least 1e9/L,", "says: Neutrophils, at least 1e9/L,", "SYN003",
     "at least 1e9/L"),
    ("cohort: {size: 3, stagger: 14 days}", "cohort: {size: 3, next_after: 7 days}", "DOS001",
     "next_after"),
    ("{at: dosing.levels,", "{at: dosing.doses,", "ASM001", "dosing.doses"),
]  # fmt: skip


def test_ten_mistakes_in_one_run() -> None:
    text = EXAMPLE
    for right, wrong, _, _ in PLANTED:
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    lines = text.splitlines()
    findings = check_protocol(parse_protocol(text, file="ten.yaml"))

    planted = {
        (code, next(n for n, line in enumerate(lines, start=1) if mark in line))
        for _, _, code, mark in PLANTED
    }
    # A misspelt key that is required is missing as well: told once more, at its chapter.
    missing = ("SYN004", lines.index("trial:") + 1)
    assert {(f.code, f.line) for f in findings} == planted | {missing}
    assert len(findings) == len(PLANTED) + 1
    assert [f.line for f in findings] == sorted(f.line for f in findings)
    for finding in findings:
        assert finding.file == "ten.yaml"
        assert finding.column > 0
        assert finding.remedy.endswith(".")


def test_a_check_is_placed_by_the_numbers_of_the_file() -> None:
    """The third visit is set aside; the fifth is found where it stands, not one line above."""
    text = EXAMPLE.replace("day: 14, window", "day: fourteen, window").replace(
        "name: Day 28, day: 28", "name: Day 28, day: 35"
    )
    lines = text.splitlines()
    (finding,) = [f for f in check_protocol(parse_protocol(text)) if f.code == "SCH014"]
    assert finding.where == "schedule.visits[3]"
    assert "name: Day 28" in lines[finding.line - 1]


class TestLacking:
    """What stands in the file and could not be read is not told to be missing."""

    @staticmethod
    def codes(old: str, new: str) -> set[str]:
        assert old in EXAMPLE
        return {f.code for f in check_protocol(parse_protocol(EXAMPLE.replace(old, new, 1)))}

    def test_a_scale_that_is_misspelt(self) -> None:
        assert self.codes("AE: CTCAE 5.0,", "AE: CTCAE V5,") == {"SYN005"}

    def test_a_scale_that_is_not_there(self) -> None:
        assert self.codes("AE: CTCAE 5.0,", "") == {"END005", "DOS008"}

    def test_a_visit_that_could_not_be_read(self) -> None:
        assert self.codes("Month 12, after: 12 months", "Month 12, after: a year") == {"SYN005"}

    def test_an_assumption_about_what_could_not_be_read(self) -> None:
        assert self.codes("at: dosing.levels", "at: 'schedule.visits[2].window'") == set()
        text = EXAMPLE.replace("at: dosing.levels", "at: 'schedule.visits[2].window'")
        text = text.replace("day: 14, window: 2 days", "day: 14, window: soon")
        assert {f.code for f in check_protocol(parse_protocol(text))} == {"SYN005"}

    def test_a_method_that_is_misspelt(self) -> None:
        assert self.codes("{BOIN: {target: 0.3}}", "{BOYN: {target: 0.3}}") == {"SYN005"}

    def test_another_chapter_is_still_told(self) -> None:
        assert self.codes("  of_interest: [CRS, ICANS, GvHD]", "  of_interest: [CRS]\n  x: 1") == {
            "SAF002",
            "SYN003",
        }
