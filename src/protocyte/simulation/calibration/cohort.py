"""Patients as a fit takes them: CAR-T samples by day, peak IL-6, grade and first day of CRS.

One law: a sample below the limit says only that; nothing is imputed and no day is nominal.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from protocyte.errors import RecordError
from protocyte.kinetics.parameter import Floats

if TYPE_CHECKING:
    import polars as pl

LIMIT: Final = 0.1
"""CAR-T cells below this are known only to be below it [cells/µL]; assumed, about the limit of
detection of a cytometer."""
CEILING: Final = 1472.0
"""IL-6 from here on is known only to be at least this [pg/mL]: Lichtenstein2021's."""
SCALES: Final = {"Lee 2014": "crs_max_grade_lee", "ASTCT 2019": "crs_max_grade_asbmt"}
"""Scale and the column that holds its grades."""
NEEDED: Final = {
    "kinetics.csv": ("patient_id", "timepoint", "day", "car_cells_per_ul"),
    "patients.csv": ("patient_id", *SCALES.values(), "crs_onset_day"),
    "cytokines.csv": ("patient_id", "day", "analyte", "value"),
}
"""Files of a folder, and the columns that are read."""
_HIGHEST_GRADE: Final = 4
_MOST_CELLS: Final = 1e7


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """CAR-T samples in blood of one patient, or of many one after the other.

    Parameters
    ----------
    patient : ndarray of int, shape (n_samples,)
        Which patient.
    day : ndarray of float, shape (n_samples,)
        Day sampled [d].
    value : ndarray of float, shape (n_samples,)
        Logarithm of CAR-T cells, of the limit where ``below`` [ln cells/µL].
    below : ndarray of bool, shape (n_samples,)
        Whether the sample was below the limit.
    timepoint : tuple of str
        Nominal timepoint of each sample.
    """

    patient: NDArray[np.int64]
    day: Floats
    value: Floats
    below: NDArray[np.bool_]
    timepoint: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of samples."""
        return int(self.day.size)

    def of(self, kept: NDArray[np.int64]) -> "Samples":
        """Give the samples of some patients, who are numbered anew."""
        new = {int(old): place for place, old in enumerate(kept)}
        at = np.flatnonzero(np.isin(self.patient, kept))
        return Samples(
            np.array([new[int(p)] for p in self.patient[at]], np.int64),
            self.day[at],
            self.value[at],
            self.below[at],
            tuple(self.timepoint[i] for i in at),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Patients of one study.

    Parameters
    ----------
    ids : tuple of str
        Identifiers.
    samples : Samples
        CAR-T samples.
    limit : float
        Limit below which samples are censored [cells/µL].
    il6 : ndarray of float, shape (n_patients,)
        Highest IL-6 [pg/mL]; NaN if there is none.
    grades : mapping of str to ndarray of int, shape (n_patients,)
        Highest grade of CRS by scale; -1 if it was not recorded.
    onset : ndarray of float, shape (n_patients,)
        First day of CRS [d]; NaN without.
    """

    ids: tuple[str, ...]
    samples: Samples
    limit: float
    il6: Floats
    grades: Mapping[str, NDArray[np.int64]]
    onset: Floats

    @property
    def size(self) -> int:
        """Number of patients."""
        return len(self.ids)

    @property
    def sampled(self) -> NDArray[np.int64]:
        """Patients who have CAR-T samples."""
        return np.unique(self.samples.patient)

    def of(self, kept: NDArray[np.int64]) -> "Cohort":
        """Give some of the patients."""
        return Cohort(
            tuple(self.ids[i] for i in kept),
            self.samples.of(kept),
            self.limit,
            self.il6[kept],
            {scale: grades[kept] for scale, grades in self.grades.items()},
            self.onset[kept],
        )

    @classmethod
    def from_tables(
        cls,
        kinetics: "pl.DataFrame | None",
        patients: "pl.DataFrame | None" = None,
        cytokines: "pl.DataFrame | None" = None,
        *,
        limit: float = LIMIT,
    ) -> "Cohort":
        """Put a cohort together from tables of text; what is absent stays unknown.

        Parameters
        ----------
        kinetics, patients, cytokines : polars.DataFrame or None
            Tables with the columns of `NEEDED`.
        limit : float
            Limit below which CAR-T samples are censored [cells/µL].

        Returns
        -------
        Cohort
            The patients.

        Raises
        ------
        RecordError
            If a column is absent, or a value is no number or out of range.
        """
        if not (math.isfinite(limit) and limit > 0):
            raise RecordError(f"a limit of {limit:g} cells/µL cannot be; give one above zero")
        tables = {"kinetics.csv": kinetics, "patients.csv": patients, "cytokines.csv": cytokines}
        for name, table in tables.items():
            _check_columns(name, table)
        named = [t["patient_id"] for t in tables.values() if t is not None]
        ids = tuple(dict.fromkeys(str(one) for column in named for one in column))
        place = {one: at for at, one in enumerate(ids)}
        grades = {scale: np.full(len(ids), -1, np.int64) for scale in SCALES}
        onset, il6 = np.full(len(ids), np.nan), np.full(len(ids), np.nan)
        for row in _rows(patients):
            at = place[row["patient_id"]]
            for scale, column in SCALES.items():
                grades[scale][at] = _grade(row, column)
            onset[at] = _number(row, "crs_onset_day", "patients.csv")
        for row in _rows(cytokines):
            if row["analyte"] == "IL-6":
                value = _number(row, "value", "cytokines.csv")
                il6[place[row["patient_id"]]] = np.fmax(il6[place[row["patient_id"]]], value)
        return cls(ids, _samples(_rows(kinetics), place, limit), limit, il6, grades, onset)


