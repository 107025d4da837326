"""Junk given to every public constructor is refused in a sentence, or makes a design that works.

Nothing but `DesignError` and `OutcomeError` comes out, and nothing hangs.
"""

import dataclasses
import math
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import protocyte.design as room
from protocyte.design import (
    BLRM,
    BOIN,
    BOIN12,
    BOINET,
    BOP2,
    BOP2FE,
    CRM,
    MTPI,
    MTPI2,
    TEPI,
    TOP,
    UBOIN,
    AllOf,
    AnyOf,
    BayesianArm,
    BetaMixture,
    BivariateNormal,
    BOINETLimits,
    Boundary,
    Cap,
    CombinationBOIN,
    Delivery,
    Design,
    EffTox,
    EffToxPrior,
    EnoughAtDose,
    EnoughTreated,
    FixedSample,
    FlemingTwoStage,
    I3Plus3,
    IncreaseLimit,
    IntervalTable,
    JointBOP2,
    Keyboard,
    LeastAtSelected,
    LetterTable,
    MostAtDose,
    NearTarget,
    NoSkipping,
    Outcomes,
    Precise,
    PredictiveArm,
    RollingSix,
    SafetyMonitor,
    SafetyStop,
    Scenario,
    SimonTwoStage,
    SingleStage,
    Staying,
    StopAfter,
    StoppingBoundary,
    StopWhen,
    TableDesign,
    ThreePlusThree,
    Titration,
    TooToxic,
    TradeOff,
)
from protocyte.errors import DesignError, OutcomeError

INSIDE: Final = BOIN(target=0.3, n_doses=3, cohorts=4)
FLAT: Final = BetaMixture.beta(1, 1)
RULE: Final = StoppingBoundary((5, 10), (3, 5))
GRID: Final = {"cohorts": 4, "cohort_size": 3, "start_dose": 1}
INTERVAL: Final = {
    "target": 0.3, "n_doses": 3, **GRID, "certainty": 0.95, "close_from": 3, "extra_safe": 0.05,
    "early_stop": 9, "early_stop_when": "staying",
}  # fmt: skip
EQUIVALENCE: Final = {**INTERVAL, "margin_below": 0.05, "margin_above": 0.05}
BENEFIT: Final = {"toxicity_certainty": 0.95, "futility_certainty": 0.9}
EFFTOX_PRIOR: Final[dict[str, Any]] = {
    "tox_intercept": (-7.9, 3.5), "tox_slope": (1.5, 3.5), "eff_intercept": (0.7, 2.5),
    "eff_slope": (3.4, 2.4), "eff_curvature": (0.0, 0.2), "association": (0.0, 1.0),
}  # fmt: skip
CONTOUR: Final[dict[str, Any]] = {
    "least_response": 0.5,
    "middle": (0.7, 0.25),
    "most_toxicity": 0.65,
}
CURVE: Final = {"looks": (10, 20), "p0": 0.2, "cutoff": 0.8, "shape": 1.0, "p1": 0.4}

