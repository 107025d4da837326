"""Designs over many truths: means, spread over the truths, and differences truth by truth.

A handful of scenarios shows what a design does where its author looked; many random truths show
what it does on the whole. Truths differ more than designs do, so designs are set against each
other within each truth.

One law: a mean comes with its standard error over the truths, which are a sample themselves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np

from protocyte.design.comparison import Compared, Comparison
from protocyte.design.state import Floats

QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
MEASURES: Final = (
    "right", "right_if_any", "too_high", "too_low", "none", "at_right", "above_target",
    "overdosing", "early", "participants", "dlts", "utility",
)  # fmt: skip
"""What is averaged; a measure that has no meaning for a comparison is left out."""
_SLACK: Final = 1e-12


@final
@dataclass(frozen=True, slots=True)
class Average:
    """The mean of a number over truths, with its spread.

    Parameters
    ----------
    mean : float
        Mean over the truths [1].
    error : float
        Its standard error, the truths being a sample [1]; nan for a single truth.
    quantiles : tuple of float
        Over the truths, at `QUANTILES` [1].
    truths : int
        How many truths it is known in.

    Examples
    --------
    >>> found = Average.over(np.array([0.0, 1.0, np.nan]))
    >>> found.mean, found.error, found.truths
    (0.5, 0.5, 2)
    """

    mean: float
    error: float
    quantiles: tuple[float, ...]
    truths: int

    @classmethod
    def over(cls, values: Floats) -> "Average":
        """Average what is known of some values."""
        known = values[~np.isnan(values)]
        if not len(known):
            return cls(np.nan, np.nan, (np.nan,) * len(QUANTILES), 0)
        error = np.std(known, ddof=1) / np.sqrt(len(known)) if len(known) > 1 else np.nan
        quantiles = tuple(np.quantile(known, QUANTILES).tolist())
        return cls(float(known.mean()), float(error), quantiles, len(known))

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        named = {
            f"q{100 * q:02.0f}": _plain(v) for q, v in zip(QUANTILES, self.quantiles, strict=True)
        }
        return {
            "mean": _plain(self.mean),
            "error": _plain(self.error),
            **named,
            "truths": self.truths,
        }


@final
@dataclass(frozen=True, slots=True, eq=False)
class Averages:
    """What designs do over many truths.

    Parameters
    ----------
    comparison : Comparison
        The designs before each truth.
    values : mapping of str to mapping of str to ndarray of float, shape (n_truths,)
        By design and measure: shares and probabilities [1], participants, DLTs [participants],
        utility on the yardstick's scale [1]; nan where a truth gives a measure no meaning.
    """

    comparison: Comparison
    values: Mapping[str, Mapping[str, Floats]]

    @property
    def designs(self) -> tuple[str, ...]:
        """Names of the designs, the one that others are set against first."""
        return tuple(self.values)

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures that are known for some design."""
        known = {name for found in self.values.values() for name in found}
        return tuple(name for name in MEASURES if name in known)

    def average(self, design: str, measure: str) -> Average | None:
        """Return the mean of a measure; None if a design does not have it."""
        values = self.values[design].get(measure)
        return None if values is None else Average.over(values)

    def gap(self, design: str, measure: str) -> Average | None:
        """Return the mean difference to the first design, truth by truth."""
        own, other = (self.values[name].get(measure) for name in (self.designs[0], design))
        return None if own is None or other is None else Average.over(other - own)

    def ahead(self, design: str, measure: str) -> float:
        """Return the share of truths where a measure is larger than with the first design [1].

        Truths where both are equal count half.
        """
        own, other = self.values[self.designs[0]][measure], self.values[design][measure]
        gap = (other - own)[~np.isnan(other - own)]
        larger = np.where(np.abs(gap) <= _SLACK, 0.5, gap > 0)
        return float(larger.mean()) if len(gap) else np.nan

    def by_level(self, design: str, measure: str = "right") -> dict[int, Average]:
        """Return the mean of a measure among truths in which a level should be found.

        Parameters
        ----------
        design : str
            Name of the design.
        measure : str
            Name of the measure.

        Returns
        -------
        dict of int to Average
            By dose level from 1; 0 where none should be found.
        """
        best = np.array([-1 if b is None else b for b in self.comparison.yardstick.best])
        levels = sorted({int(level) for level in best} - {-1})
        return {
            level: Average.over(self.values[design][measure][best == level]) for level in levels
        }

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        rule = self.comparison.yardstick
        return {
            "yardstick": {"of": rule.label, "target": rule.target},
            "truths": [
                {**truth.as_dict(), "best": best}
                for truth, best in zip(self.comparison.scenarios, rule.best, strict=True)
            ],
            "designs": [self._entry(compared) for compared in self.comparison.designs],
            "left_out": [{"design": c.label, "why": c.missing} for c in self.comparison.left_out],
        }

    def _entry(self, compared: Compared) -> dict[str, Any]:
        name = compared.candidate.label
        measures = {}
        for measure, values in self.values[name].items():
            measures[measure] = Average.over(values).as_dict()
            gap = self.gap(name, measure)
            if name != self.designs[0] and gap is not None:
                against = {"mean": _plain(gap.mean), "error": _plain(gap.error)}
                measures[measure]["against_first"] = against | {
                    "ahead": _plain(self.ahead(name, measure))
                }
            measures[measure]["by_truth"] = [_plain(float(value)) for value in values]
        by_level = self.by_level(name) if "right" in self.values[name] else {}
        return {
            "design": name,
            "protocol": compared.candidate.is_own,
            "settings": list(compared.candidate.settings),
            "planned": compared.found.planned,
            "exact": compared.found.exact,
            "trials": compared.found.trials,
            "why_simulated": compared.why_simulated,
            "measures": measures,
            "right_by_level": {
                str(level): {"mean": a.mean, "error": _plain(a.error), "truths": a.truths}
                for level, a in by_level.items()
            },
        }


