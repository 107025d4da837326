"""When a trial waits for outcomes before it decides: named settings, none of them hidden."""

import math
from dataclasses import dataclass
from typing import final

from protocyte.design.kinds import find_sound_kinds
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class Suspension:
    """What has to be known at the current dose before the next participant gets a dose.

    Publications and programs differ in all of these, so each has to be named.

    Parameters
    ----------
    pending_share : float or None
        Wait while a greater share of the participants at the dose is pending [1], 0 to 1; None for
        no such rule.
    completed : int or None
        Before an escalation, at least so many outcomes are complete; None for no such rule.
    follow_up : float or None
        Before an escalation, every pending participant has been followed for at least this share
        of the window [1], 0 to 1; None for no such rule.
    unless_toxic : bool
        Go down without waiting for the pending share where the DLTs that were seen are enough to
        de-escalate whatever follows.
    lowest_waits : bool
        At the lowest dose, wait while anybody is pending if the estimate would de-escalate.

    Raises
    ------
    DesignError
        If a share does not lie between 0 and 1, or a number is less than 1.

    Notes
    -----
    TITE-BOIN as published in 2018 is ``Suspension(0.5, None, None)``; the effective sample size
    form of 2020 ``Suspension(None, 2, None)`` for TITE-BOIN and ``Suspension(0.5, 2, None)`` for
    TITE-Keyboard; the web application of 2025 ``Suspension(0.49, None, 0.25, unless_toxic=True)``.

    References
    ----------
    .. [1] Yuan Y, Lin R, Li D, Nie L, Warren KE. Time-to-event Bayesian optimal interval design to
       accelerate phase I trials. *Clin Cancer Res* 2018;24:4921-4930.
       doi:10.1158/1078-0432.CCR-18-0246
    .. [2] Lin R, Yuan Y. Time-to-event model-assisted designs for dose-finding trials with delayed
       toxicity. *Biostatistics* 2020;21:807-824. doi:10.1093/biostatistics/kxz007

    Examples
    --------
    >>> Suspension(pending_share=0.5, completed=None, follow_up=None).says
    ('wait while more than 50 % at the dose are pending',)
    """

    pending_share: float | None
    completed: int | None
    follow_up: float | None
    unless_toxic: bool = False
    lowest_waits: bool = False

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        for name in ("pending_share", "follow_up"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and 0 <= value <= 1):
                raise DesignError(f"{name} is {value}; give a share between 0 and 1, or None.")
        if self.completed is not None and self.completed < 1:
            raise DesignError(f"completed is {self.completed}; give at least 1, or None.")

    @property
    def says(self) -> tuple[str, ...]:
        """The settings in words."""
        lines = []
        if self.pending_share is not None:
            also = ", unless its DLTs suffice to go down" if self.unless_toxic else ""
            lines.append(f"wait while more than {100 * self.pending_share:g} % at the dose are "
                         f"pending{also}")  # fmt: skip
        if self.completed is not None:
            lines.append(f"escalate after at least {self.completed} complete outcomes")
        if self.follow_up is not None:
            lines.append(f"escalate when all pending have {100 * self.follow_up:g} % of the window")
        if self.lowest_waits:
            lines.append("at the lowest dose, wait for all before staying at too many DLTs")
        return tuple(lines) or ("never wait",)
