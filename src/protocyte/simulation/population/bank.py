"""A bank of virtual patients: toxicity and response of each at every dose level, as scenarios.

Designs run on the bank as on any curve: what a level does to the patients of the bank is its truth,
with toxicity and response of one patient together. Whether the peak follows the dose is not known,
so there is a scenario for each answer.
One law: every level is given to the same patients.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from protocyte.errors import ProtocolError
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal, Scenario
from protocyte.simulation.population.follow import Followed, simulate_patients
from protocyte.simulation.population.setting import Arm

POWERS: Final = {
    0.0: "the peak does not follow the dose",
    0.5: "the peak follows the root of the dose",
    1.0: "the peak follows the dose",
}
"""Powers of the dose that the peak follows; 0 is what Stein 2019 and Dupouy 2022 saw."""


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """Virtual patients at every dose level, under one answer to how the peak follows the dose.

    Parameters
    ----------
    scenario : Scenario
        Toxicity, response and both at each level, as shares of the patients [1].
    levels : tuple of Followed
        What became of the patients at each level, lowest first.
    power : float
        Power of the dose that the peak follows [1].
    """

    scenario: Scenario
    levels: tuple[Followed, ...]
    power: float


def simulate_banks(
    plan: Protocol,
    rehearsal: Rehearsal,
    n: int,
    *,
    make: Callable[[], np.random.Generator],
    powers: Sequence[float] = tuple(POWERS),
    tick: Callable[[int], None] | None = None,
) -> list[Bank]:
    """Make banks of virtual patients for the levels of a protocol.

    Parameters
    ----------
    plan : Protocol
        The protocol; it has dose levels.
    rehearsal : Rehearsal
        Its rehearsal.
    n : int
        Number of patients at each level, at least 1.
    make : callable
        Makes a generator of the same seed each time it is called.
    powers : sequence of float
        Powers of the dose that the peak follows [1], one bank each. Where the levels have no
        dose, or there is one level, only the first.
    tick : callable, optional
        Called with the number of patients just finished.

    Returns
    -------
    list of Bank
        Banks.

    Raises
    ------
    ProtocolError
        If the protocol has no dose levels.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> truths = parse_rehearsal(REHEARSAL, protocol=plan).plan
    >>> banks = simulate_banks(plan, truths, 5, make=lambda: np.random.default_rng(1))
    >>> [len(bank.levels) for bank in banks]
    [3, 3, 3]
    """
    if plan.dosing is None:
        raise ProtocolError(
            f"{plan.name} has no dose levels to give to virtual patients; add `dosing.levels`"
        )
    dosed = all(level.dose is not None for level in plan.dosing.levels)
    used = powers if dosed and len(plan.dosing.levels) > 1 else powers[:1]
    return [_bank(plan, rehearsal, n, power, make, tick) for power in used]


def find_bank_size(plan: Protocol) -> int:
    """Find how many levels all banks of `simulate_banks` have together.

    Parameters
    ----------
    plan : Protocol
        The protocol.

    Returns
    -------
    int
        Levels [1].

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> find_bank_size(parse_protocol(EXAMPLE).plan)
    9
    """
    levels = plan.dosing.levels if plan.dosing else ()
    dosed = bool(levels) and all(level.dose is not None for level in levels)
    return len(levels) * (len(POWERS) if dosed and len(levels) > 1 else 1)


def find_stocked(rehearsal: Rehearsal, banks: Sequence[Bank]) -> Rehearsal:
    """Give the rehearsal whose scenarios are those of the banks.

    Parameters
    ----------
    rehearsal : Rehearsal
        The rehearsal.
    banks : sequence of Bank
        Banks.

    Returns
    -------
    Rehearsal
        A copy with other scenarios.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> truths = parse_rehearsal(REHEARSAL, protocol=plan).plan
    >>> banks = simulate_banks(plan, truths, 5, make=lambda: np.random.default_rng(1))
    >>> find_stocked(truths, banks).scenarios[0].name
    'the peak does not follow the dose'
    """
    first = banks[0].levels[0].arm.rehearsal.biology.parameters
    reference = {k: v for k, v in first.items() if k == "dose_reference"}
    biology = rehearsal.biology
    biology = biology.model_copy(update={"parameters": dict(biology.parameters) | reference})
    scenarios = tuple(bank.scenario for bank in banks)
    return rehearsal.model_copy(update={"scenarios": scenarios, "biology": biology})


def find_power(scenario: Scenario) -> float:
    """Find how the peak follows the dose in a scenario of a bank.

    Parameters
    ----------
    scenario : Scenario
        Scenario that `simulate_banks` made.

    Returns
    -------
    float
        Power of the dose [1].

    Examples
    --------
    >>> name = "the peak follows the dose"
    >>> find_power(Scenario(name=name, toxicity=(0.1,), response=(0.5,)))
    1.0
    """
    return {name: power for power, name in POWERS.items()}[scenario.name]


def _bank(  # noqa: PLR0917
    plan: Protocol,
    rehearsal: Rehearsal,
    n: int,
    power: float,
    make: Callable[[], np.random.Generator],
    tick: Callable[[int], None] | None,
) -> Bank:
    """Give every level to the same patients."""
    assert plan.dosing is not None
    levels = []
    for number in range(1, len(plan.dosing.levels) + 1):
        arm = Arm(plan.dosing.label(number), plan, rehearsal, number)
        arm = arm.with_typical({"dose_power": power} | _reference(plan, arm))
        levels.append(simulate_patients(arm, n, rng=make(), tick=tick))
    return Bank(_scenario(levels, power), tuple(levels), power)


def _reference(plan: Protocol, arm: Arm) -> dict[str, float]:
    """Let the peak be the typical one at the middle level, where the protocol states doses."""
    assert plan.dosing is not None
    if "dose_reference" in arm.typical:
        return {}
    middle = plan.dosing.levels[(len(plan.dosing.levels) - 1) // 2].dose
    if middle is None:
        return {}
    weight = arm.rehearsal.patients.weight.mean
    return {"dose_reference": middle.cells * (weight if middle.per_kg else 1.0)}


def _scenario(levels: Sequence[Followed], power: float) -> Scenario:
    """Count toxicity, response and both at each level."""
    toxic = [one.outcomes.toxic[one.outcomes.solved] for one in levels]
    responds = [one.outcomes.responds[one.outcomes.solved] for one in levels]
    return Scenario(
        name=POWERS[power],
        says="Virtual patients of the cell-kinetics model.",
        toxicity=tuple(float(one.mean()) for one in toxic),
        response=tuple(float(one.mean()) for one in responds),
        both=tuple(float((t & r).mean()) for t, r in zip(toxic, responds, strict=True)),
    )
