"""Words for a cohort that is treated at the selected dose once it has been found."""

from itertools import pairwise

from pydantic import model_validator

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.monitoring import MonitoringRule, UseTable
from protocyte.protocol.methods.sample import Look


class Expansion(Chapter):
    """More participants at the selected dose, watched by a boundary of their own."""

    participants: Look
    """The most participants of the expansion cohort."""
    stop: MonitoringRule | None = None
    """What stops it: a boundary on its own dose-limiting toxicities; nothing if absent."""
    first: Look = 1
    """Participants of the cohort at the first look."""
    every: Look = 1
    """Participants between looks; 1 looks after each."""

    @model_validator(mode="after")
    def _can_look(self) -> "Expansion":
        if not isinstance(self.stop, UseTable):
            if self.stop is not None and self.first > self.participants:
                raise ValueError(
                    f"the first look is at {self.first} participants and the cohort has "
                    f"{self.participants}; look earlier, or treat more"
                )
            return self
        rows = self.stop.settings
        rising = all(
            one.among < other.among and one.stop_from <= other.stop_from
            for one, other in pairwise(rows)
        )
        if not rising or rows[0].among > self.participants:
            raise ValueError(
                "the looks do not rise, or the first is beyond the last participant of the "
                "cohort; write the smallest number first, and no more events than are possible"
            )
        return self
