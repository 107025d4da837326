"""`protocyte calibrate`: fit cell kinetics and CRS to patients, with the uncertainty."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import numpy as np
import typer
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
    "slope_peak": ("slope on ln peak CAR-T cells", "1"),
    "slope_il6": ("slope on ln peak IL-6", "1"),
}
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
    seed: Annotated[int | None, typer.Option(help="Seed.", show_default=False, min=0)] = None,
    as_json: Json = False,
) -> None:
    """Fit cell kinetics and CRS to patients: posterior, intervals, diagnostics.

    Example: `protocyte calibrate ../shared/data/car22 -o result.json --seed 22`
    """
    from protocyte.simulation.calibration.fit import sample_calibration
    from protocyte.simulation.calibration.population import Effort

    used = fresh_seed(seed)
    cohort, digest = read_cohort(folder, limit=limit)
    effort = Effort()
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
    if as_json:
        print_json(found.as_dict())
    else:
        print_calibration(found)
    _warn(found)
    if out is not None:
        write_text(out, json.dumps(found.as_dict(), ensure_ascii=False) + "\n")
        print_talk(f"written: {out}")


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
