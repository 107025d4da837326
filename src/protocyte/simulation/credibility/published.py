"""What trials published, as targets of the model, and the trials themselves as settings.

One law: counts are those that a source printed or that follow from its percentages; nothing is
rounded towards the model.
"""

from dataclasses import dataclass
from typing import Final, Literal

from protocyte.protocol.biology import Depth, Disease, Expansion
from protocyte.protocol.product import Donor

Mark = Literal["predicted", "calibrated on", "orientation"]


@dataclass(frozen=True, slots=True)
class Trial:
    """A published trial, as the model is told it.

    Parameters
    ----------
    cars, edits, armour : tuple of str
        The product.
    donor : str
        Whose cells.
    disease, depth : str
        What the patients had, and lymphodepletion.
    dose : float
        Cells given [cells], or a kilogram where ``per_kg`` [cells/kg].
    per_kg : bool
        Whether the dose is a kilogram.
    instrument : str or None
        In lupus, what counts as response, at month 3.
    until : str
        Until when the best response counts.
    scale : str
        Scale of CRS.
    expansion : {"gated", "competition"}
        Tier of the model.
    kinetics : {"Stein2019", "Lichtenstein2021", "Kimmel2021"}
        Whose kinetics the patients have.
    selected : bool
        Whether receptor-positive cells were removed.
    why : str
        What is assumed about the trial.
    """

    cars: tuple[str, ...]
    edits: tuple[str, ...]
    donor: Donor
    disease: Disease
    dose: float
    armour: tuple[str, ...] = ()
    depth: Depth = "standard"
    per_kg: bool = False
    instrument: str | None = None
    until: str = "3 months"
    scale: str = "ASTCT 2019"
    expansion: Expansion = "gated"
    kinetics: Literal["Stein2019", "Lichtenstein2021", "Kimmel2021"] = "Stein2019"
    selected: bool = False
    why: str = ""


TRIALS: Final[dict[str, Trial]] = {
    "WU-CART-007": Trial(
        ("CD7",), ("CD7", "TRAC"), "healthy donor", "T-ALL", 9e8, selected=True,
        why="all dose levels are taken as 9e8 cells",
    ),
    "WU-CART-007, RP2D": Trial(
        ("CD7",), ("CD7", "TRAC"), "healthy donor", "T-ALL", 9e8, depth="enhanced", selected=True,
        why="enhanced lymphodepletion is not published",
    ),
    "UCART19": Trial(
        ("CD19",), ("TRAC", "CD52"), "healthy donor", "B-ALL", 7e7, depth="with alemtuzumab",
        selected=True, why="all with alemtuzumab; 6e6 to 8e7 cells and a level that was not read",
    ),
    "ALLO-501": Trial(
        ("CD19",), ("TRAC", "CD52"), "healthy donor", "lymphoma", 1.2e8, depth="with alemtuzumab",
        selected=True, why="the dose is assumed",
    ),
    "ALLO-715": Trial(
        ("BCMA",), ("TRAC", "CD52"), "healthy donor", "myeloma", 3.2e8, depth="with alemtuzumab",
        selected=True, why="all dose levels are taken as 3.2e8 cells",
    ),
    "BE-CAR7": Trial(
        ("CD7",), ("TRAC", "CD7", "CD52"), "healthy donor", "T-ALL", 1e6, per_kg=True,
        depth="with alemtuzumab", selected=True, until="1 months",
    ),
    "RD13-01": Trial(
        ("CD7",), ("TRAC", "CD7", "RFX5"), "healthy donor", "T-ALL", 1e8, armour=("NK inhibitor",),
        selected=True, until="1 months", why="dose and lymphodepletion are assumed",
    ),
    "donor-derived CD7": Trial(
        ("CD7",), ("CD7",), "related donor", "T-ALL", 1e6, per_kg=True,
        why="whether CD7 was deleted is not on the page: taken as kept from the surface",
    ),
    "TyU19": Trial(
        ("CD19",), ("TRAC", "HLA-A", "HLA-B", "CIITA"), "healthy donor", "SLE", 1e6, per_kg=True,
        instrument="SRI-4", selected=True, why="edits as in YTS109, assumed",
    ),
    "YTS109": Trial(
        ("CD19",), ("TRAC", "HLA-A", "HLA-B", "CIITA"), "healthy donor", "SLE", 3e6, per_kg=True,
        instrument="SRI-4", selected=True,
    ),
    "autologous CD19, SLE": Trial(
        ("CD19",), (), "autologous", "SLE", 1e6, per_kg=True, instrument="DORIS",
    ),
    "tisagenlecleucel": Trial(
        ("CD19",), (), "autologous", "B-ALL", 1e8, why="the dose is assumed",
    ),
    "axi-cel": Trial(
        ("CD19",), (), "autologous", "lymphoma", 1.8e8, expansion="competition",
        kinetics="Kimmel2021",
    ),
    "CD22 CAR-T": Trial(
        ("CD22",), (), "autologous", "B-ALL", 1e8, kinetics="Lichtenstein2021", until="1 months",
        why="doses are not in the data",
    ),
    "CD22 CAR-T, Lee": Trial(
        ("CD22",), (), "autologous", "B-ALL", 1e8, kinetics="Lichtenstein2021", scale="Lee 2014",
        why="doses are not in the data",
    ),
}  # fmt: skip
"""Published trials by name."""


