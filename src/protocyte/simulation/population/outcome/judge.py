"""Judge every outcome of virtual patients from their courses.

One law: nothing is drawn here; all luck was dealt with the patients.
"""

import numpy as np
from scipy.special import ndtr

from protocyte.kinetics.allogeneic.assemble import Setting
from protocyte.kinetics.allogeneic.course import Course
from protocyte.kinetics.allogeneic.parameters import PARAMETERS
from protocyte.kinetics.kimmel_2021_course import CELLS_PER_UL
from protocyte.kinetics.parameter import Floats
from protocyte.simulation.population.draw import Draw
from protocyte.simulation.population.outcome import response
from protocyte.simulation.population.outcome.crs import (
    find_count_scale,
    find_crs_days,
    find_crs_model,
    judge_crs,
)
from protocyte.simulation.population.outcome.cytopenia import find_neutrophils
from protocyte.simulation.population.outcome.gvhd import PARAMETERS as GVHD
from protocyte.simulation.population.outcome.gvhd import find_gvhd_day, find_gvhd_risk, judge_gvhd
from protocyte.simulation.population.outcome.icans import PARAMETERS as ICANS
from protocyte.simulation.population.outcome.icans import find_icans_day, judge_icans
from protocyte.simulation.population.outcome.relapse import (
    PROGRESSION,
    find_death,
    find_relapse,
    find_targets,
)
from protocyte.simulation.population.outcome.table import Flags, Grades, Outcomes
from protocyte.simulation.population.outcome.toxicity import Episode, judge_toxicity
from protocyte.simulation.population.setting import Arm
from protocyte.simulation.safety import Watch
from protocyte.standards.icaht_2023 import grade_early_icaht


def judge_outcomes(drawn: Draw, course: Course, arm: Arm, setting: Setting) -> Outcomes:
    """Judge every outcome of virtual patients.

    Parameters
    ----------
    drawn : Draw
        The patients and their luck.
    course : Course
        What became of their cells; the day of response is among its days.
    arm : Arm
        The protocol, whose words define response and dose-limiting toxicity.
    setting : Setting
        What the trial fixed for them.

    Returns
    -------
    Outcomes
        A line a patient.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> from protocyte.simulation.population.follow import simulate_patients
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> arm = Arm("example", plan, parse_rehearsal(REHEARSAL, protocol=plan).plan, level=1)
    >>> simulate_patients(arm, 3, rng=np.random.default_rng(1)).outcomes.solved.tolist()
    [True, True, True]
    """
    luck, found = drawn.luck, course.summary
    solved = course.is_solved
    peak = np.where(solved, found["peak"], 0.0) / CELLS_PER_UL
    il6 = _il6(drawn, course)
    counted = peak * find_count_scale(drawn.values["copies_per_cell"])
    crs = judge_crs(find_crs_model(arm.plan.safety.scales.crs), counted, il6, luck["crs"])
    crs_day, crs_lasting = find_crs_days(
        np.maximum(found["peak_day"], 1.0), luck["onset"], luck["lasting"]
    )
    icans = judge_icans(crs, luck["icans"])
    icans_day = find_icans_day(crs_day)
    gvhd = judge_gvhd(
        find_gvhd_risk(
            setting.terms,
            _cells(drawn, setting),
            drawn.weight * drawn.values["receptor_most"],
            drawn.values["gvhd_rate"],
        ),
        luck["gvhd"],
    )
    gvhd_day = find_gvhd_day(luck["gvhd onset"])
    episodes = {
        "CRS": Episode(crs, crs_day, crs_lasting),
        "ICANS": Episode(icans, icans_day, np.array(ICANS["lasting"].value)),
        "GvHD": Episode(gvhd, gvhd_day, np.array(GVHD["lasting"].value)),
    }
    responds, complete = _response(drawn, course, arm, setting)
    relapse_day, kind = _relapse(drawn, course, arm, setting)
    leukaemia = arm.rehearsal.leukaemia
    return Outcomes(
        solved=solved,
        peak=peak,
        peak_day=found["peak_day"],
        last_seen=found["last_seen"],
        auc_28=found["auc_28"] / CELLS_PER_UL,
        il6_peak=il6,
        crs=_known(solved, crs),
        crs_day=np.where(crs > 0, crs_day, np.nan),
        crs_lasting=np.where(crs > 0, crs_lasting, np.nan),
        icans=_known(solved, icans),
        icans_day=np.where(icans > 0, icans_day, np.nan),
        gvhd=_known(solved, gvhd),
        gvhd_day=np.where(gvhd > 0, gvhd_day, np.nan),
        icaht=_known(solved, grade_early_icaht(_neutrophils(drawn, course, arm, setting))),
        responds=responds & solved,
        complete=complete & solved,
        relapse_day=relapse_day,
        relapse_kind=kind,
        death_day=find_death(
            relapse_day,
            leukaemia.death_median.nominal_days if leukaemia else None,
            luck["death"],
        ),
        toxic=_toxic(arm, episodes, luck["event"]) & solved,
    )


