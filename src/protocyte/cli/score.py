"""`protocyte score`: hold a calibration against patients whom it has not seen."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
import typer
from rich.table import Table

from protocyte.cli.calibrate import read_cohort
from protocyte.cli.talk import STDOUT, Json, fresh_seed, print_json, print_talk, progress
from protocyte.errors import FileError
from protocyte.files import read_text

if TYPE_CHECKING:
    from protocyte.simulation.calibration.cohort import Cohort
    from protocyte.simulation.calibration.result import Calibration
    from protocyte.simulation.calibration.score import Scored

_COLUMNS: Final = {
    "coverage_50": "in 50 %",
    "coverage_90": "in 90 %",
    "log_score": "log score",
    "naive_log_score": "naive",
    "gain": "gain",
}
_ALL: Final = {
    "coverage_50": "share of samples in the forecast's 50 % interval",
    "coverage_90": "share of samples in the forecast's 90 % interval",
    "gain": "gain in log score a sample over a log-normal of each timepoint",
}
_CRS: Final = {
    "c_index": "c-index of severity and grade",
    "auc_2": "AUC, grade 2 or more",
    "auc_3": "AUC, grade 3 or more",
    "brier_2": "Brier score, grade 2 or more",
    "brier_3": "Brier score, grade 3 or more",
}


def score(
    folder: Annotated[
        Path,
        typer.Argument(
            help="Folder of patients, shaped as for `protocyte calibrate`.", show_default=False
        ),
    ],
    *,
    result: Annotated[
        Path | None,
        typer.Option(
            "--with",
            help="Result of a calibration; the program's own by default.",
            show_default=False,
        ),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(
            "--cross-validate",
            metavar="FOLDS",
            help="Fit to all folds of these patients but one, and score that one.",
            min=2,
            show_default=False,
        ),
    ] = None,
    iterations: Annotated[
        int, typer.Option(help="Iterations that each chain of a fold keeps.", min=100)
    ] = 3000,
    seed: Annotated[int | None, typer.Option(help="Seed.", show_default=False, min=0)] = None,
    as_json: Json = False,
) -> None:
    """Score a calibration on unseen patients: coverage, log score, discrimination of CRS.

    Example: `protocyte score car22/ --cross-validate 8 --seed 22`
    """  # fmt: skip
    from protocyte.simulation.calibration.score import find_score_table, sample_scores

    calibration = _calibration(result)
    cohort, digest = read_cohort(folder, limit=calibration.made["limit"])
    used = fresh_seed(seed)
    rng, later = np.random.default_rng(used).spawn(2)
    if folds is None:
        if digest == calibration.made.get("data"):
            print_talk("these are the very patients of the calibration: scores are too good")
        scored = sample_scores(cohort, calibration, rng=rng)
    else:
        scored = _cross_validated(cohort, folds, iterations, rng)
    table = find_score_table(scored, rng=later)
    if as_json:
        print_json({"seed": used, "folds": folds} | table)
    else:
        print_scores(table)


def _calibration(file: Path | None) -> "Calibration":
    """Read the result of a calibration."""
    import json

    from protocyte.simulation.calibration.result import Calibration, load_calibration

    if file is None:
        return load_calibration()
    try:
        return Calibration.from_dict(json.loads(read_text(file)))
    except json.JSONDecodeError as error:
        raise FileError(f"{file} is no JSON: {error}; give a result of `calibrate`") from error


def _cross_validated(
    cohort: "Cohort", folds: int, iterations: int, rng: np.random.Generator
) -> "Scored":
    """Fit and score by folds."""
    from protocyte.simulation.calibration.fit import sample_calibration
    from protocyte.simulation.calibration.population import Effort
    from protocyte.simulation.calibration.score import sample_folds

    effort = Effort.of(iterations)
    with progress("folds", folds) as bar:
        return sample_folds(
            cohort,
            folds,
            lambda part, luck: sample_calibration(part, effort=effort, rng=luck),
            progress=bar.at,
            rng=rng,
        )


def print_scores(table: dict[str, Any]) -> None:
    """Print scores as tables."""
    who = f"{table['patients']} patient{'' if table['patients'] == 1 else 's'}"
    if not table["samples"]:
        STDOUT.print(f"No CAR-T sample of {who} has a day and a count.")
    shown = Table(
        title=f"CAR-T cells of {who}", title_justify="left", box=None,
        pad_edge=False,
    )  # fmt: skip
    shown.add_column("samples", no_wrap=True)
    shown.add_column("n", justify="right")
    for head in _COLUMNS.values():
        shown.add_column(head, justify="right")
    for name, row in table["samples"].items():
        shown.add_row(name, str(row["n"]), *(f"{row[key]['value']:.2f}" for key in _COLUMNS))
    if "all" in table["samples"]:
        STDOUT.print(shown)
        row = table["samples"]["all"]
        for key, said in _ALL.items():
            STDOUT.print(f"  {said}: {_estimate(row[key])}")
    for scale, row in table["crs"].items():
        _print_crs(scale, row)
    if "onset" in table:
        row = table["onset"]
        STDOUT.print(
            f"\nFirst day of CRS, n {row['n']}: in 50 % {_estimate(row['coverage_50'])}, "
            f"in 90 % {_estimate(row['coverage_90'])}"
        )
    STDOUT.print("\nIn brackets 95 % intervals from resampled patients.")


def _print_crs(scale: str, row: dict[str, Any]) -> None:
    STDOUT.print(f"\nHighest grade of CRS, {scale}, n {row['n']}")
    for key, said in _CRS.items():
        STDOUT.print(f"  {said}: {_estimate(row[key])}")
    for grade in (2, 3):
        count = row[f"count_{grade}"]
        STDOUT.print(
            f"  grade {grade} or more: {count['observed']} observed, {count['expected']:.1f} "
            f"expected ({count['low']:.1f} to {count['high']:.1f})"
        )


def _estimate(one: dict[str, float]) -> str:
    return f"{one['value']:.2f} ({one['low']:.2f}, {one['high']:.2f})"
