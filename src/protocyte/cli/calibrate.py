"""`protocyte calibrate`: fit cell kinetics and CRS to patients, with the uncertainty."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
import typer
from numpy.typing import NDArray
from rich.markup import escape
from rich.table import Table

from protocyte import __version__
from protocyte.cli.talk import (
    STDOUT,
    Json,
    command_line,
    fresh_seed,
    print_json,
    print_talk,
    progress,
)
from protocyte.errors import FileError
from protocyte.files import read_source, write_text

if TYPE_CHECKING:
    import polars as pl

    from protocyte.protocol.biology import Depth
    from protocyte.simulation.calibration.cohort import Cohort
    from protocyte.simulation.calibration.result import Calibration, Summary

Folder = Annotated[
    Path,
    typer.Argument(
        help="Folder with kinetics.csv, and patients.csv and cytokines.csv if CRS is wanted.",
        show_default=False,
    ),
]
UNITS: Final = {
    "c_max": ("peak of CAR-T cells", "cells/µL"),
    "t_max": ("day of the peak", "d"),
    "fold_expansion": ("peak over start", "1"),
    "alpha": ("decline after the peak", "1/d"),
    "growth_rate": ("growth, typical patient", "1/d"),
    "residual": ("residual SD, log scale", "1"),
    "fails_to_expand": ("patients in whom cells hardly expand", "1"),
    "failed_peak": ("their peak, of that of the others", "1"),
    "peak": ("peak of IL-6 with CRS", "pg/mL"),
    "day": ("first day of CRS", "d"),
    "slope_cells": ("slope on ln peak CAR-T cells", "1"),
    "slope_peak": ("slope on ln peak CAR-T cells", "1"),
    "slope_il6": ("slope on ln peak IL-6", "1"),
}
VIRTUAL: Final = 1500
"""Virtual patients who are followed at each rate of rejection."""
UCART19_DOSE: Final = 7e7
"""Cells given [cells]; the middle of the levels of BenjaminCALM. Kinetics did not go with dose."""
FOLLOWED: Final = 60.0
"""Days of follow-up [d]; what is seen later counts as seen after day 42."""
_HIGH_R_HAT: Final = 1.05


def calibrate(
    folder: Folder,
    *,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="File for the result.", show_default=False),
    ] = None,
    limit: Annotated[
        float,
        typer.Option(help="CAR-T cells below this are censored [cells/µL].", min=0.0),
    ] = 0.1,
    one: Annotated[
        bool,
        typer.Option("--one", help="One log-normal, without patients in whom cells hardly expand."),
    ] = False,
    iterations: Annotated[
        int, typer.Option(help="Iterations that each chain keeps.", min=100)
    ] = 14_000,
    rejection: Annotated[
        bool,
        typer.Option(help="Calibrate rejection by host T cells to UCART19, too."),
    ] = True,
    seed: Annotated[int | None, typer.Option(help="Seed.", show_default=False, min=0)] = None,
    as_json: Json = False,
) -> None:
    """Fit cell kinetics and CRS to patients, and rejection to UCART19: posterior, diagnostics.

    Example: `protocyte calibrate car22/ -o result.json --seed 22`
    """
    from protocyte.simulation.calibration.fit import sample_calibration
    from protocyte.simulation.calibration.population import Effort

    used = fresh_seed(seed)
    cohort, digest = read_cohort(folder, limit=limit)
    effort = Effort.of(iterations)
    made = {
        "program": f"protocyte {__version__}",
        "command": command_line(),
        "seed": used,
        "data": digest,
    }
    with progress("iterations", 2 * effort.warm + effort.kept) as bar:
        found = sample_calibration(
            cohort,
            made=made,
            mixture=not one,
            effort=effort,
            progress=bar.at,
            rng=np.random.default_rng(used),
        )
    if rejection:
        found = found.with_rejection(_calibrate_rejection(used))
    if out is not None:
        write_text(out, json.dumps(found.as_dict(), ensure_ascii=False) + "\n")
        print_talk(f"written: {out}")
    if as_json:
        print_json(found.as_dict())
    else:
        print_calibration(found)
    _warn(found)


def read_cohort(folder: Path, *, limit: float) -> "tuple[Cohort, dict[str, str]]":
    """Read a folder of patients; files other than kinetics.csv may be absent.

    Returns
    -------
    tuple
        The cohort, and the digest of every file that was read.
    """
    from protocyte.simulation.calibration.cohort import NEEDED, Cohort

    if not folder.is_dir():
        raise FileError(f"There is no folder {folder}; give one that holds {', '.join(NEEDED)}.")
    tables: dict[str, pl.DataFrame | None] = dict.fromkeys(NEEDED)
    digest: dict[str, str] = {}
    for name in NEEDED:
        file = folder / name
        if file.is_file():
            tables[name] = read_source(file)
            digest[name] = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        elif name == "kinetics.csv":
            raise FileError(f"{folder} has no kinetics.csv, without which nothing can be fitted.")
        else:
            print_talk(f"{folder} has no {name}: what needs it is left out")
    return Cohort.from_tables(*tables.values(), limit=limit), digest


def _calibrate_rejection(seed: int) -> dict[str, Any]:
    """Calibrate rejection to persistence of UCART19."""
    from protocyte.simulation.calibration.persistence import RATES, sample_rejection

    with progress("rates of rejection", 2 * len(RATES)) as bar:
        found = sample_rejection(
            lambda rate, drug: follow_ucart19(rate, with_alemtuzumab=drug, seed=seed),
            progress=bar.at,
            rng=np.random.default_rng([seed, 1]),
        )
    return found.as_dict(rng=np.random.default_rng([seed, 2]))


def follow_ucart19(
    rate: float, *, with_alemtuzumab: bool, seed: int, n: int = VIRTUAL
) -> NDArray[np.float64]:
    """Give the day on which cells were last seen in virtual patients of CALM [d].

    Parameters
    ----------
    rate : float
        Rejection by a full pool of host T cells in everybody [1/d].
    with_alemtuzumab : bool
        Whether alemtuzumab was part of lymphodepletion.
    seed : int
        Seed of the patients, who are the same at every rate.
    n : int
        Number of patients.
    """
    from protocyte.kinetics.allogeneic.assemble import Setting, assemble_rows
    from protocyte.kinetics.allogeneic.solve import solve_patients
    from protocyte.kinetics.allogeneic.target import Target
    from protocyte.kinetics.allogeneic.terms import find_terms
    from protocyte.protocol.product import Product
    from protocyte.protocol.rehearsal import Patients, Spread
    from protocyte.simulation.population.draw import sample_patients

    product = Product(name="UCART19", donor="healthy donor", cars=("CD19",), edits=("TRAC", "CD52"))
    # Age and weight have no part in the course of the cells.
    body = Spread(mean=70, sd=0, low=70, high=70)
    drawn = sample_patients(
        n,
        disease="B-ALL",
        patients=Patients(age=body, weight=body, female=0.5),
        typical={"t_rejection": rate, "sd_t_rejection": 0.0},
        rng=np.random.default_rng([seed, 3]),
    )
    depth: Depth = "with alemtuzumab" if with_alemtuzumab else "standard"
    setting = Setting(find_terms(product), depth, Target.of("B-ALL"), UCART19_DOSE)
    course = solve_patients(assemble_rows(setting, drawn.values, n=n), horizon=FOLLOWED)
    return np.asarray(course.summary["last_seen"])


def print_calibration(found: "Calibration") -> None:
    """Print a table of every part."""
    made = found.made
    STDOUT.print(
        f"{made['patients_with_samples']} of {made['patients']} patients have CAR-T samples: "
        f"{made['samples']} samples, {made['samples_below_limit']} of them below "
        f"{made['limit']:g} cells/µL."
    )
    for part, rows in found.summaries.items():
        table = Table(title=_title(part), title_justify="left", box=None, pad_edge=False)
        table.add_column("parameter", overflow="fold")
        for head in ("median", "95 % interval", "R-hat", "ESS"):
            table.add_column(head, justify="right", no_wrap=True)
        for name, row in rows.items():
            if not name.startswith("correlation"):
                table.add_row(*_line(name, row))
        STDOUT.print()
        STDOUT.print(table)

    if found.rejection:
        _print_rejection(found.rejection)


def _print_rejection(found: Mapping[str, Any]) -> None:
    """Print what was found of rejection, and how well it explains the patients."""
    table = Table(
        title="Rejection by host T cells, UCART19", title_justify="left", box=None, pad_edge=False
    )
    for head in ("parameter", "median", "95 % interval"):
        table.add_column(head, justify="left" if head == "parameter" else "right")
    for name, said in (
        ("t_rejection", "rejection by a full pool [1/d]"),
        ("sd_t_rejection", "SD of ln between patients"),
    ):
        q = found[name]
        interval = f"{q['q2.5']:.3g} to {q['q97.5']:.3g}"
        table.add_row(escape(said), f"{q['q50']:.3g}", interval)
    STDOUT.print()
    STDOUT.print(table)
    pairs = zip(("by day 28", "day 28 to 42", "after day 42"), found["observed"],
                found["expected"], strict=True)  # fmt: skip
    said = "; ".join(f"{when} {seen}, expected {mean:.1f}" for when, seen, mean in pairs)
    STDOUT.print(f"Cells last seen: {said}.")


def _title(part: str) -> str:
    return {
        "kinetics": "Cell kinetics",
        "il6": "Peak IL-6 of patients with CRS",
        "onset": "First day of CRS",
    }.get(part, f"Highest grade of CRS, {part}: ordered logit at peaks of e^5")


def _line(name: str, row: "Summary") -> tuple[str, ...]:
    said, unit = UNITS.get(name.removeprefix("sd_"), (name.replace("_", " "), "1"))
    if name.startswith("sd"):
        said, unit = f"SD of ln, {said}".removesuffix(", sd"), "1"
    label = escape(f"{said} [{unit}]" if unit != "1" else said)
    n = {key: row[key] if row[key] is not None else float("nan") for key in row}
    interval = f"{n['q2.5']:.3g} to {n['q97.5']:.3g}"
    return (label, f"{n['q50']:.3g}", interval, f"{n['r_hat']:.3f}", f"{n['bulk']:.0f}")


def _warn(found: "Calibration") -> None:
    """Say where chains do not agree."""
    high = [
        f"{name} {row['r_hat']:.2f}"
        for rows in found.summaries.values()
        for name, row in rows.items()
        if (row["r_hat"] or 0) > _HIGH_R_HAT
    ]
    if high:
        print_talk(f"chains do not agree yet, R-hat above {_HIGH_R_HAT}: {', '.join(high)}")
