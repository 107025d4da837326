"""What an analysis gives back: a number with its uncertainty, its method and its sources.

One law: where nothing can be estimated the value is None, and NaN never leaves this room.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

Alternative = Literal["two-sided", "greater", "less"]


def _or_none(number: float | None) -> float | None:
    return None if number is None or math.isnan(number) else float(number)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its uncertainty.

    Parameters
    ----------
    value : float or None
        The point estimate [``unit``]; None where it cannot be estimated.
    lower : float or None
        Lower confidence limit [``unit``]; None where there is none.
    upper : float or None
        Upper confidence limit [``unit``]; None where there is none.
    level : float
        Two-sided confidence level of the limits [1], between 0 and 1.
    n : int
        Participants that the estimate rests on.
    events : int or None
        Participants with the event or the response, where that has a meaning.
    method : str
        Estimator and kind of limits, as they are printed.
    unit : str
        Unit of the value and of the limits; "1" for a proportion or a probability.
    references : tuple of str
        Papers of the method.
    note : str
        What a reader must know, such as why there is no value.

    Examples
    --------
    >>> Estimate(0.5, 0.2, 0.8, level=0.95, n=10, events=5, method="Wilson").as_dict()["upper"]
    0.8
    """

    value: float | None
    lower: float | None = None
    upper: float | None = None
    level: float = 0.95
    n: int = 0
    events: int | None = None
    method: str = ""
    unit: str = "1"
    references: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        for name in ("value", "lower", "upper"):
            object.__setattr__(self, name, _or_none(getattr(self, name)))
        if not 0 < self.level < 1:
            raise ValueError(
                f"a confidence level of {self.level:g} is not between 0 and 1; write 0.95 for 95 %"
            )

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, ready to be a row of a table or an object of JSON.

        Returns
        -------
        dict
            Field name → value.
        """
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A test of one hypothesis.

    Parameters
    ----------
    p_value : float or None
        Probability of a result at least as extreme if the hypothesis holds [1]; None without data.
    alternative : {"two-sided", "greater", "less"}
        Direction of the alternative.
    against : float or None
        The value that the hypothesis names [1].
    n : int
        Participants that the test rests on.
    events : int or None
        Participants with the event or the response.
    method : str
        The test, as it is printed.
    references : tuple of str
        Papers of the method.
    note : str
        What a reader must know.

    Examples
    --------
    >>> Comparison(0.04, alternative="greater", against=0.2, n=9, events=5).p_value
    0.04
    """

    p_value: float | None
    alternative: Alternative = "two-sided"
    against: float | None = None
    n: int = 0
    events: int | None = None
    method: str = ""
    references: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "p_value", _or_none(self.p_value))

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, ready to be a row of a table or an object of JSON.

        Returns
        -------
        dict
            Field name → value.
        """
        return asdict(self)
