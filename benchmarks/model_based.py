"""Time CRM, BLRM and EffTox, beside Monte Carlo of the same CRM trial.

    OPENBLAS_NUM_THREADS=1 .venv/bin/python benchmarks/model_based.py [--quick]

Every job is warm: compiled code is loaded and the nodes of the quadrature exist; no fit is kept
between calls. The peer is a Monte Carlo simulation of the same CRM in plain NumPy, written for this
comparison, with 601 nodes a fit. Before anything is timed, its shares must lie within their error
of the exact values.
"""

import math
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import scipy

from protocyte.design import (
    BLRM,
    CRM,
    BivariateNormal,
    EffTox,
    EffToxPrior,
    Scenario,
    TradeOff,
    find_characteristics,
    find_half_widths,
    find_skeleton,
)
from protocyte.design.design import Design
from protocyte.design.rules.rule import Rule
from protocyte.design.state import Floats, Integers, States, Steps
from protocyte.simulation.designs import simulate_design

TRUTH = (0.05, 0.15, 0.30, 0.45, 0.60)
STANDARD = Scenario(TRUTH, name="A")
RESPONSE = Scenario((0.02, 0.06, 0.12, 0.30, 0.50), (0.2, 0.4, 0.6, 0.75, 0.8))
TRIALS = 1000
SKELETON = find_skeleton(0.05, target=0.3, prior_mtd=3, n_doses=5)
THREES = CRM(target=0.3, skeleton=SKELETON)
ONES = CRM(target=0.3, skeleton=SKELETON, cohorts=30, cohort_size=1)
VAGUE = BivariateNormal((math.log(0.3 / 0.7), 0.0), (1.0, 1.0))
TWO = CRM(target=0.3, skeleton=SKELETON, model="two-parameter logistic", prior=VAGUE)
LOGISTIC = BLRM((1, 2, 4, 8, 16), 16, VAGUE)
TRADE = EffTox(
    (1, 2, 4, 7, 10),
    EffToxPrior(
        (-7.9593, 3.5487), (1.5482, 3.5018), (0.7367, 2.5423), (3.4181, 2.4406), (0.0, 0.2)
    ),
    TradeOff(0.5, (0.7, 0.25), 0.65),
    toxicity_limit=0.3,
    efficacy_floor=0.5,
)
YARDSTICKS = (
    ("dfcrm, cohorts of 3, 1,000 trials", 6.4),
    ("dfcrm, cohorts of 1, 1,000 trials", 20.5),
    ("crmPack's BLRM, 10 trials", 8.7),
    ("trialr, one fit of EffTox", 0.56),
)
"""Seconds of other programs, measured on another day on a machine of two cores."""


@dataclass(frozen=True)
class Timing:
    """Seconds that a job took, over repetitions."""

    job: str
    median: float
    best: float
    repeats: int
    note: str


@dataclass(frozen=True)
class Margins(Rule):
    """The CRM inside, keeping the smallest margin between two doses that it meets."""

    parent: Design
    met: list[float] = field(default_factory=list)

    def decide_states(self, states: States) -> Steps:
        """Decide as the design inside."""
        self.keep(states)
        return self.parent.decide_states(states)

    def select_states(self, states: States) -> Integers:
        """Select as the design inside."""
        self.keep(states)
        return self.parent.select_states(states)

    def keep(self, states: States) -> None:
        """Keep the smallest margin."""
        if isinstance(self.parent, CRM):
            self.met.append(float(self.parent.margins(states).min()))


def measure(job: str, run: Callable[[], object], *, repeats: int, note: str = "") -> Timing:
    """Run a job once to warm up, then time it."""
    run()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return Timing(job, statistics.median(seconds), min(seconds), repeats, note)


def plain_crm(rng: np.random.Generator, trials: int = TRIALS) -> Integers:
    """Simulate the CRM in cohorts of 3 as a plain loop: the doses that trials select."""
    beta = np.linspace(-9, 9, 601)
    log_p = np.log(SKELETON)[:, np.newaxis] * np.exp(beta)
    log_q = np.log(np.maximum(-np.expm1(log_p), 1e-300))
    log_prior, p = -(beta**2) / (2 * 1.34), np.array(TRUTH)
    n, tox = np.zeros((trials, 5)), np.zeros((trials, 5))
    dose, rows = np.zeros(trials, dtype=int), np.arange(trials)
    nearest = dose
    for _ in range(10):
        seen = rng.binomial(3, p[dose])
        n[rows, dose] += 3
        tox[rows, dose] += seen
        log = tox @ log_p + (n - tox) @ log_q + log_prior
        weight = np.exp(log - log.max(axis=1, keepdims=True))
        mean = weight @ beta / weight.sum(axis=1)
        fitted = np.array(SKELETON) ** np.exp(mean)[:, np.newaxis]
        nearest = np.abs(fitted - 0.3).argmin(axis=1)
        capped = np.minimum(nearest, dose + 1)
        dose = np.where(seen / 3 >= 0.3, np.minimum(capped, dose), capped)
    return nearest


