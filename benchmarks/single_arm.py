"""Time the search and calibration of single arms and stopping boundaries.

    .venv/bin/python benchmarks/single_arm.py [--quick]

Every job is warm: modules are imported, nothing is cached between calls. Before anything is timed,
closed characteristics must equal those of the walk over states.
"""

import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

from protocyte.design import (
    BayesianArm,
    BetaMixture,
    SafetyMonitor,
    Scenario,
    find_beta_binomial_boundary,
    find_bop2,
    find_bop2_fe,
    find_characteristics,
    find_fleming_design,
    find_joint_bop2,
    find_repeated_boundary,
    find_schedule,
    find_simon_admissible,
    find_simon_design,
    find_simon_designs,
    find_single_stage,
)

SEVEN = (10, 15, 20, 25, 30, 35, 40)


@dataclass(frozen=True)
class Timing:
    """Seconds that a job took, over repetitions."""

    job: str
    median: float
    best: float
    repeats: int


def measure(job: str, run: Callable[[], object], *, repeats: int) -> Timing:
    """Run a job once to warm up, then time it."""
    run()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return Timing(job, statistics.median(seconds), min(seconds), repeats)


def prove() -> None:
    """Stop unless the passage through limits equals the walk over states."""
    design = find_bop2_fe(0.2, 0.4, SEVEN, alpha=0.1)
    walked = find_characteristics(design, [Scenario(eff=(p,)) for p in (0.2, 0.4)])
    passed = design.passage(0.2, 0.4)
    off = np.abs(walked.selection[:, 0] - passed.passed).max()
    if off > 1e-12:
        raise SystemExit(f"walk and passage differ by {off:.1e}: nothing was timed")


def jobs(*, quick: bool) -> list[Timing]:
    """Time every job."""
    errors = {"alpha": 0.05, "beta": 0.2}
    continuous = find_schedule(100)
    prior = BetaMixture.robust(8, 32, weight=0.8)
    rates = [float(p) for p in np.linspace(0.02, 0.6, 30)]
    monitor = SafetyMonitor(
        find_beta_binomial_boundary(continuous, limit=0.2, certainty=0.95), planned=100
    )
    fe = find_bop2_fe(0.2, 0.4, SEVEN, alpha=0.1)
    timings = [
        measure("Simon optimal .1/.3, .05/.2",
                lambda: find_simon_design(0.1, 0.3, alpha=0.05, beta=0.2), repeats=15),
        measure("Simon admissible .1/.3",
                lambda: find_simon_admissible(0.1, 0.3, **errors), repeats=15),
        measure("single stage .1/.3, five solutions",
                lambda: find_single_stage(0.1, 0.3, **errors, solutions=5), repeats=15),
        measure("Fleming optimal under p1, .3/.5",
                lambda: find_fleming_design(0.3, 0.5, alpha=0.05, beta=0.2, under="p1"), repeats=5),
        measure("BOP2 calibrated, 4 looks to 40, grid 1,050",
                lambda: find_bop2(0.2, 0.4, (10, 20, 30, 40), alpha=0.1), repeats=9),
        measure("BOP2-FE calibrated, 7 looks to 40, grid 32,550",
                lambda: find_bop2_fe(0.2, 0.4, SEVEN, alpha=0.1), repeats=9),
        measure("Pocock boundary, 28 looks to 30",
                lambda: find_repeated_boundary(tuple(range(3, 31)), acceptable=0.1, crossing=0.05),
                repeats=9),
        measure("beta-binomial boundary, every look to 100",
                lambda: find_beta_binomial_boundary(continuous, limit=0.2, certainty=0.95),
                repeats=9),
        measure("its exact characteristics at 30 rates",
                lambda: monitor.outlook(rates), repeats=9),
        measure("mixture prior, limits at 10 looks to 100",
                lambda: BayesianArm(tuple(range(10, 101, 10)), prior, 0.2, futility=0.1),
                repeats=9),
        measure("Thall-Simon, limits at 10 looks to 100",
                lambda: BayesianArm(
                    tuple(range(10, 101, 10)), prior, BetaMixture.beta(15, 35), futility=0.1
                ),
                repeats=5),
        measure("estimate with limits after BOP2-FE",
                lambda: fe.estimate(14, participants=40), repeats=9),
        measure("assurance of BOP2-FE", lambda: fe.assurance(prior), repeats=9),
    ]  # fmt: skip
    if not quick:
        timings += [
            measure("Simon best of every total to 1,000, .1/.3",
                    lambda: find_simon_designs(0.1, 0.3, **errors, most=1000), repeats=3),
            measure("BOP2 of response and toxicity calibrated, 4 looks to 40",
                    lambda: find_joint_bop2((0.2, 0.4), (0.4, 0.2), (10, 20, 30, 40), alpha=0.1),
                    repeats=3),
        ]  # fmt: skip
    return timings


def main() -> None:
    """Print the timings."""
    prove()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, SciPy {scipy.__version__}, load before {os.getloadavg()[0]:.2f}"
    )
    for timing in jobs(quick="--quick" in sys.argv[1:]):
        print(
            f"{timing.job:56s} median {1e3 * timing.median:9.2f} ms   best "
            f"{1e3 * timing.best:9.2f} ms   of {timing.repeats:2d}"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB, load after {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
