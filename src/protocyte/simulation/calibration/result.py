"""What a calibration found, as it is saved: summaries, diagnostics, posterior draws.

One law: the saved result needs no data; whoever draws from it draws its uncertainty, too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np

from protocyte.errors import RecordError
from protocyte.kinetics.parameter import Floats
from protocyte.simulation.calibration.baseline import LogNormal
from protocyte.simulation.calibration.crs import CrsModel
from protocyte.simulation.calibration.diagnostics import (
    find_bulk_size,
    find_r_hat,
    find_tail_size,
)
from protocyte.simulation.calibration.gated import NAMES, Fixed
from protocyte.simulation.calibration.population import Population, sample_logs

SAVED: Final = "lichtenstein_2021.json"
"""The result that comes with the program: CD22 CAR-T cells in B-ALL, 40 patients."""
KEPT: Final = 200
"""Posterior draws that are saved."""
_SHARES: Final = {"q2.5": 0.025, "q5": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95,
                  "q97.5": 0.975}  # fmt: skip
_DIGITS: Final = 5
_POPULATION: Final = ("mean", "covariance", "residual", "share", "shift")

Summary = dict[str, float | None]


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A fitted population of patients.

    Parameters
    ----------
    made : mapping of str to object
        How it came about: program, command, seed, limit, numbers of patients and samples.
    population : Population
        Posterior draws of the kinetics, thinned.
    draws : mapping of str to mapping of str to ndarray of float, shape (n_draws,)
        Posterior draws of everything else, by part and name: ``il6``, ``onset``, and a part for
        each grading scale.
    summaries : mapping of str to mapping of str to Summary
        Mean, SD, quantiles and diagnostics by part and name, of all draws.
    baseline : mapping of str to LogNormal
        The naive forecast, by nominal timepoint.
    rejection : mapping of str to object
        Rejection by host T cells, calibrated to UCART19; empty if that was not done.
    """

    made: Mapping[str, Any]
    population: Population
    draws: Mapping[str, Mapping[str, Floats]]
    summaries: Mapping[str, Mapping[str, Summary]]
    baseline: Mapping[str, LogNormal]
    rejection: Mapping[str, Any]

    @property
    def typical(self) -> dict[str, float]:
        """Posterior medians as `sample_patients` takes them; peaks in cells/µL.

        The population of Lichtenstein2021: autologous CD22 CAR-T cells in B-ALL. A transgene level
        of one unit is one cell a microlitre here, hence ``copies_per_cell`` of 1.
        """
        found = {name: self._median("kinetics", name) for name in NAMES}
        found |= {f"sd_{name}": self._median("kinetics", f"sd_{name}") for name in NAMES}
        found["copies_per_cell"] = 1.0
        found["fails_to_expand"], found["failed_peak"] = 0.0, 1.0
        if "fails_to_expand" in self.summaries["kinetics"]:
            for name in ("fails_to_expand", "failed_peak"):
                found[name] = self._median("kinetics", name)
        if "il6" in self.summaries:
            found["i_peak"] = self._median("il6", "peak")
            found["sd_i_peak"] = self._median("il6", "sd")
        return found

    @property
    def crs(self) -> dict[str, CrsModel]:
        """Models of posterior means, by grading scale."""
        return {
            scale: _model(
                scale, {n: float(s["mean"] or 0) for n, s in self.summaries[scale].items()}
            )
            for scale in self.scales
        }

    @property
    def scales(self) -> tuple[str, ...]:
        """Grading scales that were fitted."""
        return tuple(name for name in self.draws if "cutpoint_1" in self.draws[name])

    def crs_draws(self, scale: str) -> tuple[CrsModel, ...]:
        """Give a model of CRS for each posterior draw."""
        columns = self.draws[scale]
        size = len(columns["slope_peak"])
        return tuple(
            _model(scale, {name: float(column[i]) for name, column in columns.items()})
            for i in range(size)
        )

    def sample_patients(self, n: int, *, rng: np.random.Generator) -> dict[str, Floats]:
        """Sample kinetic parameters of new patients from the posterior predictive.

        Parameters
        ----------
        n : int
            Number of patients; each belongs to a posterior draw of its own.
        rng : numpy.random.Generator
            Where chance comes from.

        Returns
        -------
        dict of str to ndarray of float, shape (n,)
            `gated.NAMES`: peak [cells/µL], its day [d], peak over start [1], decline [1/d].

        Examples
        --------
        >>> drawn = load_calibration().sample_patients(3, rng=np.random.default_rng(1))
        >>> sorted(drawn), drawn["c_max"].shape
        (['alpha', 'c_max', 'fold_expansion', 't_max'], (3,))
        """
        logs, _ = sample_logs(self.population, n, rng=rng)
        return {name: np.exp(logs[:, k]) for k, name in enumerate(NAMES)}

    def as_dict(self) -> dict[str, Any]:
        """Give plain data, as it is saved."""
        held = self.population.fixed
        return {
            "made": dict(self.made),
            "fixed": {name: getattr(held, name) for name in Fixed.__dataclass_fields__},
            "summaries": self.summaries,
            "baseline": {
                n: {"mean": b.mean, "sd": b.sd, "n": b.n} for n, b in self.baseline.items()
            },
            "rejection": self.rejection,
            "population": {n: _rounded(getattr(self.population, n)) for n in _POPULATION},
            "draws": {
                part: {name: _rounded(values) for name, values in columns.items()}
                for part, columns in self.draws.items()
            },
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Calibration":
        """Read what `as_dict` gave.

        Raises
        ------
        RecordError
            If it is no calibration.
        """
        try:
            return cls(
                data["made"],
                _population(data["population"], Fixed(**data["fixed"])),
                {
                    part: {name: np.array(values, float) for name, values in columns.items()}
                    for part, columns in data["draws"].items()
                },
                data["summaries"],
                {name: LogNormal(**one) for name, one in data["baseline"].items()},
                data.get("rejection", {}),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RecordError(
                f"this is no result of a calibration ({error}); make one with `protocyte "
                "calibrate FOLDER -o result.json`"
            ) from error

    def with_rejection(self, rejection: Mapping[str, Any]) -> "Calibration":
        """Give the same with rejection by host T cells calibrated."""
        return replace(self, rejection=rejection)

    def _median(self, part: str, name: str) -> float:
        return float(self.summaries[part][name]["q50"] or 0.0)


@cache
def load_calibration() -> Calibration:
    """Load the result that comes with the program.

    Returns
    -------
    Calibration
        CD22 CAR-T cells in B-ALL (Lichtenstein2021), and rejection by host T cells (Dupouy2022).

    Examples
    --------
    >>> load_calibration().scales
    ('Lee 2014', 'ASTCT 2019')
    """
    file = resources.files("protocyte.simulation.calibration").joinpath(SAVED)
    return Calibration.from_dict(json.loads(file.read_text(encoding="utf-8")))


def find_summary(chains: Floats) -> Summary:
    """Summarise the draws of one parameter.

    Parameters
    ----------
    chains : ndarray of float, shape (n_chains, n_draws)
        Draws [in any unit].

    Returns
    -------
    dict of str to float or None
        Mean, SD, quantiles, R-hat and effective sizes of bulk and tails [in any unit]; None where
        they do not exist.

    Examples
    --------
    >>> find_summary(np.random.default_rng(1).normal(size=(4, 1000)))["q50"]
    -0.014217
    """
    found = {"mean": chains.mean(), "sd": chains.std()}
    found |= {name: np.quantile(chains, share) for name, share in _SHARES.items()}
    found |= {
        "r_hat": find_r_hat(chains),
        "bulk": find_bulk_size(chains),
        "tail": find_tail_size(chains),
    }
    return {n: _short(float(v)) if np.isfinite(v) else None for n, v in found.items()}


def _model(scale: str, q: Mapping[str, float]) -> CrsModel:
    cuts = tuple(q[f"cutpoint_{k}"] for k in range(1, 5))
    return CrsModel(scale, cuts, q["slope_peak"], q["slope_il6"])


def _population(columns: Mapping[str, Any], fixed: Fixed) -> Population:
    mean, covariance, residual, share, shift = (
        np.array(columns[name], float) for name in _POPULATION
    )
    return Population(mean, covariance, residual, share, shift, fixed)


def _rounded(values: Floats) -> Any:
    """Give nested lists of short numbers."""
    if values.ndim == 1:
        return [_short(float(one)) for one in values]
    return [_rounded(row) for row in values]


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
