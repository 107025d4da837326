"""Forty real patients: imported by the example's mapping, derived and estimated, compared.

Source: the summary in ``car22/README.md`` beside the data, made from the same files by other code,
at its printed precision. The data are those of Lichtenstein DA, et al. Blood 2021;138:2469-2484,
doi:10.1182/blood.2021011898 (ruppinlab/car22-hlh at de1570e5). Every value agrees. Quartiles are
of type 7; where a printed digit is a tie (11.25 → "11.2"), it is rounded to even on both sides.

Two things a reader should know. Baseline samples have no day in the source: they stand in the
record without a date, ADLB leaves them out, and they are read from LB here. And the estimate of the
endpoint "kinetics" is a geometric mean of Cmax, so the median peak is taken from ADPP.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

from protocyte.analysis.endpoint import estimate_endpoints
from protocyte.analysis.summary import estimate_summary
from protocyte.derivation import AnalysisData, derive_analysis_data
from protocyte.exchange import Imported, import_mapping, import_tables
from protocyte.files import read_protocol, read_source, read_text

pytestmark = pytest.mark.shared

Values = list[float]


@dataclass(frozen=True)
class Car22:
    """The record on one scale, with what is derived from it."""

    done: Imported
    data: AnalysisData

    def grades(self) -> pl.DataFrame:
        """Give everybody's highest grade of CRS; 0 without."""
        crs = self.data.adae.filter(pl.col("AESI") == "CRS").select("USUBJID", "ATOXGRN")
        return self.data.adsl.select("USUBJID").join(crs, on="USUBJID", how="left").fill_null(0)

    def parameter(self, name: str) -> pl.DataFrame:
        """Give a kinetic parameter of everybody who was sampled."""
        rows = self.data.adpp.filter(pl.col("PARAMCD") == name)
        return rows.select("USUBJID", pl.col("AVAL").alias(name))

    def samples(self, code: str, visit: str) -> pl.DataFrame:
        """Give laboratory values of a nominal visit, dated or not."""
        rows = self.done.record["LB"].filter(
            (pl.col("LBTESTCD") == code) & (pl.col("VISIT") == visit)
        )
        return rows.select("USUBJID", pl.col("LBSTRESN").alias(visit))

    def cells(self, visit: str) -> pl.DataFrame:
        """Give CAR-T cells of a nominal visit, with the day on which they were sampled."""
        rows = self.data.adpc.filter(pl.col("VISIT") == visit)
        return rows.select("USUBJID", pl.col("AVAL").alias("cells"), pl.col("ADAYS").alias("day"))

    def peak(self, code: str) -> pl.DataFrame:
        """Give the highest laboratory value of each participant, and its first day."""
        rows = self.data.adlb.filter(pl.col("PARAMCD") == code)
        return (
            rows.sort("AVAL", "ADAYS", descending=[True, False])
            .group_by("USUBJID")
            .agg(pl.col("AVAL").first().alias("peak"), pl.col("ADAYS").first().alias("day"))
        )

    def rate(self, first: str, last: str) -> Values:
        """Give the slope of ln CAR between two samples, by the days on which they were taken."""
        pairs = self.cells(first).join(self.cells(last), on="USUBJID", suffix="_2")
        pairs = pairs.filter((pl.col("cells") > 0) & (pl.col("cells_2") > 0))
        rise = (pl.col("cells_2") / pl.col("cells")).log()
        slope = rise / (pl.col("day_2") - pl.col("day"))
        return pairs.select(slope.alias("slope"))["slope"].to_list()


def bring(shared: Path, root: Path, *, scale: str) -> Car22:
    example = root / "examples" / "car22"
    parsed = import_mapping(read_text(example / "mapping.yaml"), file="mapping.yaml")
    assert parsed.is_sound
    assert parsed.plan is not None
    tables = {name: read_source(shared / "car22" / name) for name in parsed.plan.tables}
    done = import_tables(parsed.plan, tables, choices={"scale": scale})
    plan = read_protocol(example / "protocol.yaml")
    assert plan.is_sound
    assert plan.plan is not None
    return Car22(done, derive_analysis_data(done.record, plan.plan))


