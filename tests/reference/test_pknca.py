"""Cell kinetics against PKNCA 0.12.1.9000 (R): 17 profiles, four BLQ rules, two kinds of area.

Everything in the file is expressed. PKNCA's `aucint.all` and `aucint.last` are equal in every row
and are both compared with "aucint.last". In 51 rows PKNCA gives a number where this project says
that there is none; all are profiles in which nothing was quantifiable: PKNCA prints 0 as the last
quantifiable value (39 rows), and 0 as the peak of a profile from which "drop" took every sample
(12 rows).
"""

import csv
import functools
import math
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from protocyte.derivation.noncompartmental import CellKinetics, derive_noncompartmental

pytestmark = pytest.mark.shared
TOLERANCE = 1e-6
TERMINAL = {
    "lambda.z": "lambda_z",
    "half.life": "half_life",
    "lambda.z.n.points": "points",
    "lambda.z.time.first": "first",
    "lambda.z.time.last": "last",
    "r.squared": "r_squared",
    "adj.r.squared": "adjusted_r_squared",
    "span.ratio": "span",
    "clast.pred": "clast_predicted",
}
ENDS = {"28.0": 0, "90.0": 1, "inf": 2}
NONE_QUANTIFIABLE = {"12", "114"}


@functools.cache
def profiles(folder: Path) -> dict[str, list[dict[str, str]]]:
    found = defaultdict(list)
    with (folder / "analysis" / "nca" / "profiles.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["Subject"]].append(row)
    return found


@functools.cache
def kinetics(folder: Path, who: str, run: str, method: Any, meaning: Any) -> CellKinetics:
    with_tmax = run == "blq_default_tmax_allowed_in_half_life"
    rule: Any = "first_keep_middle_drop_last_keep" if with_tmax else run.removeprefix("blq_")
    samples = profiles(folder)[who]
    return derive_noncompartmental(
        [float(row["day"]) for row in samples],
        [float(row["copies"]) for row in samples],
        [row["BLQ"] == "Y" for row in samples],
        intervals=((0.0, 28.0), (0.0, 90.0), (0.0, math.inf)),
        blq_rule=rule,
        auc_method=method,
        auc_meaning=meaning,
        tmax_in_lambda_z=with_tmax,
        least_adjusted_r_squared=None,
        reexpansion=None,
    )


def found(folder: Path, row: dict[str, str]) -> float | None:
    code = row["PPTESTCD"]
    meaning = {"aucall": "aucall", "aucint.last": "aucint.last", "aucint.all": "aucint.last"}
    ours = kinetics(
        folder, row["Subject"], row["run"], row["auc.method"], meaning.get(code, "auclast")
    )
    interval = ours.intervals[ENDS[row["end"]]]
    r_squared = ours.terminal.r_squared
    values: dict[str, float | None] = {
        code: getattr(ours.terminal, name) for code, name in TERMINAL.items()
    }
    values |= {
        "lambda.z.corrxy": None if r_squared is None else -math.sqrt(r_squared),
        "aucinf.obs": ours.auc_infinity,
        "cmax": interval.cmax,
        "tmax": interval.tmax,
        "tlast": interval.tlast,
        "clast.obs": interval.clast,
    }
    values |= dict.fromkeys(("auclast", "aucall", "aucint.last", "aucint.all"), interval.auc)
    return values[code]


def test_every_parameter(shared: Path) -> None:
    compared: Counter[str] = Counter()
    with (shared / "analysis" / "nca" / "expected_pknca.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            ours = found(shared, row)
            theirs = None if row["PPORRES"] in ("", "NA") else float(row["PPORRES"])
            if ours is None and theirs == 0:
                assert row["Subject"] in NONE_QUANTIFIABLE, row
                assert row["PPTESTCD"] == "clast.obs" or (
                    row["PPTESTCD"] == "cmax" and row["run"] == "blq_drop"
                ), row
                compared[f"0 in PKNCA: {row['PPTESTCD']}"] += 1
            elif ours is None or theirs is None:
                assert ours is theirs, row
                compared["missing in both"] += 1
            else:
                assert ours == pytest.approx(theirs, rel=TOLERANCE, abs=0), row
                compared["number in both"] += 1
    assert compared == {
        "number in both": 3033,
        "missing in both": 645,
        "0 in PKNCA: clast.obs": 39,
        "0 in PKNCA: cmax": 12,
    }


def test_a_missing_number_has_a_reason(shared: Path) -> None:
    for who in profiles(shared):
        for run in ("blq_first_keep_middle_drop_last_keep", "blq_keep_zero", "blq_drop"):
            ours = kinetics(shared, who, run, "linear", "auclast")
            for name in ("cmax", "tmax", "clast", "tlast", "auc_last", "auc_infinity"):
                assert (getattr(ours, name) is None) == (name in ours.reasons), (who, run, name)
            for part in ours.intervals:
                assert (part.auc is None) == bool(part.reason), (who, run, part)