@dataclass(frozen=True, slots=True)
class Published:
    """One published result: a count of patients, or a median.

    Parameters
    ----------
    key : str
        Target of the project's list.
    trial : str
        Name in `TRIALS`.
    result : str
        Name of what is looked at, in `predict.RESULTS`.
    value : float
        Patients with it [1], or the median [its unit].
    n : int
        Patients looked at.
    source : str
        Key of the source.
    mark : {"predicted", "calibrated on", "orientation"}
        Whether the model was fitted to it.
    """

    key: str
    trial: str
    result: str
    value: float
    n: int
    source: str
    mark: Mark = "predicted"

    @property
    def is_count(self) -> bool:
        """Whether it is a count of patients."""
        return not self.result.startswith("median")


def _read(table: str) -> tuple[Published, ...]:
    """Read a table with one target a line and columns between bars."""
    found = []
    for line in table.strip().splitlines():
        key, trial, result, value, n, source, mark = (cell.strip() for cell in line.split("|"))
        found.append(Published(key, trial, result, float(value), int(n), source, mark))  # type: ignore[arg-type]
    return tuple(found)


TARGETS: Final = _read("""
T01 | WU-CART-007, RP2D    | response                        | 10   | 11  | WuBlood2025          | predicted
T01 | WU-CART-007, RP2D    | complete response               | 8    | 11  | WuBlood2025          | predicted
T02 | WU-CART-007          | CRS                             | 23   | 26  | WuBlood2025          | calibrated on
T02 | WU-CART-007          | CRS of grade 3 or more          | 5    | 26  | WuBlood2025          | calibrated on
T02 | WU-CART-007          | ICANS                           | 2    | 26  | WuBlood2025          | calibrated on
T02 | WU-CART-007          | GvHD of grade 2 or more         | 1    | 26  | WuBlood2025          | predicted
T02 | WU-CART-007, RP2D    | CRS of grade 3 or more          | 4    | 13  | WuBlood2025          | predicted
T03 | UCART19              | CAR-T cells gone by day 28      | 10   | 25  | Dupouy2022           | calibrated on
T03 | UCART19              | CAR-T cells beyond day 42       | 4    | 25  | Dupouy2022           | calibrated on
T03 | UCART19              | response                        | 12   | 25  | Dupouy2022           | predicted
T05 | ALLO-501             | response                        | 7    | 9   | Neelapu2020          | predicted
T05 | ALLO-501             | CRS                             | 2    | 9   | Neelapu2020          | calibrated on
T05 | ALLO-501             | GvHD                            | 0    | 9   | Neelapu2020          | predicted
T06 | ALLO-715             | CRS                             | 24   | 43  | ALLO715              | calibrated on
T06 | ALLO-715             | CRS of grade 3 or more          | 1    | 43  | ALLO715              | calibrated on
T06 | ALLO-715             | ICANS                           | 6    | 43  | ALLO715              | calibrated on
T06 | ALLO-715             | response                        | 17   | 24  | ALLO715              | predicted
T06 | ALLO-715             | complete response               | 6    | 24  | ALLO715              | predicted
T07 | BE-CAR7              | complete response               | 9    | 11  | BECAR7               | predicted
T08 | RD13-01              | response                        | 9    | 11  | RD13                 | predicted
T08 | RD13-01              | complete response               | 7    | 11  | RD13                 | predicted
T08 | RD13-01              | CRS of grade 3 or more          | 0    | 12  | RD13                 | calibrated on
T09 | donor-derived CD7    | response                        | 19   | 20  | Tan2023              | predicted
T09 | donor-derived CD7    | complete response               | 17   | 20  | Tan2023              | predicted
T09 | donor-derived CD7    | GvHD                            | 12   | 20  | Tan2023              | calibrated on
T09 | donor-derived CD7    | CRS of grade 3 or more          | 2    | 20  | Tan2023              | calibrated on
T10 | TyU19                | CAR-T cells beyond month 3      | 3    | 3   | WangX2024            | predicted
T10 | TyU19                | B cells gone within 2 weeks     | 3    | 3   | WangX2024            | predicted
T11 | TyU19                | response                        | 3    | 3   | WangD                | predicted
T11 | TyU19                | CRS                             | 0    | 3   | WangD                | calibrated on
T11 | TyU19                | median day of the peak          | 14   | 3   | WangD                | predicted
T12 | YTS109               | response                        | 5    | 5   | YTS109               | predicted
T12 | YTS109               | GvHD                            | 0    | 5   | YTS109               | predicted
T13 | autologous CD19, SLE | response                        | 5    | 5   | Mackensen2022        | calibrated on
T13 | autologous CD19, SLE | median day B cells return       | 110  | 5   | Mackensen2022        | calibrated on
T14 | autologous CD19, SLE | response                        | 8    | 8   | Mueller2024          | calibrated on
T15 | autologous CD19, SLE | CRS                             | 26   | 47  | SLEpool              | orientation
T15 | autologous CD19, SLE | CRS of grade 3 or more          | 1    | 47  | SLEpool              | orientation
T16 | tisagenlecleucel     | CRS                             | 108  | 137 | TisaSafety2021       | calibrated on
T16 | tisagenlecleucel     | median first day of CRS         | 3    | 108 | TisaSafety2021       | predicted
T17 | axi-cel              | median CAR-T cells on day 7     | 27.5 | 19  | Kimmel2021           | calibrated on
T17 | axi-cel              | median CAR-T cells on day 14    | 9.1  | 23  | Kimmel2021           | calibrated on
T17 | axi-cel              | median CAR-T cells on day 28    | 2.1  | 22  | Kimmel2021           | calibrated on
T17 | axi-cel              | median CAR-T cells on day 90    | 0.1  | 22  | Kimmel2021           | calibrated on
T18 | CD22 CAR-T           | response                        | 28   | 39  | Lichtenstein2021     | predicted
T18 | CD22 CAR-T           | complete response               | 27   | 39  | Lichtenstein2021     | predicted
T18 | CD22 CAR-T           | CRS                             | 35   | 40  | Lichtenstein2021     | calibrated on
T18 | CD22 CAR-T           | CRS of grade 3 or more          | 8    | 40  | Lichtenstein2021     | calibrated on
T18 | CD22 CAR-T, Lee      | CRS of grade 3 or more          | 4    | 40  | Lichtenstein2021     | calibrated on
T18 | CD22 CAR-T           | median CAR-T cells on day 14    | 762  | 29  | Lichtenstein2021     | calibrated on
T18 | CD22 CAR-T           | median CAR-T cells on day 28    | 105  | 31  | Lichtenstein2021     | calibrated on
""")  # noqa: E501
"""Targets in the order of the project's list; T04 is a regimen and T15 is of low trust."""
