"""The course of leukaemia or lymphoma in a virtual participant: response, relapse, death."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from protocyte.protocol.rehearsal import Leukaemia
from protocyte.simulation.participant import VirtualParticipant
from protocyte.standards.calendar import Duration

_NEVER: Final = 36_500.0
"""A day after everything that is followed [d]."""


@dataclass(frozen=True, slots=True)
class LeukaemiaCourse:
    """What happens to the disease after the infusion.

    Parameters
    ----------
    category : str
        Response category while the response, or its absence, lasts.
    first_seen : int
        Number of the assessment at which a response is first seen, from 0.
    responds : bool
        Whether the category counts as response.
    ends : float
        Day of relapse, or of progression without response [d].
    dies : float
        Day of death [d].
    """

    category: str
    first_seen: int
    responds: bool
    ends: float
    dies: float

    def category_at(self, day: float, *, assessment: int) -> str:
        """Return what an assessment finds.

        Parameters
        ----------
        day : float
            Day of the assessment after the infusion [d].
        assessment : int
            Its number, from 0.

        Returns
        -------
        str
            Category of response.
        """
        if day >= self.ends:
            return "RELAPSE" if self.responds else "PD"
        if self.responds and assessment < self.first_seen:
            return "NR"
        return self.category


def sample_leukaemia_course(
    person: VirtualParticipant, truth: Leukaemia, *, response: float, assessed: Sequence[float]
) -> LeukaemiaCourse:
    """Sample the course of a virtual participant's leukaemia.

    Parameters
    ----------
    person : VirtualParticipant
        The participant.
    truth : Leukaemia
        How responses split and how long they last.
    response : float
        Probability of a response at this dose [1].
    assessed : sequence of float, shape (n_assessments,)
        Latest day of each planned assessment after the infusion [d], in order. A response lasts
        from the assessment at which it is first seen.

    Returns
    -------
    LeukaemiaCourse
        The course.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> from protocyte.simulation.participant import sample_participant
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> truths = parse_rehearsal(REHEARSAL, protocol=plan).plan
    >>> person = sample_participant(1, truths, rng=np.random.default_rng(1))
    >>> course = sample_leukaemia_course(person, truths.leukaemia, response=1.0, assessed=[28.0])
    >>> course.responds, course.ends < course.dies
    (True, True)
    """
    (rng,) = person.rng.spawn(1)
    responds = person.responds(response)
    split = truth.responses if responds else truth.failures
    category = str(rng.choice(list(split), p=np.array(list(split.values())) / sum(split.values())))
    late = int(rng.random() < truth.late_first_response)
    median = truth.relapse_median if responds else truth.progression_median
    lasting = _exponential(median, rng)
    if not responds and category == "PD":
        lasting = min(lasting, median.nominal_days / 2)
    after = _exponential(truth.death_median, rng)
    seen = [0.0, *assessed][: late + 2][-1] if responds else 0.0
    ends = seen + max(lasting, 1.0)
    if person.fate is not None:
        ends = min(max(person.fate.ends, seen + 1.0), _NEVER)
        return LeukaemiaCourse(category, late, responds, ends, min(person.fate.dies, _NEVER))
    return LeukaemiaCourse(category, late, responds, ends, ends + max(after, 1.0))


def _exponential(median: Duration, rng: np.random.Generator) -> float:
    return float(rng.exponential(median.nominal_days / np.log(2)))
