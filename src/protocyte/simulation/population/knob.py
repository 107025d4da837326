"""Knobs of a protocol: what if an edit, a receptor or lymphodepletion were another.

One law: a knob makes another protocol and rehearsal; nothing downstream knows that one was turned.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from protocyte.errors import ProtocolError
from protocyte.kinetics.allogeneic.terms import ARMOUR, GENES
from protocyte.protocol.biology import Depth, Expansion
from protocyte.protocol.plan import Protocol
from protocyte.protocol.product import Donor, Product
from protocyte.protocol.rehearsal import Rehearsal

_DEPTHS: Final = {
    "none": "no lymphodepletion",
    "with alemtuzumab": "lymphodepletion with alemtuzumab",
}


@dataclass(frozen=True, slots=True)
class Knobs:
    """What is changed in a protocol before its virtual patients are followed.

    Parameters
    ----------
    without : tuple of str
        Edits, armour or receptors to leave out: a gene, a word of the protocol, or an antigen with
        ``CAR``.
    edits : tuple of str or None
        Genes deleted, instead of those of the protocol.
    armour : tuple of str or None
        Further receptors or ligands, instead of those of the protocol.
    donor : str or None
        Donor, instead of that of the protocol.
    lymphodepletion : str or None
        Depth, instead of that of the protocol.
    expansion : {"gated", "competition"} or None
        Form of expansion, instead of that of the rehearsal.
    dose : float or None
        Cells given, instead of those of the level [cells].

    Examples
    --------
    >>> Knobs(without=("NKG2A CAR",), lymphodepletion="none").label
    'without NKG2A CAR, no lymphodepletion'
    """

    without: tuple[str, ...] = ()
    edits: tuple[str, ...] | None = None
    armour: tuple[str, ...] | None = None
    donor: Donor | None = None
    lymphodepletion: Depth | None = None
    expansion: Expansion | None = None
    dose: float | None = None

    @property
    def label(self) -> str:
        """What was changed, in words; empty if nothing was."""
        depth = self.lymphodepletion
        said = [
            f"without {', '.join(self.without)}" if self.without else "",
            _listed(self.edits, "edits"),
            _listed(self.armour, "armour"),
            f"{self.donor} cells" if self.donor else "",
            "" if depth is None else _DEPTHS.get(depth, f"{depth} lymphodepletion"),
            f"{self.expansion} expansion" if self.expansion else "",
            f"{self.dose:g} cells".replace("e+0", "e").replace("e+", "e") if self.dose else "",
        ]
        return ", ".join(word for word in said if word)

    def turn(self, plan: Protocol, rehearsal: Rehearsal) -> tuple[Protocol, Rehearsal]:
        """Give the protocol and the rehearsal with everything changed.

        Parameters
        ----------
        plan : Protocol
            The protocol.
        rehearsal : Rehearsal
            Its rehearsal.

        Returns
        -------
        tuple of (Protocol, Rehearsal)
            Changed copies.

        Raises
        ------
        ProtocolError
            If something is left out that the product does not have, or is not known to the model.
        """
        changes = {
            name: value
            for name, value in (
                ("lymphodepletion", self.lymphodepletion),
                ("expansion", self.expansion),
            )
            if value is not None
        }
        biology = rehearsal.biology.model_copy(update=changes)
        return (
            plan.model_copy(
                update={"product": self._product(plan.product, rehearsal.biology.edits)}
            ),
            rehearsal.model_copy(update={"biology": biology}),
        )

    def _product(self, product: Product, assumed: tuple[str, ...] | None) -> Product:
        """Change the product; what is left out may be an edit that the rehearsal assumes."""
        edits, armour = product.edits, product.armour
        if self.edits is not None:
            trouble = "the model has no term for the deletion of"
            edits = tuple(_find(gene, GENES, trouble) for gene in self.edits)
        if self.armour is not None:
            armour = tuple(_find(one, ARMOUR, "the model has no term for") for one in self.armour)
        if edits is None and self.without:
            edits = assumed
        cars = {f"{car} CAR": car for car in product.cars}
        for asked in self.without:
            word = _find(asked, (*(edits or ()), *armour, *cars), f"{product.name} has no")
            edits = edits and tuple(gene for gene in edits if gene != word)
            armour = tuple(one for one in armour if one != word)
            cars.pop(word, None)
        if not cars:
            raise ProtocolError(
                f"without {', '.join(self.without)} no receptor is left, and a CAR-T cell needs "
                "one; leave out an edit or a second receptor"
            )
        return product.model_copy(
            update={
                "edits": edits,
                "armour": armour,
                "cars": tuple(cars.values()),
                "donor": self.donor or product.donor,
            }
        )


def _listed(words: tuple[str, ...] | None, what: str) -> str:
    if words is None:
        return ""
    return f"{what} {', '.join(words)}" if words else f"no {what}"


def _find(word: str, known: Iterable[str], trouble: str) -> str:
    """Find a word as the protocol or the model writes it; refuse one that means nothing here."""
    names = {str(name).casefold(): str(name) for name in known}
    found = names.get(word.casefold())
    if found is not None:
        return found
    near = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.4)
    listed = ", ".join(names.values())
    remedy = f"use one of {listed}" if names else "there is nothing to leave out"
    if near:
        remedy = f'write "{names[near[0]]}"'
    raise ProtocolError(f'{trouble} "{word}"; {remedy}')
