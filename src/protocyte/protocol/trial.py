"""Chapter: the trial itself (ICH M11 title page and synopsis)."""

from datetime import date
from typing import Literal

from pydantic import Field

from protocyte.protocol.chapter import Chapter

Phase = Literal[
    "early phase 1", "phase 1", "phase 1/2", "phase 2", "phase 2/3", "phase 3", "not stated"
]


class Designation(Chapter):
    """An expedited programme or status that a regulator granted to the product."""

    name: Literal[
        "RMAT",
        "Breakthrough Therapy",
        "Fast Track",
        "Orphan Drug",
        "Rare Pediatric Disease",
        "PRIME",
    ]
    """Which designation."""
    agency: Literal["FDA", "EMA", "NMPA", "PMDA", "MHRA"]
    """Who granted it."""
    on: date | None = None
    """The day it was granted or announced, where a source gives it."""
    by: date | None = None
    """The latest day by which it is known to be held, where no source gives the day itself."""
    covers: str | None = None
    """The indication it was granted for."""


class Trial(Chapter):
    """Who runs which trial, in what condition, of what kind."""

    id: str | None = None
    """Registry number, such as NCT07274059; absent while none is published."""
    acronym: str
    """Short name; the folder under `protocols/` carries it."""
    title: str
    """Title as registered or announced."""
    phase: Phase
    """Phase as the registry names it; `not stated` where no source does."""
    sponsor: str
    """Sponsor, as in the source."""
    condition: str
    """Disease under study."""
    purpose: str | None = None
    """What the trial is for, in a sentence or two."""
    kind: Literal["industry", "investigator-initiated"] = "industry"
    """Whether a company or an investigator initiated it."""
    masking: Literal["open label", "single blind", "double blind"] = "open label"
    """Who is kept unaware of the assignment."""
    arms: int = Field(default=1, ge=1, le=20)
    """Number of arms."""
    sites: int | None = Field(default=None, ge=1)
    """Number of sites, where a source gives it."""
    countries: tuple[str, ...] = ()
    """Countries, where a source gives them."""
    start: date | None = None
    """First day of the trial."""
    completion: date | None = None
    """Day on which the trial is planned to end."""
    designations: tuple[Designation, ...] = ()
    """What regulators granted to the product."""