def _il6(drawn: Draw, course: Course) -> Floats:
    """Peak of IL-6 [pg/mL]; its base where a course could not be solved."""
    above = np.where(course.is_solved, course.summary["i_peak"], 0.0)
    return np.asarray(above + drawn.values["i_base"])


def _known(solved: Flags, grade: Grades) -> Grades:
    """Take back the grade of a patient whose course could not be solved."""
    return np.where(solved, grade, -1).astype(np.int8)


def _neutrophils(
    drawn: Draw, course: Course, arm: Arm, setting: Setting, days: Floats | None = None
) -> Floats:
    """Neutrophils on some days, of days 0 to 30 by default [cells/µL]."""
    return find_neutrophils(
        arm.rehearsal,
        setting.depth,
        il6=_il6(drawn, course),
        peak_day=course.summary["peak_day"],
        luck=drawn.luck["cytopenia"],
        days=days,
    )


def _cells(drawn: Draw, setting: Setting) -> Floats:
    """Cells infused; the reference dose where no source gives one."""
    if setting.dose is None:
        return np.full(drawn.size, PARAMETERS["dose_reference"].value)
    return np.broadcast_to(np.asarray(setting.dose, float), (drawn.size,))


def _response(drawn: Draw, course: Course, arm: Arm, setting: Setting) -> tuple[Flags, Flags]:
    """Whether the response that the protocol counts was reached, and complete remission."""
    asked = response.find_question(arm.plan)
    at = np.searchsorted(course.days, asked.days)
    if setting.target.growth is None:
        return _lupus(drawn, course.activity[:, at], arm, asked)
    total = course.target[:, at] + course.escaped[:, at]
    start, full, fall = (
        np.broadcast_to(drawn.values[name], drawn.size)[:, np.newaxis]
        for name in ("burden", "burden_full_marrow", "remission_fall")
    )
    if setting.target.in_marrow:
        counts = _neutrophils(drawn, course, arm, setting, np.array(asked.days))
        rank = response.judge_leukaemia(total, start, full, counts, counts=asked.counts)
        ladder: tuple[str, ...] = response.LEUKAEMIA
        remission = ladder.index("CRi")
    else:
        rank = response.judge_mass(total, start, fall)
        ladder = response.MASS
        remission = ladder.index("CR")
    best = rank.max(axis=1)
    return best >= asked.least(ladder), best >= remission


def _lupus(
    drawn: Draw, activity: Floats, arm: Arm, asked: response.Question
) -> tuple[Flags, Flags]:
    """Whether the protocol's instrument says response of lupus, and remission."""
    score, clinical = response.find_sledai(arm.rehearsal.lupus, ndtr(drawn.luck["response"]))
    instrument = asked.counted[0] if asked.counted else "SRI-4"
    held = np.all if asked.maintained else np.any
    reached, quiet = (
        held(response.judge_lupus(one, activity, score[:, np.newaxis], clinical), axis=1)
        for one in (instrument, "DORIS")
    )
    return np.asarray(reached), np.asarray(quiet)


def _relapse(drawn: Draw, course: Course, arm: Arm, setting: Setting) -> tuple[Floats, Grades]:
    """Find day and kind of relapse; in lupus, the day on which SRI-4 is lost."""
    v, luck, days = drawn.values, drawn.luck, course.days
    since = response.find_question(arm.plan).days[0]
    if setting.target.growth is None:
        score, _ = response.find_sledai(arm.rehearsal.lupus, ndtr(luck["response"]))
        level = 1 - response.PARAMETERS["sri_fall"].value / score
        never = np.full(drawn.size, np.inf)
        none = np.zeros_like(course.activity)
        return find_relapse(
            days, course.activity, none, level=level, progression=never, since=since
        )
    if setting.target.in_marrow:
        level = v["remission_share"] * v["burden_full_marrow"]
    else:
        level = v["remission_fall"] * v["burden"]
    positive, negative = find_targets(
        days,
        course.target,
        extinct=course.extinction,
        founders=course.summary["founders"],
        growth=v["growth"],
        luck=(luck["extinction"], luck["relapse"]),
    )
    worse = np.maximum(PROGRESSION * v["burden"], level)
    return find_relapse(days, positive, negative, level=level, progression=worse, since=since)


def _toxic(arm: Arm, episodes: dict[str, Episode], luck: Floats) -> Flags:
    """Whether the protocol's definition of a dose-limiting toxicity is met."""
    plan = arm.plan
    definition = plan.dosing.dlt if plan.dosing else None
    if definition is None:
        return np.zeros(luck.shape, bool)
    own = plan.product.is_autologous
    others = tuple(
        truth for truth in arm.rehearsal.adverse_events if not (own and truth.allogeneic_only)
    )
    return judge_toxicity(Watch.of(definition, plan.schedule), episodes, others=others, luck=luck)