@pytest.fixture(scope="module")
def lee(shared: Path, root: Path) -> Car22:
    return bring(shared, root, scale="Lee 2014")


@pytest.fixture(scope="module")
def asbmt(shared: Path, root: Path) -> Car22:
    return bring(shared, root, scale="ASBMT")


def printed(value: float | None, like: str) -> str:
    """Write a value with as many decimals as another was printed with."""
    assert value is not None
    decimals = len(like.partition(".")[2])
    return f"{value:,.{decimals}f}"


def check(values: Values, expected: str) -> None:
    """Compare with "median (first quartile-third quartile, n=number)"."""
    median, _, rest = expected.partition(" (")
    quartiles, _, number = rest.rstrip(")").partition(", n=")
    low, high = quartiles.split("-")
    summary = estimate_summary(values)
    assert summary.n == int(number)
    assert printed(summary.median, median) == median
    assert printed(summary.q1, low) == low
    assert printed(summary.q3, high) == high


# ── what came in ─────────────────────────────────────────────────────────────
def test_every_row_is_accounted_for(lee: Car22) -> None:
    report = lee.done.report
    assert [file.rows for file in report.files] == [40, 227, 8396, 529]
    for file in report.files:
        assert file.unmapped == ()
        for entry in file.entries:
            assert entry.offered == entry.recorded + sum(part.count for part in entry.aside)
    assert not report.defects
    assert not report.defective
    assert lee.done.record.about.dates == "arbitrary"


def test_protocol_has_no_error(root: Path) -> None:
    from protocyte.protocol.checks import check_protocol

    found = check_protocol(read_protocol(root / "examples" / "car22" / "protocol.yaml"))
    # No level has a method, and nothing grades adverse events in general: the source has neither.
    assert [finding.code for finding in found] == ["DOS012", "SAF003"]


def test_visits_of_the_mapping_are_visits_of_the_protocol(lee: Car22) -> None:
    visits = {visit.name for visit in lee.data.protocol.schedule.visits}
    named = pl.concat([lee.done.record[d]["VISIT"] for d in ("LB", "PC")]).drop_nulls().unique()
    assert set(named) - visits == {"Baseline"}


# ── response and toxicity ────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("endpoint", "label", "counts", "percent"),
    [
        ("crs", "any grade", (35, 40), "87.5"),
        ("crs", "grade 3 or more", (4, 40), "10.0"),
        ("cr", "response", (27, 39), "69.2"),
        ("orr", "response", (28, 39), "71.8"),
    ],
)
def test_share(
    lee: Car22, endpoint: str, label: str, counts: tuple[int, int], percent: str
) -> None:
    results = {result.name: result for result in estimate_endpoints(lee.data)}
    line = next(x for x in results[endpoint].lines if (x.group, x.label) == ("all", label))
    assert (line.estimate.events, line.estimate.n) == counts
    assert line.estimate.value is not None
    assert printed(100 * line.estimate.value, percent) == percent


def test_response_agrees_with_the_flags_that_the_mapping_leaves_out(
    lee: Car22, shared: Path
) -> None:
    flags = read_source(shared / "car22" / "patients.csv")
    for endpoint, flag in (("cr", "complete_response"), ("orr", "objective_response")):
        best = lee.data.best[endpoint].select("USUBJID", "RSPFL")
        both = best.join(flags, left_on="USUBJID", right_on="patient_id")
        assert both.filter((pl.col("RSPFL") == "Y") != (pl.col(flag) == "1")).height == 0
        assert both.height == 39


def test_grades_on_both_scales(lee: Car22, asbmt: Car22) -> None:
    by_lee = [lee.grades().filter(pl.col("ATOXGRN") == g).height for g in range(5)]
    by_asbmt = [asbmt.grades().filter(pl.col("ATOXGRN") == g).height for g in range(5)]
    assert by_lee == [5, 15, 16, 2, 2]
    assert by_asbmt == [5, 12, 15, 6, 2]
    both = lee.grades().join(asbmt.grades(), on="USUBJID")
    assert both.filter(pl.col("ATOXGRN") != pl.col("ATOXGRN_right")).height == 9
    assert set(asbmt.done.record["AE"]["AESCALE"].drop_nulls()) == {"ASBMT"}


