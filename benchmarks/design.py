"""Time exact operating characteristics, beside Monte Carlo of the same trial.

    .venv/bin/python benchmarks/design.py [--quick | --largest]

Every job is warm: the design exists, code is compiled, nothing is cached between calls. The peer is
a Monte Carlo simulation of the same trial in plain NumPy, written for this comparison. Before
anything is timed, the peer's shares must lie within their error of the exact values, and those of
the compiled simulation too. With --largest the largest walk that 4 GB carry is run as well, in a
process of its own, and its result compared with one that another program printed; it takes minutes.
"""

import os
import platform
import resource
import statistics
import subprocess
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
from protocyte.design.delivery import Delivery
from protocyte.design.exact.delivered import find_delivered_characteristics
from protocyte.design.state import Floats, Integers, States
from protocyte.simulation.designs import simulate_design

STANDARD = Scenario((0.05, 0.15, 0.30, 0.45, 0.60), name="A")
THREE = Scenario((0.03, 0.17, 0.35), (0.12, 0.39, 0.43))
FOUR = Scenario((0.03, 0.17, 0.35, 0.50), (0.12, 0.39, 0.43, 0.55))
FIVE = Scenario((0.03, 0.17, 0.35, 0.50, 0.65), (0.12, 0.39, 0.43, 0.55, 0.65))
SHORT = Delivery(((1, 0, 0), (0.2, 0.8, 0), (0.1, 0.2, 0.7)), (0.95, 0.9, 0.8))
TRIALS = 10_000
MANY = 10_000_000
LARGEST = [15.496, 56.6372, 20.8672, 5.4957, 0.2869]
"""Selection percentages of BOIN12, five doses, 36 participants, from an independent enumeration of
124,324,534 decision states and 309,151,447 endings, which took 22 GB and 4 minutes."""
YARDSTICKS = (
    ("BOIN 2.7.2 (R), get.oc", 1_936),
    ("simFastBOIN 2.x (C++), 1,000,000 trials", 1_250_000),
    ("simFastBOIN 2.x (C++), 10,000 trials", 238_000),
    ("Keyboard 0.1.3 (R)", 1_684),
    ("mdanderson-stats (Python)", 2_322),
    ("escalation 0.2.3 (R), BOIN", 27),
)
"""Trials of the standard job a second, one thread, measured on another day on a 2-core machine."""


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


def plain_boin(
    design: BOIN, truth: tuple[float, ...], rng: np.random.Generator, trials: int = TRIALS
) -> Integers:
    """Simulate BOIN as a plain loop over cohorts: the doses that trials select."""
    table, size, doses = design.decision_table, design.cohort_size, len(truth)
    up, down, shut = (
        np.array([0, *column]) for column in (table.escalate, table.de_escalate, table.eliminate)
    )
    shut[0] = 1
    p, rows = np.array(truth), np.arange(trials)
    n, tox = np.zeros((trials, doses), dtype=int), np.zeros((trials, doses), dtype=int)
    dose, ceiling = np.zeros(trials, dtype=int), np.full(trials, doses)
    running = np.ones(trials, dtype=bool)
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
    return design.select_states(States(("n", "tox"), counts, np.full(trials, -1)))


def prove(exact: Floats, shares: Floats, trials: int, who: str) -> None:
    """Stop unless shares of trials lie within 4.5 standard errors of the exact values."""
    errors = np.sqrt(np.maximum(exact * (1 - exact), 1e-5) / trials)
    worst = float(np.abs((shares - exact) / errors).max())
    if worst > 4.5:
        raise SystemExit(f"{who} is {worst:.1f} standard errors off: nothing was timed")


def shares_of(selected: Integers, doses: int) -> Floats:
    """Return how often each dose was selected."""
    return np.bincount(selected + 1, minlength=doses + 1)[1:] / len(selected)


def check(design: BOIN) -> None:
    """Compare both simulations with the exact values."""
    exact = find_characteristics(design, [STANDARD]).selection[0]
    assert STANDARD.tox is not None
    plain = plain_boin(design, STANDARD.tox, np.random.default_rng(7))
    prove(exact, shares_of(plain, 5), TRIALS, "the peer")
    found = simulate_design(design, [STANDARD], trials=1_000_000, rng=np.random.default_rng(7))
    prove(exact, found.selection[0], 1_000_000, "simulate_design")


