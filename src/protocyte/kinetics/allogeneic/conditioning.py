"""Lymphodepletion: how many host cells the infusion meets, and a drug that goes on killing them.

One law: how deep a regimen goes is measured for one (Lichtenstein2021) and assumed for the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from protocyte.kinetics.parameter import Floats
from protocyte.protocol.biology import Depth
from protocyte.protocol.schedule import Agent, Lymphodepletion

ANTI_CD52: Final = ("alemtuzumab", "anti-cd52", "allo-647")
"""Names by which a protocol calls an anti-CD52 antibody, in small letters."""


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """What lymphodepletion leaves, for each patient.

    Parameters
    ----------
    t_left, nk_left : ndarray of float, shape (n_patients,)
        Host T and NK cells at infusion, of their set points [1].
    drug : float
        Whether an anti-CD52 drug is there, 1 or 0 [1].
    """

    t_left: Floats
    nk_left: Floats
    drug: float


def find_room(depth: Depth, values: Mapping[str, Floats]) -> Room:
    """Derive what a depth of lymphodepletion leaves of the host's cells.

    Parameters
    ----------
    depth : {"none", "standard", "enhanced", "with alemtuzumab"}
        Depth.
    values : mapping of str to ndarray of float, shape (n_patients,)
        Parameters of each patient by name [unit of `PARAMETERS`].

    Returns
    -------
    Room
        Shares left.

    Notes
    -----
    None leaves everything; standard leaves what 17 patients had; enhanced leaves that to a power;
    alemtuzumab comes on top of standard.

    Examples
    --------
    >>> one = {"t_left": np.array([0.28]), "nk_left": np.array([0.15]),
    ...        "enhanced_power": np.array([2.0])}
    >>> find_room("enhanced", one).t_left.round(4).tolist()
    [0.0784]
    """
    power = {"none": np.zeros(()), "enhanced": values["enhanced_power"]}.get(depth, np.ones(()))
    return Room(
        values["t_left"] ** power,
        values["nk_left"] ** power,
        1.0 if depth == "with alemtuzumab" else 0.0,
    )


def find_depth(plan: Lymphodepletion | None, regimen: str | None = None) -> Depth:
    """Read the depth from a protocol's lymphodepletion.

    Parameters
    ----------
    plan : Lymphodepletion or None
        The chapter; None if the protocol has none.
    regimen : str or None
        Name of the regimen, where dose levels name one.

    Returns
    -------
    str
        Depth.

    Examples
    --------
    >>> find_depth(None)
    'none'
    """
    if plan is None:
        return "none"
    if any(_is_anti_cd52(agent) for agent in plan.given(regimen)):
        return "with alemtuzumab"
    return "enhanced" if regimen and "enhanced" in regimen.lower() else "standard"


def _is_anti_cd52(agent: Agent) -> bool:
    return any(name in agent.drug.lower() for name in ANTI_CD52)
