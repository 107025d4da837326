"""Trials in calendar time against TITEgBOIN 0.4.0, dfcrm 0.2-2.1 (titesim) and bfboin 0.1.1.

Their conventions are set as theirs are; durations then agree too. Means and shares are compared by
their standard errors, |z| ≤ 4 each, and a root mean square of at most 1.5.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from protocyte.design import BOIN, Scenario
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.late_onset.backfill import BFBOIN
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin import TITEBOIN
from protocyte.design.late_onset.tite_crm import TITECRM
from protocyte.design.model_based.crm import CRM
from protocyte.design.model_based.skeleton import find_skeleton
from protocyte.simulation.calendar import Calendar, EventTimes
from protocyte.simulation.calendar_characteristics import simulate_calendar

pytestmark = pytest.mark.shared
TRIALS = 20_000
Run = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def runs(shared: Path) -> tuple[Run, dict[str, dict[str, str]]]:
    doses: Run = {}
    with (shared / "dosefinding/simulated/doses.csv").open() as file:
        for row in csv.DictReader(file):
            doses.setdefault(row["run"], []).append(row)
    with (shared / "dosefinding/simulated/runs.csv").open() as file:
        return doses, {row["run"]: row for row in csv.DictReader(file)}


def truth(rows: list[dict[str, str]]) -> Scenario:
    eff = [float(row["p_response"] or 0) for row in rows]
    return Scenario(tuple(float(row["p_dlt"]) for row in rows), tuple(eff))


def shares(found: Characteristics, rows: list[dict[str, str]], theirs: int) -> list[float]:
    """Return z of the selections of which at least ten are expected."""
    zs, ours = [], found.trials or 0
    for p, row in zip(found.selection[0], rows, strict=True):
        error = np.sqrt(p * (1 - p) * (1 / theirs + 1 / ours))
        if p * theirs >= 10:
            zs.append((float(row["select_pct"]) / 100 - p) / error)
    return zs


def means(found: Characteristics, rows: list[dict[str, str]], theirs: int) -> list[float]:
    """Return z of the participants and DLTs at each dose."""
    zs, ours = [], found.trials or 0
    for name, key in (("participants", "mean_n"), ("dlts", "mean_dlt")):
        values, errors = getattr(found, name)[0], found.errors[name][0]
        for value, error, row in zip(values, errors, rows, strict=True):
            spread = error * np.sqrt(ours) * np.sqrt(1 / theirs + 1 / ours)
            zs.append((float(row[key]) - value) / spread)
    return zs


def duration(found: Characteristics, run: dict[str, str], theirs: int) -> float:
    spread = found.calendar["duration_sd"][0] * np.sqrt(1 / theirs + 1 / (found.trials or 1))
    return float((float(run["duration_mean"]) - found.calendar["duration"][0]) / spread)


def judged(zs: list[float]) -> None:
    assert max(map(abs, zs)) <= 4
    assert np.sqrt(np.mean(np.square(zs))) <= 1.5


@pytest.mark.parametrize(
    ("name", "window", "a_month"),
    [
        ("titeboin-A-w1", 1, 3),
        ("titeboin-B-w1", 1, 3),
        ("titeboin-E-w1", 1, 3),
        ("titeboin-A-w3", 3, 2),
    ],
)
def test_tite_boin(runs: tuple[Run, dict[str, dict[str, str]]], name: str, window: int,
                   a_month: int) -> None:  # fmt: skip
    """Times in months. Who comes while it waits is lost; the next arrival asks again.

    TITEgBOIN selects with .005 where BOIN has .05, which moves few selections.
    """
    rows, run = runs[0][name], runs[1][name]
    design = TITEBOIN(
        BOIN(target=0.3, n_doses=5),
        window,
        Suspension(0.5, None, None, lowest_waits=True),
        method="effective sample size",
    )
    calendar = Calendar(gap=1 / a_month, window=window, no_place="leaves")
    found = simulate_calendar(
        design, [truth(rows)], calendar, trials=TRIALS, rng=np.random.default_rng(20261)
    )
    theirs = int(run["trials"])
    zs = means(found, rows, theirs) + shares(found, rows, theirs)
    judged([*zs, duration(found, run, theirs)])


@pytest.mark.parametrize("name", ["titecrm-A-1", "titecrm-A-2", "titecrm-E-2"])
def test_tite_crm(runs: tuple[Run, dict[str, dict[str, str]]], name: str) -> None:
    """One participant at a time, decided at each arrival, nobody waits, the first after a gap."""
    rows, run = runs[0][name], runs[1][name]
    skeleton = find_skeleton(0.05, target=0.3, prior_mtd=3, n_doses=5)
    parent = CRM(target=0.3, skeleton=skeleton, cohorts=30, cohort_size=1, coherent=False)
    calendar = Calendar(gap=7, window=28, first="after a gap", toxicity_times=EventTimes("uniform"))
    found = simulate_calendar(
        TITECRM(parent, 28, Suspension(None, None, None)),
        [truth(rows)],
        calendar,
        trials=4_000,
        rng=np.random.default_rng(20261),
    )
    theirs = int(run["trials"])
    zs = means(found, rows, theirs) + shares(found, rows, theirs)
    judged([*zs, duration(found, run, theirs)])


@pytest.mark.parametrize("name", ["bfboin-1", "bfboin-2", "bfboin-4"])
def test_bf_boin(runs: tuple[Run, dict[str, dict[str, str]]], name: str) -> None:
    """Known defects of bfboin 0.1.1: two are set as it has them, one limits what is compared.

    A response must be seen at the dose itself, and the cap is exceeded by one: settings. Its final
    counts leave out backfilled participants whose window ends after the last cohort's, so that
    participants are fewer there at the lower doses, and selections rest on a little less. Compared
    are the selections, and the participants of the two highest doses, which are hardly backfilled.
    """
    rows, run = runs[0][name], runs[1][name]
    escalation = BOIN(
        target=0.25,
        n_doses=5,
        early_stop=9,
        adjusted="stay at 1 of 3" if name == "bfboin-2" else None,
    )
    calendar = Calendar(
        gap=1 / 3, window=1, gaps="uniform", no_place="leaves", final="last outcome"
    )
    found = simulate_calendar(
        BFBOIN(escalation, 1, cap=13, response_at="dose"),
        [truth(rows)],
        calendar,
        trials=TRIALS,
        rng=np.random.default_rng(20261),
    )
    theirs = int(run["trials"])
    zs = means(found, rows, theirs)
    judged([*shares(found, rows, theirs), *zs[3:5]])
    fewer = found.total[0] - float(run["total_n"])
    assert 0 < fewer < 1.2
    assert abs(found.none[0] - float(run["none_pct"]) / 100) < 0.025
    # It ends with the last cohort's outcome, ours with the last backfilled one's.
    assert 0 < found.calendar["duration"][0] - float(run["duration_mean"]) < 0.3
