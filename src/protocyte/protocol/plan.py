"""The protocol: all chapters of one trial, frozen, with a digest."""

import hashlib
import json
from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.endpoint import Endpoints
from protocyte.protocol.population import Population
from protocyte.protocol.product import Product
from protocyte.protocol.safety import Safety
from protocyte.protocol.schedule import Schedule
from protocyte.protocol.statistics import Statistics
from protocyte.protocol.trial import Trial


class Objectives(Chapter):
    """What the trial wants to learn, in words."""

    primary: tuple[str, ...] = Field(min_length=1)
    """Primary objectives."""
    secondary: tuple[str, ...] = ()
    """Secondary objectives."""
    exploratory: tuple[str, ...] = ()
    """Exploratory objectives."""


class Assumption(Chapter):
    """A value in the file that its source does not give."""

    at: str
    """Where it stands, as a dotted path: `dosing.levels` or `schedule.visits[1].window`."""
    why: str
    """Why this value, and not another."""
    from_: str | None = Field(default=None, alias="from")
    """Where it was borrowed, if it was."""


class Protocol(Chapter):
    """One trial: the plan that is simulated, screened, conducted and analysed."""

    protocyte: Literal[1]
    """Version of the protocol language."""
    trial: Trial
    """The trial."""
    product: Product
    """What is infused."""
    objectives: Objectives | None = None
    """What the trial wants to learn."""
    endpoints: Endpoints
    """What is measured."""
    schedule: Schedule
    """When what is done."""
    population: Population
    """Who may take part."""
    dosing: Dosing | None = None
    """Which doses, and how the next one is chosen."""
    safety: Safety = Safety()
    """How harm is graded, and when it counts."""
    statistics: Statistics = Statistics()
    """How many are treated, and how results are stated."""
    assumptions: tuple[Assumption, ...] = ()
    """Every value that no source gives."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the plan's values; comments and order of keys do not change it."""
        plain = json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(plain.encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as plain data, as it would be written to JSON."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    @property
    def name(self) -> str:
        """Acronym, with the registry number where there is one."""
        return f"{self.trial.acronym} ({self.trial.id})" if self.trial.id else self.trial.acronym