def test_onset(lee: Car22) -> None:
    crs = lee.data.adae.filter(pl.col("AESI") == "CRS")
    hlh = lee.data.adae.filter(pl.col("AEDECOD") == "HLH-like syndrome")
    # Study days count from Day 1; the source counts from day 0.
    days = [day - 1 for day in crs["ASTDY"]]
    check(days, "8 (7-9, n=35)")
    assert (min(days), max(days)) == (3, 13)
    check([day - 1 for day in hlh["ASTDY"]], "14 (11.2-16.8, n=18)")


@pytest.mark.parametrize(
    ("domain", "treatment", "given"),
    [
        ("CM", "Tocilizumab", 18),
        ("CM", "Steroids", 17),
        ("CM", "Anakinra", 9),
        ("CM", "CAR-T cells", 26),
        ("PR", "Haematopoietic cell transplantation", 27),
    ],
)
def test_treatment(lee: Car22, domain: str, treatment: str, given: int) -> None:
    rows = lee.done.record[domain].filter(pl.col(f"{domain}TRT") == treatment)
    assert rows.height == 40
    assert rows.filter(pl.col(f"{domain}OCCUR") == "Y").height == given


def test_dose_levels(lee: Car22) -> None:
    counts = lee.data.adsl.group_by("LEVELN").len().sort("LEVELN").rows()
    assert counts == [(1, 21), (2, 18), (3, 1)]
    dosing = lee.data.protocol.dosing
    assert dosing is not None
    assert [level.dose for level in dosing.levels] == [None] * 3


# ── CAR-T cells ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("visit", "expected"),
    [
        ("Day 7", "0.511 (0-0.657, n=17)"),
        ("Day 14", "762 (45.3-1,099, n=29)"),
        ("Day 21", "215 (122-539, n=30)"),
        ("Day 28", "105 (2.68-184, n=31)"),
    ],
)
def test_cells_by_nominal_day(lee: Car22, visit: str, expected: str) -> None:
    check(lee.cells(visit)["cells"].to_list(), expected)


def test_sampled_peak_and_its_day(lee: Car22) -> None:
    cmax, tmax = lee.parameter("Cmax"), lee.parameter("Tmax")
    check(cmax["Cmax"].to_list(), "631 (41.7-1,173, n=36)")
    above = cmax.filter(pl.col("Cmax") > 0).join(tmax, on="USUBJID")
    check(above["Tmax"].to_list(), "13 (13-19.8, n=34)")


def test_peak_by_response(lee: Car22) -> None:
    peak = lee.parameter("Cmax").join(lee.data.best["cr"], on="USUBJID")
    for flag, expected in (("Y", "995 (551-2,831, n=25)"), ("N", "3.77 (0.563-27.3, n=11)")):
        check(peak.filter(pl.col("RSPFL") == flag)["Cmax"].to_list(), expected)
    responds = (peak["RSPFL"] == "Y").cast(pl.Int64)
    assert (printed(stats.spearmanr(peak["Cmax"], responds).statistic, "0.69"), peak.height) == (
        "0.69",
        36,
    )


def test_peak_by_grade(lee: Car22) -> None:
    peak = lee.parameter("Cmax").join(lee.grades(), on="USUBJID")
    expected = {0: "1.98 (0-3.77, n=5)", 1: "708 (467-1,034, n=14)", 2: "972 (229-3,954, n=14)"}
    for grade, text in expected.items():
        check(peak.filter(pl.col("ATOXGRN") == grade)["Cmax"].to_list(), text)
    values = {g: peak.filter(pl.col("ATOXGRN") == g)["Cmax"].sort().to_list() for g in (3, 4)}
    assert [printed(value, "1") for value in values[3]] == ["160", "919"]
    assert [printed(value, "1") for value in values[4]] == ["2,859"]
    assert printed(stats.spearmanr(peak["Cmax"], peak["ATOXGRN"]).statistic, "0.43") == "0.43"


