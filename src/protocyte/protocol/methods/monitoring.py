"""Words for stopping boundaries: which event is watched, at which looks, by which rule."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.probability import Target
from protocyte.protocol.methods.sample import Look, Positive
from protocyte.protocol.quantity import DurationText
from protocyte.protocol.toxicity import ToxicityText

Watched = Annotated[
    Literal["death", "dose-limiting toxicity"] | ToxicityText, Field(union_mode="left_to_right")
]


class BetaBinomial(Chapter):
    """Stops when the event is too frequent with enough posterior certainty."""

    limit: Target
    """Highest acceptable probability of the event [1]."""
    certainty: Target
    """Posterior probability of exceeding it that stops [1]."""
    a: Positive = 1
    """First parameter of the beta prior: as if so many had had the event [1]."""
    b: Positive = 1
    """Second parameter: as if so many had not [1]."""
    equality: bool = False
    """Whether a posterior probability equal to the certainty stops as well."""


class Repeated(Chapter):
    """Stops by repeated tests of an acceptable probability."""

    acceptable: Target
    """Probability of the event that is just acceptable [1]."""
    crossing: Target = 0.05
    """Largest probability of ever stopping at that probability [1]."""


class UseBetaBinomial(Chapter):
    """A beta-binomial boundary."""

    settings: BetaBinomial = Field(alias="beta-binomial")
    """Settings."""


class UsePocock(Chapter):
    """A boundary as strict at every look (Pocock's shape)."""

    settings: Repeated = Field(alias="Pocock")
    """Settings."""


class UseOBrienFleming(Chapter):
    """A boundary that is lenient late and strict early (O'Brien and Fleming's shape)."""

    settings: Repeated = Field(alias="O'Brien-Fleming")
    """Settings."""


class Row(Chapter):
    """A look of a table, as protocols write it in words: 2 events among the first 6."""

    among: Look
    """The first so many participants."""
    stop_from: Annotated[int, Field(ge=1)]
    """At least so many of them with the event."""


class UseTable(Chapter):
    """Counts that the protocol lists."""

    settings: Annotated[tuple[Row, ...], Field(min_length=1)] = Field(alias="table")
    """One row a look."""


def _only_key(value: Any) -> str | None:
    if isinstance(value, dict):
        return str(next(iter(value), ""))
    field = type(value).model_fields.get("settings") if isinstance(value, Chapter) else None
    return field.alias if field else None


MonitoringRule = Annotated[
    Annotated[UseBetaBinomial, Tag("beta-binomial")]
    | Annotated[UsePocock, Tag("Pocock")]
    | Annotated[UseOBrienFleming, Tag("O'Brien-Fleming")]
    | Annotated[UseTable, Tag("table")],
    Discriminator(_only_key),
]


class Monitoring(Chapter):
    """An event that stops or pauses the trial if it becomes too frequent."""

    of: Watched
    """The event: death, dose-limiting toxicity, or a toxicity such as GvHD >= 3."""
    until: DurationText | None = None
    """How long after the infusion it counts; as long as a participant is followed if absent."""
    participants: Look
    """The most participants that are watched."""
    first: Look = 1
    """Participants at the first look."""
    every: Look = 1
    """Participants between looks; 1 looks after each."""
    rule: MonitoringRule
    """What stops; a table brings its own looks."""
    then: Literal["stop", "pause"] = "stop"
    """What follows: the end of the trial, or a pause until a committee has decided."""