def prove(exact: Floats) -> None:
    """Stop unless the peer's shares lie within 4.5 standard errors of the exact values."""
    shares = np.bincount(plain_crm(np.random.default_rng(7), 10_000), minlength=5) / 10_000
    errors = np.sqrt(np.maximum(exact * (1 - exact), 1e-5) / 10_000)
    worst = float(np.abs((shares - exact) / errors).max())
    if worst > 4.5:
        raise SystemExit(f"the peer is {worst:.1f} standard errors off: nothing was timed")


def jobs(*, quick: bool) -> list[Timing]:
    """Time every job."""
    rng = np.random.default_rng(1)
    prove(find_characteristics(THREES, [STANDARD]).selection[0])
    timings = [
        measure("exact CRM, 5 doses, 10 cohorts of 3",
                lambda: find_characteristics(THREES, [STANDARD]), repeats=15),
        measure("plain NumPy Monte Carlo of it, 1,000 trials", lambda: plain_crm(rng), repeats=5,
                note="selection only"),
        measure("exact CRM, 30 cohorts of 1",
                lambda: find_characteristics(ONES, [STANDARD]), repeats=5),
        measure("exact CRM with two parameters, cohorts of 3",
                lambda: find_characteristics(TWO, [STANDARD]), repeats=3),
        measure("half-width of ten, five truths, exact",
                lambda: find_half_widths(THREES, WIDTHS, MOVED, prior_mtd=3), repeats=3),
        measure("exact BLRM, 5 doses, 10 cohorts of 3",
                lambda: find_characteristics(LOGISTIC, [STANDARD]), repeats=5),
        measure("BLRM Monte Carlo, 1,000 trials",
                lambda: simulate_design(LOGISTIC, [STANDARD], trials=1000, rng=rng), repeats=3),
        measure("BLRM Monte Carlo, 20,000 trials",
                lambda: simulate_design(LOGISTIC, [STANDARD], trials=20_000, rng=rng), repeats=3),
    ]  # fmt: skip
    if not quick:
        timings.append(
            measure("EffTox Monte Carlo, 5 doses, 12 cohorts, 1,000 trials",
                    lambda: simulate_design(TRADE, [RESPONSE], trials=1000, rng=rng), repeats=1)
        )  # fmt: skip
    return timings


WIDTHS = tuple(0.01 * step for step in range(1, 11))
MOVED = [
    Scenario(tuple(float(p) for p in np.interp(np.arange(5) - shift, np.arange(-5, 10), CURVE)))
    for CURVE in [1 / (1 + np.exp(-(np.arange(-5, 10) * 0.8 + math.log(0.3 / 0.7))))]
    for shift in range(5)
]
"""Truths in which each dose in turn has the target's DLT probability."""


def main() -> None:
    """Print the timings."""
    quick = "--quick" in sys.argv[1:]
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "unset")
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, SciPy {scipy.__version__}, OPENBLAS_NUM_THREADS {threads}, "
        f"load before {os.getloadavg()[0]:.2f}"
    )
    for timing in jobs(quick=quick):
        print(
            f"{timing.job:54s} median {1e3 * timing.median:9.2f} ms   best "
            f"{1e3 * timing.best:9.2f} ms   of {timing.repeats:2d}   {timing.note}"
        )
    for name, design in (("cohorts of 3", THREES), ("cohorts of 1", ONES)):
        recorded = Margins(design)
        sizes = find_characteristics(recorded, [STANDARD]).sizes
        print(
            f"CRM in {name}: {sizes['decision']:,} decision states, {sizes['final']:,} endings, "
            f"smallest margin between two doses {min(recorded.met):.1e}"
        )
    for name, seconds in YARDSTICKS:
        print(f"    another day: {name:40s} {seconds:g} s")
    print(f"load after {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
