"""Builders of designs that say how many are treated at one dose."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from protocyte.design.monitoring.joint_calibration import find_joint_bop2
from protocyte.design.single_arm.arm import SingleArm
from protocyte.design.single_arm.bayesian import BayesianArm
from protocyte.design.single_arm.calibration import find_bop2, find_bop2_fe
from protocyte.design.single_arm.fleming import find_fleming_design
from protocyte.design.single_arm.mixture import BetaMixture
from protocyte.design.single_arm.predictive import PredictiveArm
from protocyte.design.single_arm.single_stage import FixedSample, find_single_stage
from protocyte.design.single_arm.top import TOP
from protocyte.design.single_arm.two_stage import find_simon_design
from protocyte.protocol.methods import sample as word

SampleBuilder: TypeAlias = Callable[[Any], SingleArm]
"""Takes a method's settings."""


def _simon(settings: word.Simon) -> SingleArm:
    return find_simon_design(
        settings.p0,
        settings.p1,
        alpha=settings.alpha,
        beta=1 - settings.power,
        kind=settings.kind,
    )


def _single_stage(settings: word.SingleStage) -> SingleArm:
    return find_single_stage(
        settings.p0,
        settings.p1,
        alpha=settings.alpha,
        beta=1 - settings.power,
        slack=settings.slack,
    )[0]


def _fleming(settings: word.Fleming) -> SingleArm:
    return find_fleming_design(
        settings.p0,
        settings.p1,
        alpha=settings.alpha,
        beta=1 - settings.power,
        kind=settings.kind,
        under=settings.under,
    )


def _bop2(settings: word.BOP2) -> SingleArm:
    return find_bop2(
        settings.p0,
        settings.p1,
        settings.looks,
        alpha=settings.alpha,
        power=settings.power,
        control=settings.alpha_control,
    )


def _bop2_fe(settings: word.BOP2FE) -> SingleArm:
    return find_bop2_fe(
        settings.p0,
        settings.p1,
        settings.looks,
        alpha=settings.alpha,
        power=settings.power,
        control=settings.alpha_control,
        method=settings.boundary,
    )


def _bop2_with_toxicity(settings: word.BOP2WithToxicity) -> SingleArm:
    return find_joint_bop2(
        (settings.p0, settings.p1),
        (settings.unacceptable, settings.acceptable),
        settings.looks,
        alpha=settings.alpha,
        power=settings.power,
        control=settings.alpha_control,
    )


def _top(settings: word.TOP) -> SingleArm:
    complete = find_bop2(
        settings.p0,
        settings.p1,
        settings.looks,
        alpha=settings.alpha,
        power=settings.power,
        control=settings.alpha_control,
    )
    return TOP(
        settings.looks,
        p0=settings.p0,
        cutoff=complete.cutoff,
        shape=complete.shape,
        window=settings.window.nominal_days,
        p1=settings.p1,
    )


def _predictive(settings: word.Predictive) -> SingleArm:
    return PredictiveArm(
        settings.looks,
        p0=settings.p0,
        prior=_mixture(settings.prior),
        certainty=settings.certainty,
        futility=settings.futility,
        efficacy=settings.efficacy,
        p1=settings.p1,
    )


def _bayesian(settings: word.BayesianArm) -> SingleArm:
    control = None if settings.control is None else _mixture(settings.control)
    return BayesianArm(
        settings.looks,
        prior=_mixture(settings.prior),
        reference=settings.p0 if control is None else control,
        certainty=settings.certainty,
        futility=settings.futility,
        efficacy=settings.efficacy,
        margin=settings.margin,
        p0=settings.p0,
        p1=settings.p1,
    )


def _mixture(components: tuple[word.Component, ...]) -> BetaMixture:
    return BetaMixture(tuple((part.weight, part.a, part.b) for part in components))


def _fixed(settings: word.FixedSample) -> SingleArm:
    return FixedSample(settings.participants, features=("n", "eff"))


BUILDERS: Final[dict[type, SampleBuilder]] = {
    word.Simon: _simon,
    word.SingleStage: _single_stage,
    word.Fleming: _fleming,
    word.BOP2: _bop2,
    word.BOP2FE: _bop2_fe,
    word.BOP2WithToxicity: _bop2_with_toxicity,
    word.TOP: _top,
    word.Predictive: _predictive,
    word.BayesianArm: _bayesian,
    word.FixedSample: _fixed,
}
"""By the class of their settings."""
