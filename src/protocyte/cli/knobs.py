"""Options that turn the knobs of a protocol: its product, lymphodepletion, dose.

Nothing heavy is imported here: the command line reads these before it knows what is asked.
"""

from dataclasses import dataclass
from typing import Annotated

import typer

from protocyte.protocol.biology import Depth, Expansion
from protocyte.protocol.product import Donor

_PANEL = "Virtual patients"

Population = Annotated[
    int,
    typer.Option(
        min=0,
        max=1_000_000,
        help="Follow this many virtual patients: cells, response, toxicity, against the product "
        "without what its words buy, or with the knobs below.",
        rich_help_panel=_PANEL,
    ),
]
BankSize = Annotated[
    int,
    typer.Option(
        "--bank",
        min=0,
        max=1_000_000,
        metavar="N",
        help="Take the truths from this many virtual patients at each dose level, instead of "
        "from scenarios.yaml: toxicity and response of a patient together.",
        rich_help_panel=_PANEL,
    ),
]
Leaning = Annotated[
    int,
    typer.Option(
        "--sensitivity",
        min=0,
        max=4096,
        metavar="POINTS",
        help="With `--population`: which uncertain numbers the results lean on, by Sobol indices "
        "from this many base points, such as 64.",
        rich_help_panel=_PANEL,
    ),
]
Without = Annotated[
    list[str] | None,
    typer.Option(
        help="Leave out an edit, armour or receptor, as the protocol writes it; may be repeated.",
        metavar="WORD",
        rich_help_panel=_PANEL,
    ),
]
Edits = Annotated[
    str | None,
    typer.Option(
        help="Genes deleted instead of the protocol's, such as TRAC,B2M; none for no edit.",
        metavar="GENES",
        rich_help_panel=_PANEL,
    ),
]
Armour = Annotated[
    str | None,
    typer.Option(
        help="Further receptors instead of the protocol's, such as 'NKG2A CAR'; none for none.",
        metavar="WORDS",
        rich_help_panel=_PANEL,
    ),
]
DonorName = Annotated[
    Donor | None,
    typer.Option(help="Donor instead of the protocol's.", rich_help_panel=_PANEL),
]
Lymphodepletion = Annotated[
    Depth | None,
    typer.Option(help="Lymphodepletion instead of the protocol's.", rich_help_panel=_PANEL),
]
ExpansionForm = Annotated[
    Expansion | None,
    typer.Option(
        help="How the cells grow: to each patient's own peak, or in competition with host cells.",
        rich_help_panel=_PANEL,
    ),
]
Level = Annotated[
    int | None,
    typer.Option(min=1, help="Dose level; the highest by default.", rich_help_panel=_PANEL),
]
Cells = Annotated[
    float | None,
    typer.Option(
        min=1,
        max=1e12,
        metavar="CELLS",
        help="Cells given instead of the level's.",
        rich_help_panel=_PANEL,
    ),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """Knobs as they were typed; `simulation` makes sense of them."""

    without: tuple[str, ...]
    edits: tuple[str, ...] | None
    armour: tuple[str, ...] | None
    donor: Donor | None
    lymphodepletion: Depth | None
    expansion: Expansion | None
    dose: float | None

    @property
    def any(self) -> bool:
        """Whether anything was asked."""
        return self != NO_KNOBS


NO_KNOBS = Asked((), None, None, None, None, None, None)


def read_knobs(
    without: list[str] | None,
    edits: str | None,
    armour: str | None,
    *,
    donor: Donor | None,
    lymphodepletion: Depth | None,
    expansion: Expansion | None,
    cells: float | None,
) -> Asked:
    """Read the options."""
    return Asked(
        tuple(without or ()),
        _listed(edits),
        _listed(armour),
        donor,
        lymphodepletion,
        expansion,
        cells,
    )


def refuse_knobs(knobs: Asked, level: int | None) -> None:
    """Refuse knobs where no virtual patients are followed."""
    if knobs.any or level is not None:
        raise typer.BadParameter(
            "knobs and `--level` change virtual patients only; add `--population 2000`",
            param_hint="--population",
        )


def _listed(text: str | None) -> tuple[str, ...] | None:
    """Split a list of words; `none` is the empty one."""
    if text is None:
        return None
    words = tuple(word.strip() for word in text.split(",") if word.strip())
    return () if words == ("none",) else words
