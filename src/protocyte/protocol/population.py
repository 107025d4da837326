"""Chapter: the trial population (ICH M11 section 5): criteria, each with its words and its rule."""

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.quantity import DurationText
from protocyte.protocol.rule import Rule, parse_rule
from protocyte.protocol.schedule import Anchor

Absence = Literal["unknown", "no", "ask"]


class AbsentMeans(Chapter):
    """What it means that a fact is not there. Declared, never guessed."""

    labs: Absence = "unknown"
    """A value that was not measured, or a score that was not taken."""
    history: Absence = "unknown"
    """A condition or drug that is not in the history."""
    attestation: Absence = "ask"
    """An answer that a person must give."""


class Criterion(Chapter):
    """One requirement: the source's words, and the rule that runs."""

    says: str | None = None
    """The source's words, shortened where long."""
    rule: str | None = None
    """The rule in one line; absent where only a person can tell."""
    ask: str | None = None
    """The question to a person, where no rule can decide."""
    waive: str | None = None
    """Who may attest which exception when the rule is not met."""
    absent_means: Absence | None = None
    """What absence means for this criterion, if other than for the protocol."""

    @property
    def parsed(self) -> Rule | None:
        """The rule as read, or None if there is none."""
        return None if self.rule is None else parse_rule(self.rule)

    @model_validator(mode="after")
    def _decidable(self) -> "Criterion":
        if self.says is None and self.rule is None and self.ask is None:
            raise ValueError("a criterion says nothing; add `says`, `rule` or `ask`")
        return self


Criteria = dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Criterion]


class Population(Chapter):
    """Who may take part."""

    planned: int | None = Field(default=None, ge=1)
    """Number of participants planned, where a source gives it."""
    sex: Literal["all", "female", "male"] = "all"
    """Sex, as registered."""
    healthy_volunteers: bool = False
    """Whether healthy people are admitted."""
    anchor: Anchor = "enrolment"
    """The event that look-back windows count from."""
    lab_window: DurationText | None = None
    """How old a laboratory value may be, unless a rule names its own window."""
    absent_means: AbsentMeans = AbsentMeans()
    """What absence means, a kind of fact."""
    define: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    """Computed values, and sets written out, that rules may name."""
    include: Criteria = Field(default_factory=dict)
    """Inclusion criteria, in the source's order."""
    exclude: Criteria = Field(default_factory=dict)
    """Exclusion criteria, in the source's order; one that applies excludes."""

    def criteria(self) -> "list[tuple[Literal['include', 'exclude'], str, Criterion]]":
        """Return the kind and name of each criterion with it, inclusions first."""
        include = [("include", name, criterion) for name, criterion in self.include.items()]
        exclude = [("exclude", name, criterion) for name, criterion in self.exclude.items()]
        return [*include, *exclude]  # type: ignore[list-item]  # the kinds are written above

    def uses(self, name: str) -> tuple[str, ...]:
        """Return the other definitions that a definition names."""
        meaning = self.define[name]
        named = meaning if isinstance(meaning, tuple) else re.findall(r"[\w.-]+", meaning)
        return tuple(other for other in self.define if other in named)
