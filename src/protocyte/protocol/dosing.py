"""Chapter: dosing and the dose decision (ICH M11 sections 4 and 6)."""

from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, TypeAdapter, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from protocyte.protocol.age import AgesText
from protocyte.protocol.chapter import Chapter
from protocyte.protocol.method import DoseMethod
from protocyte.protocol.methods.expansion import Expansion
from protocyte.protocol.methods.received_dose import ReceivedDose
from protocyte.protocol.methods.rule import DoseRule
from protocyte.protocol.quantity import CellDoseText, DurationText
from protocyte.protocol.toxicity import DoseLimitingToxicity


class Level(Chapter):
    """A dose level. Its cells stay absent where no source states them."""

    name: str | None = None
    """Name as the protocol prints it."""
    dose: CellDoseText | None = None
    """Cells, or cells a kilogram; absent where no source gives it."""
    regimen: str | None = None
    """Lymphodepletion regimen that goes with it, by name, where regimens differ between levels."""
    ages: AgesText | None = None
    """Ages that the level is open to in dose finding, if not all."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Level) else {"dose": value}

    def label(self, number: int, *, below: int = 0) -> str:
        """Return the level as it is printed.

        Parameters
        ----------
        number : int
            Its number, counted from 1.
        below : int
            How many levels it lies below the start: one below is level −1 in many protocols.

        Returns
        -------
        str
            Name, and dose and regimen where they are stated.
        """
        name = self.name or f"Level {number}" + (f" (level −{below})" if below else "")
        label = f"{name}: {self.dose}" if self.dose else name
        return f"{label} after {self.regimen}" if self.regimen else label


class _OrDose:
    """Tells other validators of the schema that a bare dose is a level as well."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the short form to the schema of a level."""
        short = TypeAdapter(CellDoseText).json_schema()
        return {"anyOf": [handler(core_schema), short]}


class Cohort(Chapter):
    """Who is treated together, and how far apart."""

    size: Annotated[int, Field(ge=1, le=20)] = 3
    """Participants in a cohort."""
    stagger: DurationText | None = None
    """Least time between two infusions of a cohort."""
    stagger_applies_to: Literal["first participant", "every participant"] = "every participant"
    """Whether only the first participant of a cohort is watched alone."""
    next_after: DurationText | None = None
    """Time after a cohort's last infusion at which the next cohort may open; the DLT window if
    absent."""


class Efficacy(Chapter):
    """What a dose method that weighs benefit counts as a response."""

    endpoint: str
    """Name of the endpoint."""
    at: str | None = None
    """Visit at which it is judged, by name."""


class Dosing(Chapter):
    """Which doses are tried, and how the next one is chosen."""

    levels: Annotated[tuple[Annotated[Level, _OrDose], ...], Field(min_length=1, max_length=20)]
    """Dose levels, lowest first."""
    start: Annotated[int, Field(ge=1)] = 1
    """Number of the level at which the trial starts."""
    cohort: Cohort = Cohort()
    """Cohorts."""
    participants: Annotated[int, Field(ge=1, le=200)] | None = None
    """Most participants in dose finding."""
    dlt: DoseLimitingToxicity | None = None
    """Dose-limiting toxicity; absent where no source defines it."""
    efficacy: Efficacy | None = None
    """What counts as a response, for methods that weigh benefit."""
    finds: (
        Literal["maximum tolerated dose", "recommended phase 2 dose", "optimal biological dose"]
        | None
    ) = None
    """What is looked for; absent if one dose is given."""
    method: DoseMethod | None = None
    """How the next dose is chosen; absent if one dose is given."""
    rules: tuple[DoseRule, ...] = ()
    """Rules around the method, the first nearest to it; where the method stops or closes a dose,
    they have no say."""
    expansion: Expansion | None = None
    """More participants at the selected dose, once it is found; absent if there are none."""
    received: ReceivedDose | None = None
    """What decisions make of participants who receive another dose than the assigned one; absent
    where the protocol does not say."""
    outside_ages: Literal["refuse", "wait"] = "refuse"
    """What happens to patients whose age the current level is not open to: they go elsewhere, or
    wait for a level that is."""

    @property
    def regimens(self) -> tuple[str, ...]:
        """Lymphodepletion regimens that levels name, in the order of the first dose."""
        return tuple(dict.fromkeys(level.regimen for level in self.levels if level.regimen))

    @property
    def uncrossed(self) -> tuple[int, ...]:
        """Indices of levels that do not continue a table of every dose with every regimen."""
        regimens = self.regimens
        if not regimens:
            return ()
        odd = []
        for index, level in enumerate(self.levels):
            row, column = divmod(index, len(regimens))
            first = self.levels[row * len(regimens)]
            if level.regimen != regimens[column] or level.dose != first.dose:
                odd.append(index)
        return tuple(odd)

    def label(self, number: int) -> str:
        """Return a level as it is printed; levels below the start are numbered down from it too.

        Parameters
        ----------
        number : int
            Its number, counted from 1 at the lowest.

        Returns
        -------
        str
            Name, and dose where it is stated.
        """
        return self.levels[number - 1].label(number, below=max(self.start - number, 0))