SOUND: Final[dict[type, dict[str, Any]]] = {
    BLRM: {
        "doses": (1.0, 2.0, 3.0), "reference": 3.0, **GRID,
        "prior": BivariateNormal((-0.85, 0.0), (1.0, 1.0)), "target_interval": (0.2, 0.35),
        "overdose_limit": 0.25, "at_the_limit": "too toxic", "one_level_up": True,
        "largest_increase": 2.0, "negligible": 0.05, "least_at_mtd": 6, "least_on_target": 0.5,
        "stop_when_declared": True,
    },
    BOIN: {
        **INTERVAL, "too_low": 0.18, "too_high": 0.42, "bound_mtd": True,
        "adjusted": "de-escalate at 2 of 6",
    },
    BOIN12: {
        "n_doses": 3, "toxicity_limit": 0.35, "efficacy_floor": 0.25, **GRID, **BENEFIT,
        "utilities_of": (100, 40, 60, 0), "early_stop": 12, "explore_from": 9,
        "enough_to_stay": 6, "select_by": "mean utility",
    },
    BOINET: {
        "n_doses": 3, "toxicity_target": 0.3, "efficacy_target": 0.6, "too_safe": 0.03,
        "too_toxic": 0.42, "too_weak": 0.36, **GRID, "early_stop": 9, **BENEFIT,
        "limits": BOINETLimits(0.14, 0.35, 0.48), "reading": "package", "tied": "random",
        "conduct": "careful", "select_by": "response", "scores": (100, 40, 60, 0),
    },
    BOP2: {**CURVE, "counted": "eff"},
    BOP2FE: {**CURVE, "efficacy_shape": 1.0},
    CRM: {
        "target": 0.3, "skeleton": (0.1, 0.2, 0.3), "model": "empiric", "intercept": 3.0,
        "prior_sd": 1.0, "prior": None, "estimate": "plug-in", **GRID, "coherent": True,
        "no_skipping": True,
    },
    MTPI: EQUIVALENCE,
    MTPI2: EQUIVALENCE,
    TEPI: {
        "n_doses": 3, "toxicity_target": 0.2, "efficacy_floor": 0.4, **GRID, "early_stop": 9,
        "toxicity_cuts": (0.15, 0.25, 0.35), "efficacy_cuts": (0.25, 0.45, 0.65),
        "moves": ("EEEE", "EEES", "DSSS", "DDDD"), "toxicity_certainty": 0.95,
        "futility_chance": 0.3, "harmless": (0.15, 0.4), "useful": (0.3, 0.6),
        "estimate": "plug-in",
    },
    TOP: {**CURVE, "window": 30.0},
    UBOIN: {
        "n_doses": 3, "toxicity_limit": 0.3, "efficacy_floor": 0.2, "margin": 0.05, **BENEFIT,
        "utilities_of": (100, 40, 60, 0), "stage_one": 6, "stage_two": 12, **GRID,
        "prior": (0.25, 0.25, 0.25, 0.25), "next_dose": "best", "candidates": "tried",
    },
    AllOf: {"parts": (Staying(),)},
    AnyOf: {"parts": (Staying(),)},
    BOINETLimits: {"lambda_1": 0.14, "lambda_2": 0.35, "eta_1": 0.48},
    BayesianArm: {
        "looks": (10, 20), "prior": FLAT, "reference": 0.2, "certainty": 0.9, "futility": 0.1,
        "efficacy": 0.99, "margin": 0.0, "futility_margin": 0.1, "p0": 0.2, "p1": 0.4,
    },
    BetaMixture: {"components": ((1.0, 1.0, 1.0),)},
    BivariateNormal: {"mean": (0.0, 0.0), "sd": (1.0, 1.0), "correlation": 0.1},
    Boundary: {"looks": (10, 20), "low": (1, 5), "high": (11, 6)},
    Cap: {"parent": INSIDE, "participants": 9},
    CombinationBOIN: {
        "doses": 2, "regimens": 2, "target": 0.3, "cohorts": 4, "cohort_size": 3,
        "start_at": (1, 1), "too_low": 0.18, "too_high": 0.42, "certainty": 0.95,
        "early_stop": 9, "tied": "random", "rounded": True, "closes": "no lower",
        "names": ("a", "b", "c", "d"),
    },
    Delivery: {
        "received": ((1.0, 0.0), (0.5, 0.5)), "infused": (0.9, 0.9), "apheresed": 0.9,
        "evaluable": 0.9, "counted": "received", "replaced": "nobody",
    },
    EffTox: {
        "doses": (1.0, 2.0, 4.0), "prior": EffToxPrior(**EFFTOX_PRIOR), **GRID,
        "trade_off": TradeOff(**CONTOUR), "toxicity_limit": 0.3, "efficacy_floor": 0.5,
        "toxicity_certainty": 0.1, "efficacy_certainty": 0.1, "reach": "any",
    },
    EffToxPrior: EFFTOX_PRIOR,
    EnoughAtDose: {"participants": 3},
    EnoughTreated: {"participants": 3},
    FixedSample: {"participants": 10, "features": ("n", "tox")},
    FlemingTwoStage: {"r1": 1, "a": 5, "n1": 10, "r": 5, "n": 29, "p0": 0.1, "p1": 0.3},
    I3Plus3: EQUIVALENCE,
    IncreaseLimit: {"parent": INSIDE, "doses": (1e6, 2e6, 3e6), "increase": 1.0},
    IntervalTable: {
        "escalate": (0, 0, 0), "de_escalate": (1, 1, 2), "eliminate": (2, 3, 3),
        "stop_lowest": (2, 3, 3),
    },
    JointBOP2: {
        "looks": (10, 20), "eff0": 0.2, "tox0": 0.4, "cutoff": 0.8, "shape": 1.0,
        "fails": "either", "eff1": 0.4, "tox1": 0.2,
    },
    Keyboard: {**EQUIVALENCE, "edges": "drop"},
    LeastAtSelected: {"parent": INSIDE, "participants": 6},
    LetterTable: {"rows": ((1, ("E", "D")), (2, ("E", "S", "D")))},
    MostAtDose: {"parent": INSIDE, "participants": 6},
    NearTarget: {"low": 0.2, "high": 0.4, "certainty": 0.5},
    NoSkipping: {"parent": INSIDE},
    Outcomes: {
        "n": (3, 3), "tox": (0, 1), "eff": (1, 1), "both": (0, 0), "dose": 2, "last": (3, 1, 1, 0)
    },
    Precise: {"width": 0.4, "level": 0.9},
    PredictiveArm: {
        "looks": (10, 20), "p0": 0.2, "prior": FLAT, "certainty": 0.9, "futility": 0.05,
        "efficacy": 0.95, "p1": 0.4,
    },
    RollingSix: {"n_doses": 3, "cohort_size": 3, "start_dose": 1, "five_clean": "wait"},
    SafetyMonitor: {"rule": RULE, "planned": 10, "p0": 0.2, "p1": 0.1},
    SafetyStop: {"parent": SimonTwoStage(1, 10, 5, 29), "boundary": RULE},
    Scenario: {"tox": (0.1, 0.2), "eff": (0.1, 0.2), "both": (0.05, 0.05), "name": "one"},
    SimonTwoStage: {"r1": 1, "n1": 10, "r": 5, "n": 29, "p0": 0.1, "p1": 0.3},
    SingleStage: {"r": 5, "n": 25, "p0": 0.1, "p1": 0.3},
    StopAfter: {"parent": INSIDE, "participants_at_dose": 6, "when": "always"},
    StopWhen: {"parent": INSIDE, "condition": Staying()},
    StoppingBoundary: {"looks": (5, 10), "stop_from": (3, 5)},
    TableDesign: {
        "decision_table": IntervalTable((0,) * 40, (2,) * 40, (3,) * 40), "target": 0.3,
        "n_doses": 3, **GRID, "early_stop": 6, "early_stop_when": "staying", "rate_limit": 0.4,
    },
    ThreePlusThree: {"n_doses": 3, "form": "B", "start_dose": 1},
    Titration: {"parent": INSIDE, "up_to": 2},
    TooToxic: {"certainty": 0.9, "limit": 0.3, "at": "lowest", "least": 1},
    TradeOff: CONTOUR,
}  # fmt: skip
"""Every constructor with sound settings."""