def jobs(*, quick: bool) -> list[Timing]:
    """Time every job."""
    standard = BOIN(target=0.3, n_doses=5)
    assert STANDARD.tox is not None
    truth, rng = STANDARD.tox, np.random.default_rng(1)
    check(standard)
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
                lambda: simulate_design(standard, [STANDARD], trials=TRIALS, rng=rng), repeats=9,
                note="all characteristics"),
        measure("plain NumPy Monte Carlo of it, 1,000,000 trials",
                lambda: plain_boin(standard, truth, rng, 1_000_000), repeats=3,
                note="selection only"),
        measure("simulate_design of it, 10,000,000 trials",
                lambda: simulate_design(standard, [STANDARD], trials=MANY, rng=rng), repeats=5,
                note="all characteristics"),
        measure("exact 3+3, form C, 5 doses",
                lambda: find_characteristics(ThreePlusThree(5, "C"), [STANDARD]), repeats=25),
        measure("Simon optimal .1/.3, .05/.2",
                lambda: find_simon_design(0.1, 0.3, alpha=0.05, beta=0.2), repeats=15),
        measure("Simon best of every total to 100",
                lambda: find_simon_designs(0.1, 0.3, alpha=0.05, beta=0.2, most=100), repeats=9),
    ]  # fmt: skip
    return timings if quick else timings + long_jobs()


def long_jobs() -> list[Timing]:
    """Time what takes a second or more."""
    long = BOIN(target=0.3, n_doses=5, cohorts=20)
    three, four, more = BOIN12(3, cohorts=12), BOIN12(4, cohorts=8), BOIN12(4, cohorts=10)
    short = BOIN(target=0.3, n_doses=3, cohorts=6)
    return [
        measure("Simon best of every total to 1,000",
                lambda: find_simon_designs(0.1, 0.3, alpha=0.05, beta=0.2, most=1000), repeats=3),
        measure("exact BOIN, 5 doses, 20 cohorts of 3",
                lambda: find_characteristics(long, [STANDARD]), repeats=5),
        measure("exact BOIN12, 3 doses, 12 cohorts of 3",
                lambda: find_characteristics(three, [THREE]), repeats=5),
        measure("exact BOIN12, 4 doses, 8 cohorts of 3",
                lambda: find_characteristics(four, [FOUR]), repeats=3),
        measure("exact BOIN12, 4 doses, 10 cohorts of 3",
                lambda: find_characteristics(more, [FOUR]), repeats=3),
        measure("exact BOIN, 3 doses, 6 cohorts, received doses",
                lambda: find_delivered_characteristics(short, [THREE], SHORT), repeats=5),
    ]  # fmt: skip


def largest() -> None:
    """Run the largest walk, and compare it with what another program printed."""
    design = BOIN12(5, cohorts=12, explore_from=None)
    start = time.perf_counter()
    found = find_characteristics(design, [FIVE])
    seconds = time.perf_counter() - start
    off = float(np.abs(100 * found.selection[0] - LARGEST).max())
    sizes = (found.sizes["decision"], found.sizes["final"])
    if off > 6e-5 or sizes != (124_324_534, 309_151_447):
        raise SystemExit(f"the largest walk differs: {100 * found.selection[0]}, {sizes}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{'exact BOIN12, 5 doses, 12 cohorts of 3':48s} {seconds:.0f} s, peak {peak:.0f} MB, "
        f"{sizes[0]:,} decision states, {sizes[1]:,} endings; percentages agree to {off:.0e}"
    )


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
            ("BOIN12, 3 doses, 12 cohorts", find_characteristics(BOIN12(3, cohorts=12), [THREE])),
            ("BOIN12, 4 doses, 10 cohorts", find_characteristics(BOIN12(4, cohorts=10), [FOUR])),
        ]  # fmt: skip
    return [(name, found.sizes["decision"], found.sizes["final"]) for name, found in walks]


def compare(found: dict[str, float]) -> None:
    """Print ratios: to the peer of this run, and to yardsticks of another day."""
    exact = found["exact BOIN, 5 doses, 10 cohorts of 3"]
    plain = found["plain NumPy Monte Carlo of it, 10,000 trials"]
    print(f"the exact walk takes {exact / plain:.2f} times the time of 10,000 simulated trials")
    rate = MANY / found["simulate_design of it, 10,000,000 trials"]
    # The peer does better with fewer trials at once; its better rate counts.
    peer = max(TRIALS / plain, 1_000_000 / found["plain NumPy Monte Carlo of it, 1,000,000 trials"])
    print(
        f"simulate_design: {rate:,.0f} trials a second on one core, {rate / peer:.0f} times plain "
        f"NumPy ({peer:,.0f})"
    )
    for name, yardstick in YARDSTICKS:
        print(f"    {name:42s} {yardstick:>10,} trials a second: {rate / yardstick:,.0f} times")


def main() -> None:
    """Print the timings."""
    if "--walk" in sys.argv[1:]:
        largest()
        return
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
    compare({timing.job: timing.median for timing in timings})
    for name, decisions, endings in sizes(quick=quick):
        print(f"{name:48s} {decisions:>11,} decision states {endings:>11,} endings")
    if "--largest" in sys.argv[1:]:
        subprocess.run([sys.executable, __file__, "--walk"], check=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB, load after {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
