"""Time trials in calendar time, beside a plain Python loop of the same trial.

    .venv/bin/python benchmarks/calendar_time.py [--quick]

Every job is warm: what is compiled is compiled. The peer is the same TITE-BOIN trial with stagger,
written in plain Python for this comparison: a loop over patients, one trial after the other. Before
anything is timed, the peer's participants at each dose must lie within their error of the engine's.
TITEgBOIN 0.4.0, in R, ran 1,009 trials a second on such a machine (30 participants, no stagger).
"""

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable

import numba
import numpy as np

from protocyte.design import BOIN, BOIN12, Scenario, ThreePlusThree
from protocyte.design.design import Design
from protocyte.design.late_onset.backfill import BFBOIN
from protocyte.design.late_onset.rolling_six import RollingSixInTime
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin import TITEBOIN
from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
from protocyte.design.late_onset.tite_crm import TITECRM
from protocyte.design.late_onset.tite_keyboard import TITEKeyboard
from protocyte.design.model_based.crm import CRM
from protocyte.design.toxicity.keyboard import Keyboard
from protocyte.design.toxicity.rolling_six import RollingSix
from protocyte.simulation.calendar import Calendar
from protocyte.simulation.calendar_characteristics import simulate_calendar

TRUTH = Scenario((0.05, 0.15, 0.30, 0.45, 0.60), (0.1, 0.3, 0.4, 0.5, 0.6), name="A")
GAP, WINDOW, STAGGER = 10.0, 28.0, 7.0
CALENDAR = Calendar(gap=GAP, window=WINDOW, response_window=56, stagger=(STAGGER,))
HALF = Suspension(0.5, None, None)


SIZE = 3


def plain_trial(design: BOIN, rng: np.random.Generator) -> list[int]:
    """Run one TITE-BOIN trial (imputation, half may be pending) in plain Python."""
    truth = TRUTH.tox or ()
    table, low, high, p = design.decision_table, design.lambda_e, design.lambda_d, design.target
    starts: list[list[float]] = [[] for _ in truth]
    known: list[list[tuple[float, bool]]] = [[] for _ in truth]
    dose, now, arrival = 0, 0.0, 0.0
    for cohort in range(design.cohorts):
        while cohort:
            at = known[dose]
            n, tox = len(at), sum(dlt and when <= now for when, dlt in at)
            closed = [
                j for j, people in enumerate(known)
                if people and sum(d and w <= now for w, d in people)
                >= table.eliminate[len(people) - 1]
            ]  # fmt: skip
            if closed and closed[0] == 0:
                return [len(people) for people in known]
            if closed and dose >= closed[0]:
                dose = closed[0] - 1
                break
            pending = [s for s, (when, _) in zip(starts[dose], at, strict=True) if when > now]
            c = len(pending)
            if c > 0.5 * n:
                now = min(when for people in known for when, _ in people if when > now)
                continue
            followed = sum((now - s) / WINDOW for s in pending)
            odds = (tox + p / 2) / (n - c - tox + 1 - p / 2)
            rate = (tox + odds * (c - followed)) / n
            ceiling = closed[0] if closed else len(truth)
            if rate <= low and (c == 0 or tox < p * n) and dose + 1 < ceiling:
                dose += 1
            elif rate >= high and (c == 0 or tox >= p * n) and dose > 0:
                dose -= 1
            break
        for k in range(SIZE):
            if cohort or k:
                arrival = max(now, arrival) if k == 0 else arrival + rng.exponential(GAP)
            now = max(arrival, now + STAGGER if k else arrival)
            dlt = rng.random() < truth[dose]
            starts[dose].append(now)
            known[dose].append((now + (WINDOW * rng.random() if dlt else WINDOW), bool(dlt)))
            arrival = now
        arrival = now + rng.exponential(GAP)
        now = arrival
    return [len(people) for people in known]


def measure(run: Callable[[], object], *, repeats: int) -> tuple[float, float]:
    """Run a job once to warm up, then time it: median and best, in seconds of this process."""
    run()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), min(seconds)


def jobs() -> dict[str, tuple[Design, int]]:
    """Return designs and how many trials each is timed with."""
    boin = BOIN(target=0.3, n_doses=5)
    crm = CRM(
        target=0.3, skeleton=(0.05, 0.12, 0.2, 0.3, 0.4), cohorts=30, cohort_size=1, coherent=False
    )
    return {
        "BOIN, complete outcomes": (boin, 1 << 17),
        "3+3, form C": (ThreePlusThree(5, "C"), 1 << 17),
        "TITE-BOIN, imputation": (TITEBOIN(boin, WINDOW, HALF), 1 << 17),
        "TITE-BOIN, effective sample size": (
            TITEBOIN(boin, WINDOW, Suspension(None, 2, None), method="effective sample size"),
            1 << 17,
        ),
        "TITE-Keyboard": (
            TITEKeyboard(Keyboard(target=0.3, n_doses=5), WINDOW, Suspension(0.5, 2, None)),
            1 << 17,
        ),
        "rolling six": (RollingSixInTime(RollingSix(5), WINDOW), 1 << 17),
        "BF-BOIN": (BFBOIN(boin, WINDOW), 1 << 16),
        "TITE-BOIN12": (TITEBOIN12(BOIN12(5), WINDOW, 56, HALF), 1 << 16),
        "BOIN12, complete, asked": (BOIN12(5), 1 << 16),
        "TITE-CRM, cohorts of 1": (TITECRM(crm, WINDOW, Suspension(None, None, None)), 1 << 15),
    }


def prove(design: BOIN, trials: int) -> float:
    """Return the peer's trials a second; stop unless it gives the same participants."""
    late = TITEBOIN(design, WINDOW, HALF)
    calendar = Calendar(gap=GAP, window=WINDOW, stagger=(STAGGER,))
    found = simulate_calendar(late, [TRUTH], calendar, trials=100_000, rng=np.random.default_rng(1))
    rng = np.random.default_rng(2)
    start = time.process_time()
    counts = np.array([plain_trial(design, rng) for _ in range(trials)])
    seconds = time.process_time() - start
    spread = found.errors["participants"][0] * np.sqrt(100_000 / trials)
    worst = float(np.abs((counts.mean(axis=0) - found.participants[0]) / spread).max())
    if worst > 5:
        raise SystemExit(f"the peer is {worst:.1f} standard errors off: nothing was timed")
    return trials / seconds


def main() -> None:
    """Print the timings."""
    quick = "--quick" in sys.argv[1:]
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, numba {numba.__version__}, load before {os.getloadavg()[0]:.2f}"
    )
    peer = prove(BOIN(target=0.3, n_doses=5), 400 if quick else 2_000)
    print(f"{'TITE-BOIN in plain Python':36s} {peer:12,.0f} trials a second a core")
    rates = {}
    for name, (design, most) in jobs().items():
        trials = most // 8 if quick else most

        def run(design: Design = design, trials: int = trials) -> object:
            return simulate_calendar(
                design, [TRUTH], CALENDAR, trials=trials, rng=np.random.default_rng(3)
            )

        median, best = measure(run, repeats=3 if quick else 5)
        rates[name] = trials / median
        print(
            f"{name:36s} {trials / median:12,.0f} trials a second a core (median), "
            f"{trials / best:,.0f} (best), {trials:,} trials"
        )
    print(f"TITE-BOIN: {rates['TITE-BOIN, imputation'] / peer:.0f} times the plain loop")
    print(f"load after {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
