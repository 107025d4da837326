"""Predict what trials published: as many patients as they had, under many answers to what is open.

Every prediction draws the uncertain numbers of the model anew, then patients, then their luck, so
that its spread holds all three. One law: the same draws of the numbers meet every trial.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from protocyte.analysis.credibility import Prediction
from protocyte.errors import ProtocolError
from protocyte.kinetics.allogeneic import parameters, target
from protocyte.kinetics.allogeneic.course import Course
from protocyte.kinetics.parameter import Floats
from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
from protocyte.protocol.endpoint import ResponderEndpoint, ResponseEndpoint
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.product import Product
from protocyte.protocol.rehearsal import parse_rehearsal
from protocyte.simulation.calibration.result import load_calibration
from protocyte.simulation.credibility.published import TARGETS, TRIALS, Published, Trial
from protocyte.simulation.population.draw import sample_patients
from protocyte.simulation.population.follow import simulate_course
from protocyte.simulation.population.outcome.judge import judge_outcomes
from protocyte.simulation.population.outcome.response import find_question
from protocyte.simulation.population.outcome.table import Outcomes
from protocyte.simulation.population.sensitivity import find_uncertain
from protocyte.simulation.population.setting import Arm

DRAWS: Final = 200
"""Predictions of every trial."""
_DAYS: Final = np.array([7.0, 14.0, 28.0, 42.0, 90.0])
_WITHOUT: Final = 400.0
_MONTH, _SIX_WEEKS, _QUARTER, _FORTNIGHT = 28.0, 42.0, 90.0, 14.0
_SEVERE, _SECOND = 3, 2
_FEWEST: Final = 20
_SPARE: Final = 10


def _on(day: float, _: Outcomes, course: Course) -> Floats:
    """CAR-T cells in blood on a day [cells/µL]."""
    return course.car_per_ul[:, int(np.flatnonzero(course.days == day)[0])]


Look = Callable[[Outcomes, Course], Floats]

RESULTS: Final[dict[str, Look]] = {
    "response": lambda o, _: o.responds.astype(float),
    "complete response": lambda o, _: o.complete.astype(float),
    "CRS": lambda o, _: (o.crs > 0).astype(float),
    "CRS of grade 3 or more": lambda o, _: (o.crs >= _SEVERE).astype(float),
    "ICANS": lambda o, _: (o.icans > 0).astype(float),
    "GvHD": lambda o, _: (o.gvhd > 0).astype(float),
    "GvHD of grade 2 or more": lambda o, _: (o.gvhd >= _SECOND).astype(float),
    "CAR-T cells gone by day 28": lambda o, _: (_last(o) < _MONTH).astype(float),
    "CAR-T cells beyond day 42": lambda o, _: (_last(o) > _SIX_WEEKS).astype(float),
    "CAR-T cells beyond month 3": lambda o, _: (_last(o) > _QUARTER).astype(float),
    "B cells gone within 2 weeks": lambda _, c: (c.summary["fall_day"] <= _FORTNIGHT).astype(float),
    "median day of the peak": lambda o, _: o.peak_day,
    "median first day of CRS": lambda o, _: o.crs_day,
    "median day B cells return": lambda _, c: _returned(c),
    **{f"median CAR-T cells on day {day:g}": partial(_on, day) for day in (7.0, 14.0, 28.0, 90.0)},
}
"""What may be looked at; medians are of the patients who have it."""


def simulate_targets(
    *,
    draws: int = DRAWS,
    rng: np.random.Generator,
    tick: Callable[[int], None] | None = None,
) -> list[tuple[Published, Prediction]]:
    """Simulate every published trial many times, and look at what it published.

    Parameters
    ----------
    draws : int
        How many times [1], from 20.
    rng : numpy.random.Generator
        Where chance comes from.
    tick : callable, optional
        Called with the number of trials just finished.

    Returns
    -------
    list of (Published, Prediction)
        Targets in order, each with the distribution of what the model expects to see.

    Raises
    ------
    ProtocolError
        If there are too few draws for an interval.

    Examples
    --------
    >>> simulate_targets(draws=2, rng=np.random.default_rng(1))
    Traceback (most recent call last):
    protocyte.errors.ProtocolError: 2 draws give no interval; ask for at least 20
    """
    if draws < _FEWEST:
        raise ProtocolError(f"{draws} draws give no interval; ask for at least {_FEWEST}")
    numbers, patients = rng.spawn(2)
    sets = _sample_numbers(draws, numbers)
    seen: dict[Published, list[float]] = {one: [] for one in TARGETS}
    for name, trial in TRIALS.items():
        asked = [one for one in TARGETS if one.trial == name]
        arm = _arm(name, trial)
        # A median may leave out half of the patients; enough must be left.
        n = max(one.n if one.is_count else 2 * one.n + _SPARE for one in asked)
        for values in sets:
            outcomes, course = _follow(arm, trial, values, n, patients.spawn(1)[0])
            for one in asked:
                seen[one].append(_look(one, RESULTS[one.result](outcomes, course)))
            if tick:
                tick(1)
    return [
        (one, Prediction.of(np.array(seen[one]), one.value, whole=one.is_count)) for one in TARGETS
    ]


def _sample_numbers(draws: int, rng: np.random.Generator) -> list[dict[str, float]]:
    """Draw the uncertain numbers of the model: from ranges, rejection from its calibration."""
    names = [
        one.name
        for one in (*parameters.PARAMETERS, *target.PARAMETERS)
        if one.spread is not None and one.spread.kind == "range"
    ]
    shares = rng.random((draws, len(names)))
    fitted = load_calibration().rejection["draws"]
    chosen = rng.integers(0, len(fitted["t_rejection"]), draws)
    return [
        {f"share {name}": float(share) for name, share in zip(names, row, strict=True)}
        | {name: float(fitted[name][place]) for name in ("t_rejection", "sd_t_rejection")}
        for row, place in zip(shares, chosen, strict=True)
    ]


def _arm(name: str, trial: Trial) -> Arm:
    """Make the protocol of a published trial from a small example."""
    plan = parse_protocol(EXAMPLE).plan
    assert plan is not None
    rehearsal = parse_rehearsal(REHEARSAL, protocol=plan).plan
    assert rehearsal is not None
    product = Product(
        name=name, donor=trial.donor, cars=trial.cars, edits=trial.edits, armour=trial.armour,
        selection="receptor-positive cells removed" if trial.selected else None,
    )  # fmt: skip
    endpoint: ResponseEndpoint | ResponderEndpoint
    if trial.instrument is not None:
        endpoint = ResponderEndpoint.model_validate(
            {"measure": "responder", "instrument": trial.instrument, "at": ["Month 3"]}
        )
    else:
        counted = {"lymphoma": ["CR", "PR"], "myeloma": ["CR", "VGPR", "PR"]}
        endpoint = ResponseEndpoint.model_validate(
            {
                "measure": "response rate",
                "criteria": "as reported",
                "responders": counted.get(trial.disease, ["CR", "CRh", "CRi", "PR"]),
                "until": trial.until,
            }
        )
    endpoints = plan.endpoints.model_copy(update={"secondary": {"response": endpoint}})
    scales = plan.safety.scales.model_copy(update={"crs": trial.scale})
    biology = rehearsal.biology.model_copy(
        update={
            "disease": trial.disease,
            "lymphodepletion": trial.depth,
            "expansion": trial.expansion,
        }
    )
    return Arm(
        name,
        plan.model_copy(
            update={
                "product": product,
                "endpoints": endpoints,
                "safety": plan.safety.model_copy(update={"scales": scales}),
            }
        ),
        rehearsal.model_copy(update={"biology": biology}),
    )


def _typical(arm: Arm, trial: Trial, values: Mapping[str, float]) -> dict[str, float]:
    """Give the numbers of one draw to a trial; its own kinetics stay its own."""
    given = {k: v for k, v in values.items() if not k.startswith("share ")}
    for one in find_uncertain(arm):
        name = one.parameter.name
        if name not in given:
            given[name] = float(one.at(np.asarray(values[f"share {name}"])))
    if trial.kinetics == "Lichtenstein2021":
        # The calibrated course knows no antigen term: the peak is what was measured.
        given |= load_calibration().typical | {"antigen_half": 1.0}
    if trial.kinetics == "Kimmel2021":
        # 6 host cells/µL at infusion, and the dose of the paper, all of it engrafting.
        given |= {"t_left": 0.012, "viable": 1.0}
    return given


def _follow(
    arm: Arm, trial: Trial, values: Mapping[str, float], n: int, rng: np.random.Generator
) -> tuple[Outcomes, Course]:
    """Follow the patients of one prediction."""
    changed = arm.with_typical(_typical(arm, trial, values))
    drawn = sample_patients(
        n,
        disease=trial.disease,
        patients=arm.rehearsal.patients,
        typical=changed.typical,
        rng=rng,
    )
    dose = drawn.weight * trial.dose if trial.per_kg else np.full(n, trial.dose)
    setting = replace(changed.set(drawn.weight), dose=dose)
    days = np.union1d(_DAYS, find_question(arm.plan).days)
    course = simulate_course(setting, drawn, days=days)
    return judge_outcomes(drawn, course, changed, setting), course


def _look(one: Published, values: Floats) -> float:
    """Look at as many patients as the trial had: a count, or a median."""
    if one.is_count:
        return float(np.sum(values[: one.n]))
    known = values[np.isfinite(values)][: one.n]
    return float(np.median(known)) if known.size else float("nan")


def _last(outcomes: Outcomes) -> Floats:
    return np.nan_to_num(outcomes.last_seen)


def _returned(course: Course) -> Floats:
    """Day on which B cells are back, of those who lost them; late if not within the year."""
    day = np.where(np.isnan(course.summary["relapse_day"]), _WITHOUT, course.summary["relapse_day"])
    return np.where(np.isnan(course.summary["fall_day"]), np.nan, day)


def find_summary_counts(found: Sequence[tuple[Published, Prediction]]) -> dict[str, dict[str, int]]:
    """Count, by mark, how many targets lie in the intervals.

    Parameters
    ----------
    found : sequence of (Published, Prediction)
        Targets and predictions.

    Returns
    -------
    dict of str to dict of str to int
        For each mark the number of targets, and of those in the 50 % and in the 90 % interval
        [1].

    Examples
    --------
    >>> hit = Prediction.of(np.arange(11.0), 5.0, whole=True)
    >>> find_summary_counts([(TARGETS[0], hit)])
    {'predicted': {'targets': 1, 'in 50 %': 1, 'in 90 %': 1}}
    """
    counts: dict[str, dict[str, int]] = {}
    for one, prediction in found:
        row = counts.setdefault(one.mark, {"targets": 0, "in 50 %": 0, "in 90 %": 0})
        row["targets"] += 1
        row["in 50 %"] += prediction.in_half
        row["in 90 %"] += prediction.in_most
    return counts
