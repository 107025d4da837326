"""Mapping files: what they may say, and where a finding points when they say something else."""

import json
import textwrap

import jsonschema
import pytest

from protocyte.exchange import TableMapping, import_mapping
from protocyte.protocol.finding import Finding

GOOD = """\
protocyte: 1
study: DEMO
participant: id
dates: {counted_from: infusion, day_zero: true, arbitrary: 2000-01-01}
choices:
  scale: {says: Scale of CRS, options: [Lee 2014, ASTCT 2019]}
tables:
  people.csv:
    rows:
      - domain: DM
      - domain: AE
        when: crs = 1
        variables:
          AESPID: CRS
          AETERM: Cytokine release syndrome
          AEDECOD: Cytokine release syndrome
          AESTDTC: {day: onset}
        choose:
          scale:
            Lee 2014: {AETOXGR: {column: lee}, AESCALE: Lee 2014}
            ASTCT 2019: {AETOXGR: {column: astct}, AESCALE: ASTCT 2019}
  labs.csv:
    rows:
      - domain: LB
        variables: {LBDTC: {day: day}}
        tests:
          crp: {code: CRP, name: C-reactive protein, unit: mg/L, source_unit: mg/dL}
"""


def changed(*changes: tuple[str, str]) -> tuple[Finding, ...]:
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, f"{old} stands {text.count(old)} times"
        text = text.replace(old, new)
    return import_mapping(text, file="m.yaml").findings


def line_of(text: str, changes: tuple[tuple[str, str], ...]) -> int:
    whole = GOOD
    for old, new in changes:
        whole = whole.replace(old, new)
    return 1 + whole[: whole.index(text)].count("\n")


def test_good_mapping_is_sound() -> None:
    parsed = import_mapping(GOOD)
    assert parsed.is_sound
    assert not parsed.findings
    assert parsed.plan is not None
    assert parsed.plan.columns("people.csv") == ("id", "crs", "onset", "lee", "astct")


def test_good_mapping_fits_the_schema_that_editors_use() -> None:
    from protocyte.protocol.source import parse_source

    data = json.loads(json.dumps(parse_source(GOOD, file="m").data, default=str))
    jsonschema.validate(data, TableMapping.model_json_schema(by_alias=True))


@pytest.mark.parametrize(
    ("old", "new", "at", "code", "message", "remedy"),
    [
        ("AESTDTC: {day", "AESDTC: {day", "AESDTC", "SYN003", "AESDTC is not a variable of AE.",
         'Did you mean "AESTDTC"? Otherwise remove it.'),
        ("AESPID: CRS", "AESPID: CRS\n          AESEQ: 1", "AESEQ", "SYN003",
         "AESEQ is filled by the import itself.", "Remove it."),
        ("          AESPID: CRS\n", "", "- domain: AE", "SYN004",
         "AESPID (identifier given by the site) is missing from these AE rows.",
         "Add `AESPID:` to `variables`."),
        ("AESPID: CRS", "AESPID: CRS\n          AESER: yes", "AESER", "SYN005",
         '"yes" cannot stand in AESER (serious).', "Use one of: Y, N."),
        ("AESPID: CRS", "AESPID: CRS\n          AESER: {column: s, values: {1: J}}", "AESER",
         "SYN005", '"J" cannot stand in AESER (serious).', "Use one of: Y, N."),
        ("AESPID: CRS", "AESPID: CRS\n          AEOUT: {day: 3}", "AEOUT", "SYN005",
         "AEOUT holds no date, and `day` gives one.", "Write `column` instead of `day`."),
        ("{day: onset}", "{column: onset}", "AESTDTC", "SYN005",
         "AESTDTC takes a real date, and 2000-01-01 is arbitrary.",
         "Write `day`, or give `dates` an `anchor` with real dates."),
        ("LBDTC: {day: day}", "LBDTC: {day: day}, LBSTRESN: {column: x}", "variables: {LBDTC",
         "SYN003", "LBSTRESN is filled from `tests`.", "Remove it, or remove `tests`."),
        ("source_unit: mg/dL", "source_unit: mg/qq", "crp:", "SYN005",
         '"mg/qq" is not a unit that is known here.',
         "Correct the unit, or convert the column before it is imported."),
        ("source_unit: mg/dL", "source_unit: mmol/L", "crp:", "SYN005",
         ('"mmol/L" and "mg/L" measure different things ([length]^-3 [substance]^1 and '
         "[length]^-3 [mass]^1)."), None),
        ("domain: LB", "domain: MH", "tests:", "SYN003", "MH holds no tests.",
         "Write its variables under `variables`."),
        ("          scale:\n", "          scales:\n", "scales:", "SYN003",
         '"scales" is not a choice of this mapping.',
         'Did you mean "scale"? Otherwise remove it.'),
        ("            Lee 2014: {", "            Lee: {", "Lee: {", "SYN003",
         '"Lee" is not an option of "scale".', None),
        ("      - domain: DM\n", "", "tables:", "SYN004",
         "No file says who the participants are: no rows go to DM.",
         "Add `- domain: DM` to the rows of the file that lists every participant."),
        ("when: crs = 1", "when: crs == 1", "when", "SYN005", None, None),
        ("participant: id", "participants: id", "participants", "SYN003",
         '"participants" is not a key here.',
         'Did you mean "participant"? Otherwise remove it.'),
        ("unit: mg/L, source", "source", "crp:", "SYN005",
         '"CRP" holds numbers and has no unit.',
         "Add `unit`, or `holds: score` if there is none, or `holds: text`."),
        ("day_zero: true, ", "", "dates", "SYN005",
         "Days are counted, and nothing says whether there is a day 0.", None),
        ("people.csv:", "people.csv:\n    ignore: [crs]", "- domain: AE", "SYN005",
         'The column "crs" is used here and stands in `ignore` as well.',
         "Remove it from `ignore`."),
        ("arbitrary: 2000-01-01}", "anchor: {file: p.csv, column: d}}", "dates", "SYN005",
         '"p.csv" is not a file of this mapping.', None),
    ],
)  # fmt: skip
def test_finding(  # noqa: PLR0917
    old: str, new: str, at: str, code: str, message: str | None, remedy: str | None
) -> None:
    findings = [f for f in changed((old, new)) if f.code == code]
    assert findings, [str(f) for f in changed((old, new))]
    finding = next((f for f in findings if message is None or f.message == message), findings[0])
    assert finding.line == line_of(at, ((old, new),))
    assert message is None or finding.message == message
    assert remedy is None or finding.remedy == remedy


