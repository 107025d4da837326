"""What the words of a protocol switch in the equations: the table for a biologist to review.

A gene that is deleted takes a molecule from the surface; a molecule that is left does something in
the model. Read the three tables from top to bottom; the rest of the module multiplies.
One law: a word without a line here has no effect, and the result says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from protocyte.kinetics.allogeneic.parameters import PARAMETERS
from protocyte.protocol.product import Product

RECEPTOR, HLA_I, HLA_II, CD7, CD52 = (
    "T-cell receptor",
    "HLA class I",
    "HLA class II",
    "CD7",
    "CD52",
)

GENES: Final = {
    # gene     takes away (share of the molecule that an edited cell has lost)
    "TRAC": {RECEPTOR: 1.0},
    "TRBC": {RECEPTOR: 1.0},
    "TCR": {RECEPTOR: 1.0},
    "B2M": {HLA_I: 1.0},
    "HLA-A": {HLA_I: 0.4},  # assumed: HLA-A, -B and the rest share class I as 4 : 4 : 2
    "HLA-B": {HLA_I: 0.4},
    "CIITA": {HLA_II: 1.0},
    "RFX5": {HLA_II: 1.0},
    "CD7": {CD7: 1.0},
    "CD52": {CD52: 1.0},
}
"""Which molecule a deleted gene takes from the surface."""

ACTS: Final = {
    RECEPTOR: "attacks the host: GvHD",
    HLA_I: "shows the cell to host CD8 T cells, and keeps NK cells off",
    HLA_II: "shows the cell to host CD4 T cells",
    CD7: "is a target of a CD7 CAR on the neighbour: fratricide",
    CD52: "is a target of an anti-CD52 antibody",
}
"""What a molecule that is left does in the model."""

CARS: Final = {
    "CD7": "kills host T and NK cells, which carry CD7, its own rejecters among them",
}
"""What a receptor does beside killing its target."""

ARMOUR: Final = {
    "NKG2A CAR": "kills host NK cells that carry NKG2A",
    "NK inhibitor": "holds NK cells back",
    "HLA-E": "holds NK cells back",
    "CD300a TASR ligand": "holds NK cells back",
}
"""What a further receptor or ligand does."""

DONORS: Final = {
    # donor                 mismatch (1: unrelated)   status
    "autologous": 0.0,  # by definition
    "related donor": 0.5,  # assumed
    "healthy donor": 1.0,  # the reference
    "umbilical cord blood": 1.0,  # assumed: as an unrelated donor
    "iPSC": 1.0,  # assumed: as an unrelated donor
}
"""How foreign the cells are to the host [1]."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a product switches, as factors of the terms of the equations.

    Parameters
    ----------
    mismatch : float
        How foreign the cells are [1]; 0 turns rejection and GvHD off.
    left : mapping of str to float
        Share of each surface molecule that is left, on average over the cells [1].
    seen_by_t : float
        Share of rejection by host T cells that remains, m [1].
    seen_by_nk : float
        Share of the cells that NK cells take for cells without HLA class I, m_NK [1].
    shield : float
        Share of NK cells that a ligand holds back [1].
    fratricide : float
        Share of the cells that their neighbours attack, f7 [1].
    kills_host : bool
        Whether the CAR removes host T and NK cells.
    kills_nkg2a : bool
        Whether a second CAR removes NK cells with NKG2A.
    reasons : tuple of (str, str)
        Each word of the protocol, and what it does.

    Examples
    --------
    >>> uncar = Product(name="x", donor="healthy donor", cars=("CD38",), edits=("TCR", "B2M"),
    ...                 armour=("NKG2A CAR",))
    >>> terms = find_terms(uncar)
    >>> round(terms.seen_by_t, 2), round(terms.seen_by_nk, 2), terms.kills_nkg2a
    (0.24, 0.95, True)
    """

    mismatch: float
    left: Mapping[str, float]
    seen_by_t: float
    seen_by_nk: float
    shield: float
    fratricide: float
    kills_host: bool
    kills_nkg2a: bool
    reasons: tuple[tuple[str, str], ...]


def find_terms(product: Product, values: Mapping[str, float] | None = None) -> Terms:
    """Derive the terms that a product's words switch.

    Parameters
    ----------
    product : Product
        The product as the protocol describes it.
    values : mapping of str to float, optional
        Numbers of `PARAMETERS` by name [unit of each]; the typical ones by default.

    Returns
    -------
    Terms
        Factors, with a reason for each word.

    Examples
    --------
    >>> own = Product(name="x", donor="autologous", cars=("CD19",), edits=())
    >>> find_terms(own).mismatch
    0.0
    """
    numbers = PARAMETERS.values() if values is None else values
    left, edits = _leave(product, numbers)
    mismatch = DONORS[product.donor]
    known = [one for one in product.armour if one in ARMOUR]
    held = any(ARMOUR[one] == ARMOUR["NK inhibitor"] for one in known)
    weight = numbers["hla_i_share"]
    reasons = [
        (product.donor, "own cells: no rejection, no GvHD" if mismatch == 0 else "foreign cells"),
        *edits,
        *((f"{car} CAR", CARS.get(car, "kills cells with the antigen")) for car in product.cars),
        *((one, ARMOUR.get(one, "has no term in the model")) for one in product.armour),
    ]
    return Terms(
        mismatch=mismatch,
        left=left,
        seen_by_t=weight * left[HLA_I] + (1 - weight) * left[HLA_II],
        seen_by_nk=1 - left[HLA_I],
        shield=numbers["shield"] if held else 0.0,
        fratricide=left[CD7] if "CD7" in product.cars else 0.0,
        kills_host="CD7" in product.cars,
        kills_nkg2a="NKG2A CAR" in known,
        reasons=tuple(reasons),
    )


def _leave(
    product: Product, numbers: Mapping[str, float]
) -> tuple[dict[str, float], list[tuple[str, str]]]:
    """Multiply what the edits leave of each molecule, and say what each did."""
    left = dict.fromkeys(ACTS, 1.0)
    reasons: list[tuple[str, str]] = []
    lost: dict[str, float] = {}
    for gene in product.edits or ():
        succeeded = product.efficiency.get(gene, numbers["efficiency"])
        taken = GENES.get(gene, {})
        for molecule, share in taken.items():
            lost[molecule] = min(1.0, lost.get(molecule, 0.0) + share)
            reasons.append((f"{gene} deleted", f"{molecule} lost, which {ACTS[molecule]}"))
            left[molecule] = 1 - lost[molecule] * succeeded
        if not taken:
            reasons.append((f"{gene} deleted", "has no term in the model"))
    if product.edits is None:
        reasons.append(("edits not stated", "taken as none"))
    if product.selection and RECEPTOR in lost:
        left[RECEPTOR] *= 1 - numbers["receptor_removed"]
        reasons.append(("purified", "cells that kept the receptor removed"))
    return left, reasons
