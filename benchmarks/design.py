"""Time exact operating characteristics, beside Monte Carlo of the same trial.

    .venv/bin/python benchmarks/design.py [--quick]

Every job is warm: the design exists, nothing is cached between calls. The peer is a Monte Carlo
simulation of the same trial in plain NumPy, written for this comparison, at 10,000 trials. Before
anything is timed, the peer's shares must lie within their error of the exact values.
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
    BOIN,
    BOIN12,
    Scenario,
    ThreePlusThree,
    find_characteristics,
    find_simon_design,
    find_simon_designs,
)
from protocyte.design.state import Floats, Integers, States
from protocyte.simulation.designs import simulate_design

STANDARD = Scenario((0.05, 0.15, 0.30, 0.45, 0.60), name="A")
THREE = Scenario((0.03, 0.17, 0.35), (0.12, 0.39, 0.43))
FOUR = Scenario((0.03, 0.17, 0.35, 0.50), (0.12, 0.39, 0.43, 0.55))
TRIALS = 10_000


@dataclass(frozen=True)
class Timing:
    """Seconds that a job took, over repetitions."""

    job: str
    median: float
    best: float
    repeats: int
    note: str


def measure(job: str, run: Callable[[], object], *, repeats: int, note: str = "") -> Timing:
    """Run a job once to warm up, then time it."""
    run()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return Timing(job, statistics.median(seconds), min(seconds), repeats, note)


def plain_boin(design: BOIN, truth: tuple[float, ...], rng: np.random.Generator) -> Integers:
    """Simulate BOIN as a plain loop over cohorts: the doses that 10,000 trials select."""
    table, size, doses = design.decision_table, design.cohort_size, len(truth)
    up, down, shut = (
        np.array([0, *column]) for column in (table.escalate, table.de_escalate, table.eliminate)
    )
    shut[0] = 1
    p, rows = np.array(truth), np.arange(TRIALS)
    n, tox = np.zeros((TRIALS, doses), dtype=int), np.zeros((TRIALS, doses), dtype=int)
    dose, ceiling = np.zeros(TRIALS, dtype=int), np.full(TRIALS, doses)
    running = np.ones(TRIALS, dtype=bool)
    for _ in range(design.cohorts):
        seen = rng.binomial(size, p[dose])
        n[rows[running], dose[running]] += size
        tox[rows[running], dose[running]] += seen[running]
        here_n, here_tox = n[rows, dose], tox[rows, dose]
        ceiling = np.where(here_tox >= shut[here_n], np.minimum(ceiling, dose), ceiling)
        running &= ceiling > 0
        step = (here_tox <= up[here_n]).astype(int) - (here_tox >= down[here_n])
        moved = np.clip(dose + step, 0, doses - 1)
        dose = np.where((step > 0) & (moved >= ceiling), dose, np.minimum(moved, ceiling - 1))
        dose = np.maximum(dose, 0)
    counts = np.stack([n, tox], axis=2)
    return design.select_states(States(("n", "tox"), counts, np.full(TRIALS, -1)))


def prove(exact: Floats, selected: Integers) -> None:
    """Stop unless the peer's shares lie within 4.5 standard errors of the exact values."""
    shares = np.bincount(selected + 1, minlength=len(exact) + 1)[1:] / TRIALS
    errors = np.sqrt(np.maximum(exact * (1 - exact), 1e-5) / TRIALS)
    worst = float(np.abs((shares - exact) / errors).max())
    if worst > 4.5:
        raise SystemExit(f"the peer is {worst:.1f} standard errors off: nothing was timed")


