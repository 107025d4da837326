"""Laboratory values of a virtual participant: baseline, trough or peak, return."""

import numpy as np

from protocyte.protocol.rehearsal import Course


def sample_laboratory_value(course: Course, day: float, *, level: float, noise: float) -> float:
    """Give one laboratory value on a day.

    The value moves from baseline to its extreme along the days before it and comes back by half in
    every `back` days after it.

    Parameters
    ----------
    course : Course
        Median course over time.
    day : float
        Days after the infusion [d].
    level : float
        The participant's own normal deviate [1].
    noise : float
        The sample's own normal deviate [1].

    Returns
    -------
    float
        The value, in the unit of the course.

    Examples
    --------
    >>> course = Course(test="ANC", name="Neutrophils", panel="haematology", unit="10*9/L",
    ...                 baseline=4, extreme=0.25, at=8, back=7, sd=0)
    >>> [round(sample_laboratory_value(course, d, level=0, noise=0), 2) for d in (-6, 8, 15, 99)]
    [4.0, 1.0, 2.0, 4.0]
    """
    start = min(-5.0, course.at - 1)
    if day <= start:
        share = 0.0
    elif day <= course.at:
        share = (day - start) / (course.at - start)
    else:
        share = 0.5 ** ((day - course.at) / course.back)
    spread = course.sd * (0.8 * level + 0.6 * noise)
    median = course.baseline * course.extreme**share
    return float(f"{median * np.exp(spread):.3g}")
