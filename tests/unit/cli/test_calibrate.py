"""Calibrate and score from the command line, on a folder of virtual patients."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protocyte.simulation.calibration.gated import sample_course
from protocyte.simulation.calibration.result import load_calibration


def write_patients(folder: Path, n: int = 16) -> None:
    """Write virtual patients as files shaped like those of the source."""
    rng = np.random.default_rng(1)
    drawn = load_calibration().sample_patients(n, rng=rng)
    logs = np.log(np.stack(list(drawn.values()), axis=1))
    days = np.array([7.0, 13.0, 20.0, 27.0])
    cells = np.exp(sample_course(logs, days) + 0.5 * rng.normal(size=(n, 4)))
    lines = ["patient_id,timepoint,day,car_cells_per_ul"]
    people = ["patient_id,crs_max_grade_lee,crs_max_grade_asbmt,crs_onset_day"]
    il6 = ["patient_id,day,analyte,value"]
    for i in range(n):
        lines += [f"p{i},day_{7 * (k + 1)},{days[k]:g},{cells[i, k]:.4g}" for k in range(4)]
        grade = int(rng.integers(1, 5))
        people.append(f"p{i},{grade},{grade},{rng.integers(4, 12)}")
        il6.append(f"p{i},9,IL-6,{np.exp(rng.normal(5, 1.5)):.4g}")
    for name, rows in (("kinetics", lines), ("patients", people), ("cytokines", il6)):
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of patients."""
    write_patients(tmp_path)
    return tmp_path


SHORT = ("--iterations", 200)
QUICK = (*SHORT, "--no-rejection")


def test_a_result_is_written_and_scored(run: Any, folder: Path) -> None:
    out = folder / "result.json"
    said = run("calibrate", folder, "-o", out, "--seed", 1, *QUICK)
    assert said.code == 0
    assert "16 of 16 patients have CAR-T samples" in said.out
    assert "Highest grade of CRS, Lee 2014" in said.out
    assert json.loads(out.read_text())["made"]["seed"] == 1
    scored = run("score", folder, "--with", out, "--seed", 2)
    assert scored.code == 0
    assert "the very patients of the calibration" in scored.err
    assert "c-index of severity and grade" in scored.out


def test_the_same_seed_gives_the_same_result(run: Any, folder: Path) -> None:
    first, again = (run("calibrate", folder, "--seed", 3, *QUICK, "--json").data for _ in range(2))
    assert first == again


def test_kinetics_alone_are_calibrated(run: Any, folder: Path) -> None:
    (folder / "patients.csv").unlink()
    (folder / "cytokines.csv").unlink()
    said = run("calibrate", folder, "--seed", 1, *QUICK)
    assert said.code == 0
    assert "has no patients.csv: what needs it is left out" in said.err
    assert "CRS" not in said.out


def test_folds_are_fitted_and_scored(run: Any, folder: Path) -> None:
    said = run("score", folder, "--cross-validate", 2, "--seed", 1, *SHORT, "--json")
    assert said.code == 0
    assert said.data["patients"] == 16
    assert said.data["samples"]["all"]["n"] == 64


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda f: (f / "kinetics.csv").unlink(), "has no kinetics.csv"),
        (
            lambda f: (f / "kinetics.csv").write_text("patient_id,day\na,1\n"),
            "kinetics.csv has no column timepoint",
        ),
        (
            lambda f: (f / "kinetics.csv").write_text(
                "patient_id,timepoint,day,car_cells_per_ul\na,day_7,7,3\n"
            ),
            "1 patients with CAR-T samples are too few",
        ),
    ],
)
def test_what_cannot_be_fitted_is_told(run: Any, folder: Path, break_it: Any, said: str) -> None:
    break_it(folder)
    found = run("calibrate", folder, "--seed", 1)
    assert found.code == 3
    assert said in found.err
    assert "Traceback" not in found.err


def test_a_folder_that_is_not_there_is_told(run: Any, tmp_path: Path) -> None:
    for command in ("calibrate", "score"):
        found = run(command, tmp_path / "nowhere", "--seed", 1)
        assert found.code == 3
        assert "There is no folder" in found.err


def test_a_result_that_is_none_is_told(run: Any, folder: Path) -> None:
    file = folder / "result.json"
    for text, said in (("{", "is no JSON"), ("{}", "no result of a calibration")):
        file.write_text(text)
        found = run("score", folder, "--with", file, "--seed", 1)
        assert found.code == 3
        assert said in found.err