def jobs(*, quick: bool) -> list[Timing]:
    """Time every job."""
    standard = BOIN(target=0.3, n_doses=5)
    long = BOIN(target=0.3, n_doses=5, cohorts=20)
    assert STANDARD.tox is not None
    truth, rng = STANDARD.tox, np.random.default_rng(1)
    prove(
        find_characteristics(standard, [STANDARD]).selection[0],
        plain_boin(standard, truth, np.random.default_rng(7)),
    )
    grid = [
        Scenario(tuple(p * f for p in truth), name=f"{f:g}") for f in np.linspace(0.4, 1.6, 100)
    ]
    timings = [
        measure("exact BOIN, 5 doses, 10 cohorts of 3",
                lambda: find_characteristics(standard, [STANDARD]), repeats=25),
        measure("the same under 100 truths",
                lambda: find_characteristics(standard, grid), repeats=5),
        measure("plain NumPy Monte Carlo of it, 10,000 trials",
                lambda: plain_boin(standard, truth, rng), repeats=9, note="selection only"),
        measure("simulate_design of it, 10,000 trials",
                lambda: simulate_design(standard, [STANDARD], trials=TRIALS, rng=rng), repeats=9),
        measure("exact 3+3, form C, 5 doses",
                lambda: find_characteristics(ThreePlusThree(5, "C"), [STANDARD]), repeats=25),
        measure("Simon optimal .1/.3, .05/.2",
                lambda: find_simon_design(0.1, 0.3, alpha=0.05, beta=0.2), repeats=15),
        measure("Simon best of every total to 100",
                lambda: find_simon_designs(0.1, 0.3, alpha=0.05, beta=0.2, most=100), repeats=9),
    ]  # fmt: skip
    if not quick:
        three, four = BOIN12(3, cohorts=8), BOIN12(4, cohorts=8)
        timings += [
            measure("Simon best of every total to 1,000",
                    lambda: find_simon_designs(0.1, 0.3, alpha=0.05, beta=0.2, most=1000),
                    repeats=3),
            measure("exact BOIN, 5 doses, 20 cohorts of 3",
                    lambda: find_characteristics(long, [STANDARD]), repeats=5),
            measure("exact BOIN12, 3 doses, 8 cohorts of 3",
                    lambda: find_characteristics(three, [THREE]), repeats=5),
            measure("exact BOIN12, 4 doses, 8 cohorts of 3",
                    lambda: find_characteristics(four, [FOUR]), repeats=3),
        ]  # fmt: skip
    return timings


def sizes(*, quick: bool) -> list[tuple[str, int, int]]:
    """Count the states of some walks: decisions and endings."""
    walks = [
        ("3+3, form C, 5 doses", find_characteristics(ThreePlusThree(5, "C"), [STANDARD])),
        ("BOIN, 10 cohorts", find_characteristics(BOIN(target=0.3, n_doses=5), [STANDARD])),
    ]
    if not quick:
        walks += [
            ("BOIN, 20 cohorts",
             find_characteristics(BOIN(target=0.3, n_doses=5, cohorts=20), [STANDARD])),
            ("BOIN12, 3 doses, 8 cohorts", find_characteristics(BOIN12(3, cohorts=8), [THREE])),
        ]  # fmt: skip
    return [(name, found.sizes["decision"], found.sizes["final"]) for name, found in walks]


def main() -> None:
    """Print the timings."""
    quick = "--quick" in sys.argv[1:]
    threads = os.environ.get("OMP_NUM_THREADS", "unset")
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, SciPy {scipy.__version__}, OMP_NUM_THREADS {threads}, "
        f"load before {os.getloadavg()[0]:.2f}"
    )
    timings = jobs(quick=quick)
    for timing in timings:
        print(
            f"{timing.job:48s} median {1e3 * timing.median:9.2f} ms   best "
            f"{1e3 * timing.best:9.2f} ms   of {timing.repeats:2d}   {timing.note}"
        )
    found = {timing.job: timing.median for timing in timings}
    exact = found["exact BOIN, 5 doses, 10 cohorts of 3"]
    plain = found["plain NumPy Monte Carlo of it, 10,000 trials"]
    print(f"the exact walk takes {exact / plain:.2f} times the time of 10,000 simulated trials")
    for name, decisions, endings in sizes(quick=quick):
        print(f"{name:48s} {decisions:>11,} decision states {endings:>11,} endings")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB, load after {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
