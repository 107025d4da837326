"""Chapter: statistics (ICH M11 section 10): sample size, populations, intervals."""

from typing import Literal

from pydantic import Field

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.method import SampleMethod


class Intervals(Chapter):
    """Which interval is printed beside an estimate."""

    proportion: Literal["Clopper-Pearson", "Wilson", "Jeffreys"] = "Clopper-Pearson"
    """Interval of a proportion."""
    survival: Literal["log", "log-log", "plain", "logit", "arcsin"] = "log"
    """Transformation of the Kaplan-Meier interval."""


class Statistics(Chapter):
    """How many are treated, and how results are stated."""

    level: float = Field(default=0.95, gt=0.5, lt=1)
    """Confidence level [1]."""
    intervals: Intervals = Intervals()
    """Kinds of interval."""
    sample: SampleMethod | None = None
    """Rule for the number treated, after or without dose finding."""
