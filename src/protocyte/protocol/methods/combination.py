"""Words for a design that looks for a dose and a lymphodepletion regimen together."""

from typing import Annotated, Literal

from pydantic import Field

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.probability import Target


class Combination(Chapter):
    """BOIN for doses crossed with lymphodepletion regimens (Lin and Yin 2017)."""

    target: Annotated[float, Field(ge=0.05, le=0.6)]
    """Target toxicity probability [1]."""
    too_low: Target | None = None
    """Toxicity probability below which a combination is too low [1]; 0.6 x target if absent."""
    too_high: Target | None = None
    """Toxicity probability above which a combination is too high [1]; 1.4 x target if absent."""
    eliminate_above: Target = 0.95
    """Posterior probability of exceeding the target at which a combination is closed [1]."""
    stop_at: Annotated[int, Field(ge=1)] | None = None
    """Participants on one combination at which the trial stops if it would stay there."""
    tied: Literal["random", "dose", "regimen"] = "random"
    """Whether chance, or which factor, moves where both moves are equally good."""
    rounded: bool = True
    """Whether fitted rates are rounded to two decimals before the MTD is taken."""
    closes: Literal["no lower", "row and column"] = "no lower"
    """What a closed combination closes when the MTD is selected: all that are no lower in either
    factor, or only those with the same dose or regimen."""


class UseCombination(Chapter):
    """BOIN for two factors."""

    settings: Combination = Field(alias="BOIN combination")
    """Settings."""
