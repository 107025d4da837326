"""Simon's two-stage design for a single arm: stop early when the treatment looks inactive."""

from dataclasses import dataclass
from typing import final

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.paper import SIMON_1989
from protocyte.design.single_arm.boundary import Boundary
from protocyte.design.single_arm.staged import StagedArm
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class SimonTwoStage(StagedArm):
    """Decide in two stages whether a treatment is active.

    Treat ``n1``; with ``r1`` responses or fewer stop. Otherwise treat ``n`` in all; with more than
    ``r`` responses the treatment is active. A selected dose means that.

    Parameters
    ----------
    r1, n1 : int
        Most responses that stop the trial after the first stage; participants of it.
    r, n : int
        Most responses that do not suffice at the end; participants of both stages.
    p0 : float, optional
        Response probability that is not interesting [1].
    p1 : float, optional
        Response probability that is wanted [1].

    Raises
    ------
    DesignError
        If the numbers contradict each other.

    References
    ----------
    .. [1] Simon R. Optimal two-stage designs for phase II clinical trials. *Control Clin Trials*
       1989;10:1-10. doi:10.1016/0197-2456(89)90015-9

    Examples
    --------
    >>> design = SimonTwoStage(r1=1, n1=10, r=5, n=29)
    >>> round(design.early_stop(0.1), 4), round(design.expected(0.1), 2)
    (0.7361, 15.01)
    """

    r1: int
    n1: int
    r: int
    n: int
    p0: float | None = None
    p1: float | None = None

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        if not (0 <= self.r1 < self.n1 < self.n and self.r1 <= self.r < self.n):
            raise DesignError(
                f"{self.r1}/{self.n1} and {self.r}/{self.n} are no two-stage design: give "
                f"0 ≤ r1 < n1 < n and r1 ≤ r < n."
            )
        self.check_hypotheses()

    @property
    def boundary(self) -> Boundary:
        """Limits on the responses at each look."""
        return Boundary((self.n1, self.n), (self.r1, self.r), (self.n1 + 1, self.r + 1))

    @property
    def references(self) -> tuple[str, ...]:
        """The paper it comes from."""
        return (SIMON_1989,)
