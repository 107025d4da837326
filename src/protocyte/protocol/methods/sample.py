"""Words for how many are treated at one dose."""

from typing import Annotated, Literal

from pydantic import Field

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.probability import Target


class Simon(Chapter):
    """Two stages, stopping early for futility (Simon 1989)."""

    kind: Literal["optimal", "minimax"] = "optimal"
    """Least expected, or least largest, number of participants."""
    endpoint: str
    """Name of the endpoint whose response is counted."""
    p0: Target
    """Response probability that is not worth pursuing [1]."""
    p1: Target
    """Response probability that is [1]."""
    alpha: Target
    """Largest probability of a false positive [1]."""
    power: Target
    """Least probability of a true positive [1]."""


class FixedSample(Chapter):
    """A number of participants, and no rule that stops or decides."""

    participants: Annotated[int, Field(ge=1)]
    """Number treated."""
    endpoint: str | None = None
    """Name of the endpoint whose precision the number gives."""


class UseSimon(Chapter):
    """Simon's two-stage design."""

    settings: Simon = Field(alias="Simon")
    """Settings."""


class UseFixedSample(Chapter):
    """A fixed number of participants."""

    settings: FixedSample = Field(alias="fixed sample")
    """Settings."""