def _rows(table: "pl.DataFrame | None") -> list[dict[str, str]]:
    """Give the rows of a table, text by column; none without a table."""
    return [] if table is None else table.fill_null("").to_dicts()


def _check_columns(name: str, table: "pl.DataFrame | None") -> None:
    absent = [] if table is None else [c for c in NEEDED[name] if c not in table.columns]
    if absent:
        raise RecordError(
            f"{name} has no column {', '.join(absent)}; it needs {', '.join(NEEDED[name])}"
        )


def _samples(rows: Sequence[Mapping[str, str]], place: Mapping[str, int], limit: float) -> Samples:
    """Take the samples that have a day and a count; those before the infusion are left out."""
    kept: list[tuple[int, float, float, str]] = []
    for row in rows:
        day = _number(row, "day", "kinetics.csv")
        cells = _number(row, "car_cells_per_ul", "kinetics.csv")
        if math.isnan(day) or math.isnan(cells) or day < 0:
            continue
        if not 0 <= cells <= _MOST_CELLS:
            raise RecordError(
                f"kinetics.csv, patient {row['patient_id']}, day {day:g}: {cells:g} cells/µL "
                "cannot be; give a count of zero or more"
            )
        kept.append((place[row["patient_id"]], day, cells, row["timepoint"]))
    kept.sort(key=lambda one: one[:2])
    cells_of = np.array([one[2] for one in kept], float)
    return Samples(
        np.array([one[0] for one in kept], np.int64),
        np.array([one[1] for one in kept], float),
        np.log(np.maximum(cells_of, limit)),
        cells_of < limit,
        tuple(one[3] for one in kept),
    )


def _number(row: Mapping[str, str], column: str, file: str) -> float:
    """Read a number; NaN where the cell is empty."""
    text = row[column].strip()
    if not text:
        return math.nan
    try:
        return float(text)
    except ValueError as error:
        raise RecordError(
            f'{file}, patient {row["patient_id"]}: {column} is "{text}", which is no number; '
            "write a number or leave the cell empty"
        ) from error


def _grade(row: Mapping[str, str], column: str) -> int:
    """Read a grade from 0 to 4; -1 where the cell is empty."""
    number = _number(row, column, "patients.csv")
    if math.isnan(number):
        return -1
    if number not in range(_HIGHEST_GRADE + 1):
        raise RecordError(
            f"patients.csv, patient {row['patient_id']}: {column} is {number:g}; a grade is a "
            f"whole number from 0 to {_HIGHEST_GRADE}"
        )
    return int(number)
