"""Words for designs that look for the optimal biological dose."""

from typing import Annotated

from pydantic import Field

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.probability import Target


class Utilities(Chapter):
    """Worth of each joint outcome, 0 to 100."""

    response_only: Annotated[float, Field(ge=0, le=100)] = 100
    """Response without toxicity."""
    neither: Annotated[float, Field(ge=0, le=100)] = 40
    """Neither."""
    both: Annotated[float, Field(ge=0, le=100)] = 60
    """Response with toxicity."""
    toxicity_only: Annotated[float, Field(ge=0, le=100)] = 0
    """Toxicity without response."""


class BOIN12(Chapter):
    """Optimal biological dose by utility (Lin 2020)."""

    toxicity_limit: Target = 0.35
    """Highest acceptable toxicity probability [1]."""
    efficacy_floor: Target = 0.25
    """Lowest acceptable response probability [1]."""
    utilities: Utilities = Utilities()
    """Worth of the outcomes."""
    toxicity_certainty: Target = 0.95
    """Posterior certainty at which a dose is too toxic [1]."""
    futility_certainty: Target = 0.90
    """Posterior certainty at which a dose is futile [1]."""
    stop_at: Annotated[int, Field(ge=1)] | None = 12
    """Participants on one dose at which the trial stops."""
    explore: bool = True
    """Whether an untried higher dose is tried first when nine have been treated."""


class UseBOIN12(Chapter):
    """The BOIN12 design."""

    settings: BOIN12 = Field(alias="BOIN12")
    """Settings."""
