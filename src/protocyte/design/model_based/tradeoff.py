"""How much toxicity a response is worth: a contour of equally good doses, and utilities."""

from dataclasses import dataclass, field
from typing import Final, final

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.state import Floats
from protocyte.errors import DesignError

HALVINGS: Final = 200
STEEPEST: Final = 64.0


@final
@dataclass(frozen=True, slots=True)
class TradeOff:
    """A contour through three equally good points, and the utility of any point.

    Parameters
    ----------
    least_response : float
        Response probability that is just enough if there is no toxicity [1].
    middle : tuple of float
        Response and DLT probability that are as good as that [1].
    most_toxicity : float
        DLT probability that is just bearable if everybody responds [1].

    Raises
    ------
    DesignError
        If no contour passes through the three points.

    Notes
    -----
    On the contour the utility is 0; a dose with response and without toxicity has utility 1.

    References
    ----------
    .. [1] Thall PF, Cook JD. Dose-finding based on efficacy-toxicity trade-offs. *Biometrics*
       2004;60:684-693. doi:10.1111/j.0006-341X.2004.00218.x

    Examples
    --------
    >>> round(TradeOff(0.5, (0.7, 0.25), 0.65).power, 3)
    0.977
    """

    least_response: float
    middle: tuple[float, float]
    most_toxicity: float
    power: float = field(init=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        object.__setattr__(self, "middle", tuple(float(p) for p in self.middle))
        response, toxicity = self.middle
        if not (0 < self.least_response < response < 1 and 0 < toxicity < self.most_toxicity <= 1):
            raise DesignError(
                f"The contour goes from response {self.least_response:g} without toxicity through "
                f"response {response:g} with toxicity {toxicity:g} to toxicity "
                f"{self.most_toxicity:g} with response in all; the middle point must lie between "
                f"the others in both."
            )
        u = (1 - response) / (1 - self.least_response)
        v = toxicity / self.most_toxicity
        # The sum of powers falls from 2 towards 0, so that there is one power for which it is 1.
        low, high = 0.0, STEEPEST
        if u**high + v**high > 1:
            raise DesignError(
                f"The middle of the contour, response {response:g} with toxicity {toxicity:g}, is "
                f"hardly different from the ends; move it away from them."
            )
        for _ in range(HALVINGS):
            power = (low + high) / 2
            low, high = (power, high) if u**power + v**power > 1 else (low, power)
        object.__setattr__(self, "power", (low + high) / 2)

    def utility(self, response: Floats, toxicity: Floats) -> Floats:
        """Return how good doses are.

        Parameters
        ----------
        response, toxicity : ndarray of float
            Probabilities of a response and of a DLT [1].

        Returns
        -------
        ndarray of float
            Utilities [1]: 1 at best, 0 on the contour.
        """
        u = (1 - response) / (1 - self.least_response)
        v = toxicity / self.most_toxicity
        utility: Floats = 1 - (u**self.power + v**self.power) ** (1 / self.power)
        return utility