ANSWERS: Final = {
    "AdmissibleDesign", "Branch", "Characteristics", "Decision", "DecisionNode", "DecisionRow",
    "HalfWidth", "MonitoringOutlook", "Selection", "StagewiseEstimate", "Start", "States", "Steps",
    "TopVerdict", "Staying",
}  # fmt: skip
"""What designs answer, or what has no settings: made by the project alone."""

HUGE: Final = (10**400, 10**9, 10**5, -(10**9), 1e300, 1e-300)
NAN, INF = math.nan, math.inf
JUNK: Final[tuple[Any, ...]] = (
    NAN, INF, -INF, 0, -1, -0.5, 0.5, 2.5, *HUGE, "x", "", b"x", 1j, None, True, {}, [], set(),
    (), (NAN,), (NAN,) * 2, (INF,) * 3, (NAN,) * 4, ("a", "b", "c"), (0,) * 3, (-1,) * 3, (1, 2),
    (10**9,) * 3, ((),), ((NAN, NAN, NAN),), (None,), object(), int,
)  # fmt: skip


def _use(kind: type, settings: dict[str, Any]) -> None:
    """Make it and, if it is a design, ask it; what is refused is refused in a sentence."""
    refused = ""
    try:
        made = kind(**settings)
        if not isinstance(made, Design) or made.n_doses > 100:
            return
        nobody = Outcomes.none(made.n_doses)
        first = made.decide(nobody)
        assert first.dose is not None
        assert 1 <= first.size <= made.planned
        if first.size <= 100:
            made.decide(nobody.after(first.dose, n=first.size, tox=0, eff=0, both=0))
    except (DesignError, OutcomeError) as error:
        refused = str(error)
    assert not refused or (len(refused) > 20 and refused.endswith("."))


def test_every_public_constructor_is_tried() -> None:
    public = {
        name
        for name in room.__all__
        if isinstance(getattr(room, name), type) and dataclasses.is_dataclass(getattr(room, name))
    }
    assert public - ANSWERS == {kind.__name__ for kind in SOUND}


@pytest.mark.parametrize("kind", SOUND, ids=lambda kind: kind.__name__)
def test_one_setting_is_junk(kind: type) -> None:
    sound = SOUND[kind]
    kind(**sound)
    for name in sound:
        for junk in JUNK:
            _use(kind, {**sound, name: junk})


@pytest.mark.parametrize("kind", SOUND, ids=lambda kind: kind.__name__)
def test_no_setting_is_a_thing_of_no_kind(kind: type) -> None:
    for name in SOUND[kind]:
        for junk in (object(), 1j, {}):
            with pytest.raises((DesignError, OutcomeError), match=f"{name} is "):
                kind(**{**SOUND[kind], name: junk})


NUMBER: Final = st.integers(-3, 40) | st.floats(-2, 2) | st.sampled_from((NAN, INF, *HUGE))
ANY: Final = NUMBER | st.text(max_size=3) | st.lists(NUMBER, max_size=4).map(tuple) | st.none()


@given(st.data())
def test_several_settings_are_junk(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(SOUND)))
    names = data.draw(st.lists(st.sampled_from(list(SOUND[kind])), min_size=1, unique=True))
    _use(kind, SOUND[kind] | {name: data.draw(ANY) for name in names})
