"""Every defect of form is found in one run, with its line and a remedy, and the rest is read."""

from typing import get_args

import pytest

from protocyte.protocol.checks.example import EXAMPLE, amend_chapter
from protocyte.protocol.finding import Finding
from protocyte.protocol.method import DoseMethod
from protocyte.protocol.parse import Parsed, parse_protocol
from protocyte.protocol.plan import Protocol

METHODS = [get_args(member)[1].tag for member in get_args(get_args(DoseMethod)[0])]


def parsed(old: str, new: str) -> Parsed[Protocol]:
    assert old in EXAMPLE
    return parse_protocol(EXAMPLE.replace(old, new, 1))


def only(old: str, new: str) -> Finding:
    found = parsed(old, new)
    assert found.plan is not None
    (finding,) = found.findings
    return finding


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(EXAMPLE.splitlines(), start=1) if text in line)


def test_the_example_is_sound() -> None:
    found = parse_protocol(EXAMPLE)
    assert found.is_sound
    assert found.plan is not None
    assert found.plan.schedule.visits[1].name == "Day 7"


class TestUnknownKeys:
    def test_a_near_name_is_suggested(self) -> None:
        finding = only("lab_window: 28 days", "lab_windows: 28 days")
        assert str(finding) == (
            f"protocol.yaml:{line_of('lab_window')}:3: error SYN003 [population.lab_windows] "
            '"lab_windows" is not a key here. → Did you mean "lab_window"? Otherwise remove it.'
        )

    def test_a_far_name_is_answered_with_what_may_stand(self) -> None:
        finding = only("  lab_window: 28 days", "  zzz: 28 days")
        assert finding.remedy.startswith("Remove it, or use one of: planned, sex, ")
        assert finding.remedy.endswith("quote the text: inside braces a comma ends it.")

    def test_a_comma_inside_braces_makes_a_key(self) -> None:
        finding = only("says: Adults up to 75 years", "says: Adults, up to 75 years")
        assert finding.code == "SYN003"
        assert finding.where == "population.include.age.up to 75 years"
        assert "inside braces a comma ends it" in finding.remedy

    def test_an_unknown_chapter(self) -> None:
        finding = only("assumptions:", "assumption:")
        assert finding.where == "assumption"
        assert finding.remedy == 'Did you mean "assumptions"? Otherwise remove it.'

    def test_the_kind_of_an_endpoint_decides_which_keys_it_has(self) -> None:
        finding = only("horizon: 12 months", "until: 12 months")
        assert finding.where == "endpoints.secondary.os.until"
        assert "until_first" in finding.remedy


class TestMissingKeys:
    def test_it_is_told_at_its_chapter(self) -> None:
        finding = only("  sponsor: nobody\n", "")
        assert str(finding) == (
            'protocol.yaml:2:1: error SYN004 [trial.sponsor] "sponsor" is missing from trial. → '
            "Add `sponsor:`; `protocyte schema` lists what each key may hold."
        )

    def test_a_missing_chapter_is_told_at_the_top(self) -> None:
        found = parse_protocol("protocyte: 1\n")
        assert found.plan is None
        assert [(f.code, f.line, f.where) for f in found.findings] == [
            ("SYN004", 1, name)
            for name in ("trial", "product", "endpoints", "schedule", "population")
        ]

    def test_a_filled_gap_lets_the_rest_be_read(self) -> None:
        found = parsed("  sponsor: nobody\n", "")
        assert found.plan is not None
        assert found.plan.trial.acronym == "EXAMPLE"
        assert not found.is_sound

    def test_an_endpoint_without_its_kind(self) -> None:
        finding = only("dlt: {measure: dose-limiting toxicity}", "dlt: {says: toxicity}")
        assert finding.message == "endpoints.primary.dlt does not say which kind it is."
        assert finding.remedy == "Add `measure:` with the kind of endpoint."