def test_growth_and_decline(lee: Car22) -> None:
    check(lee.rate("Day 7", "Day 14"), "1.04 (0.727-1.31, n=11)")
    decline = [-rate for rate in lee.rate("Day 14", "Day 28")]
    check(decline, "0.133 (0.0312-0.227, n=21)")
    assert sum(rate < 0 for rate in decline) == 3


# ── lymphocytes ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("code", "visit", "expected"),
    [
        ("CD3", "Baseline", "479 (238-850, n=29)"),
        ("CD3", "Day 0", "151 (88.5-180, n=23)"),
        ("CD3", "Day 7", "162 (105-235, n=22)"),
        ("CD3", "Day 14", "813 (217-1,349, n=29)"),
        ("CD3", "Day 28", "394 (306-674, n=23)"),
        ("NK", "Baseline", "69 (39-131, n=29)"),
        ("NK", "Day 0", "12 (6-21, n=23)"),
        ("NK", "Day 7", "6 (2-27, n=22)"),
        ("NK", "Day 14", "26 (12-52, n=29)"),
        ("NK", "Day 28", "34 (7.5-65, n=23)"),
        ("CD19", "Baseline", "1 (0-29, n=29)"),
        ("MBLAST", "Baseline", "69 (24.9-90, n=39)"),
    ],
)
def test_lymphocytes_and_blasts(lee: Car22, code: str, visit: str, expected: str) -> None:
    check(lee.samples(code, visit)[visit].to_list(), expected)


@pytest.mark.parametrize(
    ("code", "visit", "expected"),
    [
        ("CD3", "Day 0", "0.283 (0.18-0.444, n=17)"),
        ("NK", "Day 0", "0.154 (0.119-0.321, n=17)"),
        ("CD19", "Day 0", "0.224 (0.019-0.513, n=11)"),
        ("NK", "Day 28", "0.327 (0.182-0.516, n=14)"),
    ],
)
def test_ratio_to_baseline(lee: Car22, code: str, visit: str, expected: str) -> None:
    pairs = lee.samples(code, "Baseline").join(lee.samples(code, visit), on="USUBJID")
    pairs = pairs.filter(pl.col("Baseline") > 0)
    ratios = pairs.select((pl.col(visit) / pl.col("Baseline")).alias("ratio"))["ratio"]
    check(ratios.to_list(), expected)


@pytest.mark.parametrize(
    ("visit", "expected", "below"),
    [
        ("Day 7", "108 (87.1-196, n=13)", 0),
        ("Day 14", "259 (161-647, n=24)", 2),
        ("Day 28", "303 (97.3-516, n=20)", 2),
    ],
)
def test_other_t_cells(lee: Car22, visit: str, expected: str, below: int) -> None:
    both = lee.samples("CD3", visit).join(lee.cells(visit), on="USUBJID")
    others = both.select((pl.col(visit) - pl.col("cells")).alias("others"))["others"].to_list()
    check(others, expected)
    assert sum(value < 0 for value in others) == below


# ── cytokines and inflammation ───────────────────────────────────────────────
@pytest.mark.parametrize(
    ("code", "visit", "expected"),
    [
        ("FERRITIN", "Day 0", "2,246 (1,224-4,988, n=26)"),
        ("FERRITIN", "Day 14", "30,930 (6,652-109,070, n=32)"),
        ("CRP", "Day 14", "36.5 (13.5-91.9, n=39)"),
        ("LDH", "Day 14", "678 (335-1,931, n=38)"),
    ],
)
def test_inflammation(lee: Car22, code: str, visit: str, expected: str) -> None:
    rows = lee.data.adlb.filter((pl.col("PARAMCD") == code) & (pl.col("VISIT") == visit))
    check(rows["AVAL"].to_list(), expected)


