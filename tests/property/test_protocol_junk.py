"""Law: whatever stands in a protocol file, reading and checking it gives findings, never errors."""

import copy
from io import StringIO
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from protocyte.protocol.checks import MISTAKES, check_protocol
from protocyte.protocol.checks.example import EXAMPLE, amend_data, amend_example
from protocyte.protocol.finding import Finding
from protocyte.protocol.form import Form
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.source import parse_source

CODES = {mistake.code: mistake for mistake in MISTAKES}
# The example, and the chapters that it leaves out, so that every model is reached.
FULL = parse_source(
    amend_example("""
trial:
  designations: [{name: RMAT, agency: FDA, by: 2026-01-21}]
product:
  armour: [NKG2A CAR]
  release: {tcr_positive: 5e4 cells/kg, viability: 0.7}
objectives: {primary: [Is it safe?]}
endpoints:
  exploratory:
    dose: {measure: dose, finds: maximum tolerated dose}
    ecog: {measure: change, of: ECOG, at: [Month 3]}
    lldas: {measure: responder, instrument: LLDAS, at: [Month 3, Month 12], maintained: true}
schedule:
  activities:
    leukapheresis: {when: after enrolment, vein_to_vein: 28 days}
    lymphodepletion: {agents: [{drug: fludarabine, dose: 30 mg/m2, days: -5..-3}]}
    proximity: {days: 0..28, within: 2 hours}
population:
  define:
    CrCl: cockcroft_gault(age, weight, sex, creatinine)
    steroid: [prednisone, dexamethasone]
  include:
    renal: {rule: CrCl >= 30 mL/min and haemoglobin > 6 g/dL, waive: investigator attests it}
  exclude:
    anaemia: {rule: haemoglobin < 60 g/L or steroid within 4 weeks}
dosing:
  start: 1
  efficacy: {endpoint: orr, at: Day 28}
  cohort: {next_after: 28 days}
statistics:
  sample:
    Simon: {endpoint: orr, p0: 0.3, p1: 0.6, alpha: 0.05, power: 0.8}
"""),
    file="full",
).data

Path = tuple[str | int, ...]
JUNK: list[Any] = [
    None, True, False, 0, 1, -1, 0.5, -0.0, 1e308, float("inf"), float("nan"), 10**30, "", " ", "x",
    "0", "-1", "1" * 400, "9" * 30 + " months", "9" * 400 + " days", "9" * 400 + "..1", "0..0",
    "-3..3", "0 days", "1e999 cells", "1 cells", "3e6 cells/kg", "5 Cel/kg", "1 /kg", "12 months",
    "1 year", "90 days", "0.5 hours", "AE >= 3", "GvHD >= 5", "CRS >= 3 for > 9 years",
    "age 75..18 years", "x >= 1 g/L and x < 1 g/dL", "ALT <= 3 ULN", "((((", "x > 1 furlong/L",
    "CRS", "ICANS", "GvHD", "IEC-HS", "CD7", "B2M", "autologous", "related donor", "leukapheresis",
    "lymphodepletion", "consent", "Day 28", "Month 3", "os", "orr", "dosing.levels[9].dose", "[",
    "é", "2026-01-01", [], [[]], [None], ["x"], [0, "x", {}], {}, {"x": {}}, {"": ""},
    {"measure": "dose"},
    {"measure": "responder", "instrument": "SRI-4", "at": ["Month 3", "Month 99"]},
    {"measure": "time to event", "from": "first response", "until_first": ["relapse"]},
    {"measure": "cell kinetics", "parameters": ["half-life", "AUC0-90d", "Cmax"]},
    {"3+3": {}}, {"BOIN12": {}}, {"fixed sample": {"participants": 3}}, {"3+3": {}, "BOIN": {}},
    {"name": "Day 0", "day": 0, "does": ["safety"]},
    {"name": "v", "after": "9 years", "does": ["PGA"]},
    {"rule": "CrCl < 30 mL/min"}, {"says": "x"}, {"at": "a..b[", "why": "x"},
]  # fmt: skip


def paths(data: Any, here: Path = ()) -> list[Path]:
    """List every place below the top of plain data."""
    if isinstance(data, dict):
        return [path for key in data for path in ((*here, key), *paths(data[key], (*here, key)))]
    if isinstance(data, list):
        items = range(len(data))
        return [
            path for item in items for path in ((*here, item), *paths(data[item], (*here, item)))
        ]
    return []


@st.composite
def mutilated(draw: st.DrawFn) -> Any:
    """Draw the example with one to six places deleted, renamed, doubled or replaced by junk."""
    data = copy.deepcopy(FULL)
    for _ in range(draw(st.integers(1, 6))):
        places = paths(data)
        if not places:
            break
        path = draw(st.sampled_from(places))
        parent = data
        for step in path[:-1]:
            parent = parent[step]
        match draw(st.sampled_from(("replace", "delete", "rename", "double"))):
            case "replace":
                parent[path[-1]] = copy.deepcopy(draw(st.sampled_from(JUNK)))
            case "delete":
                del parent[path[-1]]
            case "rename" if isinstance(parent, dict):
                parent[draw(st.sampled_from(("x", "at", "says", "rule", "day", "from", "os")))] = (
                    parent.pop(path[-1])
                )
            case _:
                if isinstance(parent, list):
                    parent.append(copy.deepcopy(parent[int(path[-1])]))
    return data


def written(data: Any) -> str:
    """Write plain data as YAML."""
    stream = StringIO()
    YAML().dump(data, stream)
    return stream.getvalue()


def findings_of(text: str) -> tuple[Finding, ...]:
    """Read and check a text, and hold every finding to what it promises."""
    findings = check_protocol(parse_protocol(text))
    lines = max(1, len(text.splitlines()))
    for finding in findings:
        assert 1 <= finding.line <= lines, finding
        assert finding.column >= 1, finding
        assert finding.severity == CODES[finding.code].severity
        assert finding.message.endswith("."), finding
        assert finding.remedy.endswith("."), finding
        assert finding.code.startswith("SYN") or "None" not in finding.message, finding
        assert finding.code.startswith("SYN") or "None" not in finding.message, finding
    return findings


@given(mutilated())
@settings(max_examples=100, deadline=None)
def test_no_junk_raises(data: Any) -> None:
    findings_of(written(data))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_damaged_text_raises(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(EXAMPLE)))
    length = data.draw(st.integers(0, 40))
    insert = data.draw(st.text(alphabet="\t\n\x00 #%&*-:>?@[]{}|'\"!,az09é\u2028", max_size=6))
    text = EXAMPLE[:start] + insert + EXAMPLE[start + length :]
    parsed = parse_protocol(text)
    findings = findings_of(text)
    assert parsed.plan is not None or findings


@given(st.sampled_from([m for m in MISTAKES if not isinstance(m, Form)]), st.data())
@settings(max_examples=30, deadline=None)
def test_mistakes_are_found_beside_others(mistake: Any, data: st.DataObject) -> None:
    """A second mistake in another chapter does not hide the first."""
    other = data.draw(st.sampled_from(["trial", "population", "statistics"]))
    wrong = parse_source(mistake.wrong, file="wrong").data
    if other in wrong:
        return
    plain = amend_data(parse_source(EXAMPLE, file="example").data, wrong)
    junk = amend_data(plain, {other: {"unknown_key": 1}})
    assert mistake.code in {finding.code for finding in findings_of(written(junk))}