class TestValues:
    @pytest.mark.parametrize(
        ("old", "new", "where", "message", "remedy"),
        [
            (
                "donor: healthy donor",
                "donor: health donor",
                "product.donor",
                '"health donor" is not known here.',
                (
                    'Did you mean "healthy donor"? Use one of: autologous, healthy donor, related '
                    "donor, umbilical cord blood, iPSC."
                ),
            ),
            (
                "follow_up: 12 months",
                "follow_up: 12",
                "schedule.follow_up",
                '"12" is not a duration.',
                'Write a number and hours, days, weeks, months or years, for instance "28 days".',
            ),
            (
                "screening: {days: -28..-6}",
                "screening: {days: -6..-28}",
                "schedule.activities.screening.days",
                '"-6..-28" ends before it begins.',
                "Write -28..-6.",
            ),
            (
                "1e7 cells/kg]",
                "1e7 units]",
                "dosing.levels[2]",
                '"1e7 units" is not a dose of cells.',
                'Write a number and "cells" or "cells/kg", for instance 3e6 cells/kg.',
            ),
            (
                "is: [CRS >= 3,",
                "is: [CRS 3,",
                "dosing.dlt.is[0]",
                '"CRS 3" is not a toxicity.',
                (
                    'Write a term, ">=" and a grade from 1 to 5, for instance "CRS >= 3" or '
                    '"non-haematological AE >= 3 for > 7 days".'
                ),
            ),
            (
                "method: {BOIN: {target: 0.3}}",
                "method: {BOINS: {target: 0.3}}",
                "dosing.method",
                '"BOINS" is not known here.',
                f'Did you mean "BOIN"? Use one of: {", ".join(METHODS)}.',
            ),
            (
                "measure: cell kinetics",
                "measure: cell kinetic",
                "endpoints.secondary.kinetics",
                '"cell kinetic" is not known here.',
                (
                    'Did you mean "cell kinetics"? Use one of: adverse events, dose-limiting '
                    "toxicity, dose, response rate, time to event, responder, change, cell "
                    "kinetics."
                ),
            ),
        ],
    )
    def test_a_value_is_told_with_what_to_write(
        self, old: str, new: str, where: str, message: str, remedy: str
    ) -> None:
        finding = only(old, new)
        assert (finding.code, finding.line) == ("SYN005", line_of(old))
        assert (finding.where, finding.message, finding.remedy) == (where, message, remedy)

    def test_a_visit_with_two_times(self) -> None:
        finding = only("day: 7,", "day: 7, after: 7 days,")
        assert finding.message.startswith('The visit "Day 7" needs one time.')

    def test_a_criterion_that_says_nothing(self) -> None:
        finding = only(
            "other: {ask: Any other condition that precludes participation?}", "other: {}"
        )
        assert finding.message == "A criterion says nothing."
        assert finding.remedy == "Add `says`, `rule` or `ask`."

    @pytest.mark.parametrize("text", ["- a\n- b\n", "text\n", "1\n"])
    def test_a_file_without_keys(self, text: str) -> None:
        (finding,) = parse_protocol(text).findings
        assert finding.message == "The file holds no keys."
        assert finding.remedy.startswith("Begin with `protocyte: 1`, `trial`, `product`")


class TestFilling:
    def test_a_misspelt_word_is_read_as_the_nearest_one_while_the_rest_is_checked(self) -> None:
        parsed = parse_protocol(EXAMPLE.replace("donor: healthy donor", "donor: healthy donner"))
        assert [finding.where for finding in parsed.findings] == ["product.donor"]
        assert parsed.plan is not None
        assert parsed.plan.product.donor == "healthy donor"


class TestManyDefects:
    def test_items_after_one_that_is_set_aside_keep_their_lines(self) -> None:
        text = EXAMPLE.replace("window: 1 days", "window: soon").replace(
            "day: 14, window: 2 days", "day: fourteen, window: 2 days"
        )
        found = parse_protocol(text.replace("window: 3 days", "window: later"))
        assert [(f.code, f.where, f.line) for f in found.findings] == [
            ("SYN005", "schedule.visits[1].window", line_of("name: Day 7")),
            ("SYN005", "schedule.visits[2].day", line_of("name: Day 14")),
            ("SYN005", "schedule.visits[3].window", line_of("name: Day 28")),
        ]
        assert found.plan is not None
        names = [visit.name for visit in found.plan.schedule.visits]
        assert names == ["Baseline", "Day 7", "Day 28", "Month 3", "Month 12"]

    def test_a_chapter_of_the_wrong_kind(self) -> None:
        found = parse_protocol(amend_chapter("safety: high\n"))
        assert [(f.code, f.where) for f in found.findings] == [("SYN005", "safety")]
        assert found.plan is not None

    def test_a_digest_does_not_depend_on_layout(self) -> None:
        other = EXAMPLE.replace("lab_window: 28 days\n", "lab_window:   28 days   # remark\n")
        one, two = parse_protocol(EXAMPLE).plan, parse_protocol(other).plan
        assert one is not None
        assert two is not None
        assert one.digest == two.digest

    @pytest.mark.parametrize("unknown", ["zzz:", "zzz: null", "zzz: ~", "zzz: []", "zzz: {}"])
    def test_an_unknown_key_without_a_value_is_set_aside_too(self, unknown: str) -> None:
        finding = only("  lab_window: 28 days", f"  lab_window: 28 days\n  {unknown}")
        assert (finding.code, finding.where) == ("SYN003", "population.zzz")