@pytest.mark.parametrize(
    ("code", "day", "median"),
    [
        *zip(
            ["IL6"] * 10,
            [0, 3, 5, 7, 9, 11, 13, 15, 21, 28],
            ["4.13", "4", "4.83", "8.16", "16.7", "23.6", "17.1", "10.6", "18.5", "4.19"],
            strict=True,
        ),
        *zip(
            ["IL15"] * 6,
            [0, 3, 7, 10, 13, 28],
            ["19.5", "18.2", "14.9", "20.8", "7.66", "5.41"],
            strict=True,
        ),
    ],
)
def test_cytokine_by_day(lee: Car22, code: str, day: int, median: str) -> None:
    rows = lee.data.adlb.filter((pl.col("PARAMCD") == code) & (pl.col("ADAYS") == day))
    assert printed(estimate_summary(rows["AVAL"].to_list()).median, median) == median


@pytest.mark.parametrize(
    ("code", "grade", "expected"),
    [
        ("IL6", 0, "63.6 (5.95-76.3, n=5)"),
        ("IL6", 1, "43.1 (26.4-618, n=15)"),
        ("IL6", 2, "432 (155-1,118, n=16)"),
        ("IFNG", 0, "121 (46.4-188, n=5)"),
        ("IFNG", 1, "374 (273-1,734, n=15)"),
        ("IFNG", 2, "2,764 (1,039-2,870, n=16)"),
    ],
)
def test_peak_cytokine_by_grade(lee: Car22, code: str, grade: int, expected: str) -> None:
    peak = lee.peak(code).join(lee.grades(), on="USUBJID")
    check(peak.filter(pl.col("ATOXGRN") == grade)["peak"].to_list(), expected)


def test_peak_il6_with_crs(lee: Car22) -> None:
    grades = lee.grades()
    peak = lee.peak("IL6").join(grades.filter(pl.col("ATOXGRN") > 0), on="USUBJID")
    summary = estimate_summary(peak["peak"].to_list())
    assert (printed(summary.geometric_mean, "210"), summary.n) == ("210", 35)
    assert printed(float(np.log(peak["peak"].to_numpy()).std(ddof=1)), "1.87") == "1.87"
    check(peak["day"].to_list(), "10 (9-12.5, n=35)")
    both = peak.join(lee.parameter("Cmax"), on="USUBJID")
    found = stats.spearmanr(both["peak"], both["Cmax"]).statistic
    assert (printed(found, "-0.13"), both.height) == ("-0.13", 31)


@pytest.mark.parametrize(
    ("code", "grade", "expected"),
    [
        ("IL6", 3, ["462", "1,472"]),
        ("IL6", 4, ["30.1", "1,261"]),
        ("IFNG", 3, ["2,860", "2,900"]),
    ],
)
def test_peak_cytokine_of_two(lee: Car22, code: str, grade: int, expected: list[str]) -> None:
    peak = lee.peak(code).join(lee.grades(), on="USUBJID")
    values = peak.filter(pl.col("ATOXGRN") == grade)["peak"].sort().to_list()
    assert [printed(v, text) for v, text in zip(values, expected, strict=True)] == expected


def test_blasts_do_not_follow_grade(lee: Car22) -> None:
    both = lee.samples("MBLAST", "Baseline").join(lee.grades(), on="USUBJID")
    found = stats.spearmanr(both["Baseline"], both["ATOXGRN"]).statistic
    assert (printed(found, "0.02"), both.height) == ("0.02", 39)


def test_steroids_by_the_other_account(shared: Path, root: Path, lee: Car22) -> None:
    parsed = import_mapping(read_text(root / "examples" / "car22" / "mapping.yaml"))
    assert parsed.plan is not None
    tables = {name: read_source(shared / "car22" / name) for name in parsed.plan.tables}
    other = import_tables(parsed.plan, tables, choices={"steroids": "CRS key"}).record["CM"]
    source = tables["patients.csv"]
    told = source.filter(pl.col("steroids_crs_key") == "1")["patient_id"].sort().to_list()
    given = other.filter((pl.col("CMTRT") == "Steroids") & (pl.col("CMOCCUR") == "Y"))
    assert given["USUBJID"].sort().to_list() == told
    assert "Account that says who was given steroids: workbook." in lee.done.record.about.notes