def find_averages(comparison: Comparison) -> Averages:
    """Find what designs do over many truths.

    Parameters
    ----------
    comparison : Comparison
        The designs before the truths.

    Returns
    -------
    Averages
        Their measures, truth by truth.

    Examples
    --------
    >>> from protocyte.design import BOIN, Scenario, find_characteristics
    >>> from protocyte.design.candidate import Candidate
    >>> from protocyte.design.comparison import find_yardstick
    >>> truths = (Scenario((0.1, 0.3)), Scenario((0.3, 0.5)))
    >>> own = Candidate("BOIN", BOIN(target=0.3, n_doses=2, cohorts=4))
    >>> met = Compared(own, find_characteristics(own.design, truths))
    >>> found = find_averages(Comparison(truths, find_yardstick([own], truths), (met,), ()))
    >>> shares = [found.average("BOIN", m).mean for m in ("right", "too_high", "too_low", "none")]
    >>> round(sum(shares), 12)
    1.0
    """
    return Averages(
        comparison,
        {
            compared.candidate.label: dict(_measured(comparison, compared))
            for compared in comparison.designs
        },
    )


def _measured(comparison: Comparison, compared: Compared) -> Iterator[tuple[str, Floats]]:
    """Give every measure that has a meaning."""
    found, best = compared.found, comparison.yardstick.best
    if any(level is not None for level in best):
        right = comparison.correct(compared)
        yield "right", right
        if 0 in best:
            findable = np.array([level is not None and level > 0 for level in best])
            yield "right_if_any", np.where(findable, right, np.nan)
        yield from _astray(compared, best)
    above = comparison.overdosed(compared)
    if above is not None:
        yield "above_target", above
        if found.overdose_60 is not None:
            yield "overdosing", found.overdose_60
    yield "early", found.early
    yield "participants", found.total
    if found.dlts is not None:
        yield "dlts", found.dlts.sum(axis=1)
    worth = comparison.utility(compared)
    if worth is not None:
        yield "utility", worth


def _astray(compared: Compared, best: tuple[int | None, ...]) -> Iterator[tuple[str, Floats]]:
    """Give where selections go that are not right, and who is treated at the right dose."""
    found = compared.found
    level = np.array([np.nan if b is None else b for b in best])[:, np.newaxis]
    levels = np.arange(1, found.selection.shape[1] + 1)
    unknown = np.isnan(level[:, 0])
    yield "too_high", np.where(unknown, np.nan, (found.selection * (levels > level)).sum(axis=1))
    yield "too_low", np.where(unknown, np.nan, (found.selection * (levels < level)).sum(axis=1))
    # Where none should be found, to select none is right.
    yield "none", np.where(unknown, np.nan, np.where(level[:, 0] > 0, found.none, 0.0))
    there = (found.participants * (levels == level)).sum(axis=1) / found.total
    yield "at_right", np.where(level[:, 0] > 0, there, np.nan)


def _plain(value: float) -> float | None:
    """Return a number; None for what is not known, which JSON cannot hold otherwise."""
    return None if np.isnan(value) else float(value)