def test_every_option_needs_its_variables() -> None:
    lines = GOOD.splitlines(keepends=True)
    text = "".join(line for line in lines if "ASTCT 2019: {AETOXGR" not in line)
    messages = [finding.message for finding in import_mapping(text).findings]
    assert messages == ['Nothing is said for the option "ASTCT 2019" of "scale".']


def test_number_without_a_unit_is_a_finding() -> None:
    rows = "      - domain: DM\n        variables: {AGE: {column: age}}\n"
    (finding,) = changed(("      - domain: DM\n", rows))
    assert finding.message == "AGE is a number, and nothing says its unit."
    for variables in ("{AGE: {column: age}, AGEU: YEARS}", "{AGE: {column: age, unit: YEARS}}"):
        rows = f"      - domain: DM\n        variables: {variables}\n"
        assert not changed(("      - domain: DM\n", rows))


def test_part_that_cannot_be_read_is_not_reported_as_missing_too() -> None:
    findings = changed(("AESPID: CRS", "AESPID: {columns: id}"))
    assert [finding.code for finding in findings if "AESPID" in finding.message] == []
    assert {finding.code for finding in findings} == {"SYN003"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{column: a, day: 1}", "Where the value comes from is said by column and day."),
        ("{assumed: a guess}", "Where the value comes from is not said."),
        ("{constant: 1, values: {1: a}}", "`values` stands without `column`."),
        ("{column: a, others: keep}", "`others` stands without `values`."),
        ("{column: a, source_unit: mg}", "`source_unit` stands without `unit`."),
    ],
)
def test_value_is_one_thing(value: str, message: str) -> None:
    findings = changed(("AESPID: CRS", f"AESPID: CRS\n          AEOUT: {value}"))
    assert [finding.message for finding in findings] == [message]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("result_in: value", "`result_in` stands without `test_in`."),
        ("others: set aside", "`others` stands without `test_in`."),
        ("test_in: analyte", "`test_in` needs `result_in` and `tests`."),
        ("test_in: a\nresult_in: b\nunits: {x: mg/L}", "`units` stands without `unit_in`."),
        ("test_in: a\nresult_in: b\nsigns: {1: <}", "`signs` stands without `sign_in`."),
    ],
)
def test_long_tables_name_their_columns(rows: str, message: str) -> None:
    added = textwrap.indent(rows, "        ")
    findings = changed(("      - domain: LB\n", f"      - domain: LB\n{added}\n"))
    assert message in [finding.message for finding in findings]


def test_codes_are_text_however_they_are_written() -> None:
    text = GOOD.replace(
        "      - domain: DM\n",
        "      - domain: DM\n        variables:\n"
        "          SEX: {column: s, values: {1: M, 2.0: F, true: U}}\n",
    )
    plan = import_mapping(text).plan
    assert plan is not None
    values = plan.tables["people.csv"].rows[0].variables["SEX"].values
    assert values == {"1": "M", "2.0": "F", "true": "U"}


@pytest.mark.parametrize(("word", "sign"), [("semicolon", ";"), ("tab", "\t"), ("'|'", "|")])
def test_separators_have_words(word: str, sign: str) -> None:
    plan = import_mapping(GOOD.replace("labs.csv:", f"labs.csv:\n    separator: {word}")).plan
    assert plan is not None
    assert plan.tables["labs.csv"].separator == sign


def test_digest_looks_at_values_only() -> None:
    first, second = import_mapping(GOOD).plan, import_mapping(f"# a comment\n{GOOD}").plan
    other = import_mapping(GOOD.replace("mg/dL", "g/L")).plan
    assert first is not None
    assert second is not None
    assert other is not None
    assert first.digest == second.digest != other.digest
