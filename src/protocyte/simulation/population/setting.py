"""From a protocol to the setting of its virtual patients: product, depth, disease, dose.

One law: what the protocol and its rehearsal leave open is filled by a named assumption.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from protocyte.errors import ProtocolError
from protocyte.kinetics.allogeneic.assemble import Setting
from protocyte.kinetics.allogeneic.conditioning import find_depth
from protocyte.kinetics.allogeneic.parameters import PARAMETERS
from protocyte.kinetics.allogeneic.target import Target, find_disease
from protocyte.kinetics.allogeneic.terms import find_terms
from protocyte.kinetics.parameter import Floats
from protocyte.protocol.biology import Depth, Disease
from protocyte.protocol.plan import Protocol
from protocyte.protocol.product import Product
from protocyte.protocol.rehearsal import Rehearsal


@dataclass(frozen=True, slots=True)
class Arm:
    """A protocol at one dose level, ready for virtual patients.

    Parameters
    ----------
    label : str
        How figures call it.
    plan : Protocol
        The protocol.
    rehearsal : Rehearsal
        Its rehearsal.
    level : int or None
        Dose level, from 1; None if the protocol has none.
    dose : float or None
        Cells given at any level [cells]; None to take the level's.
    """

    label: str
    plan: Protocol
    rehearsal: Rehearsal
    level: int | None = None
    dose: float | None = None

    @property
    def disease(self) -> Disease:
        """Disease of the virtual patients."""
        disease = self.rehearsal.biology.disease or find_disease(self.plan.trial.condition or "")
        if disease is None:
            raise ProtocolError(
                f'the condition "{self.plan.trial.condition}" names no disease of the model; add '
                "`biology: {disease: …}` to scenarios.yaml: B-ALL, T-ALL, AML, lymphoma, myeloma "
                "or SLE"
            )
        return disease

    @property
    def depth(self) -> Depth:
        """How deep lymphodepletion goes."""
        biology, dosing = self.rehearsal.biology, self.plan.dosing
        if biology.lymphodepletion is not None:
            return biology.lymphodepletion
        regimen = dosing.levels[self.level - 1].regimen if dosing and self.level else None
        if regimen in biology.regimens:
            return biology.regimens[str(regimen)]
        return find_depth(self.plan.schedule.activities.lymphodepletion, regimen)

    @property
    def product(self) -> Product:
        """The product, with the edits that the rehearsal assumes where no source tells."""
        product, assumed = self.plan.product, self.rehearsal.biology.edits
        if product.edits is not None or assumed is None:
            return product
        return product.model_copy(update={"edits": assumed})

    @property
    def typical(self) -> dict[str, float]:
        """Typical values that the rehearsal changes [unit of the parameter]."""
        return dict(self.rehearsal.biology.parameters)

    def with_typical(self, values: Mapping[str, float]) -> "Arm":
        """Give the arm with other typical values [unit of the parameter]."""
        biology = self.rehearsal.biology
        biology = biology.model_copy(update={"parameters": self.typical | dict(values)})
        return replace(self, rehearsal=self.rehearsal.model_copy(update={"biology": biology}))

    def set(self, weight: Floats) -> Setting:
        """Give the setting of patients of these weights.

        Parameters
        ----------
        weight : ndarray of float, shape (n_patients,)
            Body weight [kg].

        Returns
        -------
        Setting
            The setting.

        Raises
        ------
        ProtocolError
            If the disease is not one of the model's.
        """
        known = {k: v for k, v in self.typical.items() if not k.startswith("sd_")}
        numbers = PARAMETERS.values() | known
        return Setting(
            find_terms(self.product, numbers),
            self.depth,
            Target.of(self.disease),
            self._cells(weight),
            self.rehearsal.biology.expansion,
        )

    def _cells(self, weight: Floats) -> Floats | None:
        """Cells given to each patient; None where no source gives a dose."""
        if self.dose is not None:
            return np.full_like(weight, self.dose)
        dosing = self.plan.dosing
        dose = dosing.levels[self.level - 1].dose if dosing and self.level else None
        if dose is not None:
            return weight * dose.cells if dose.per_kg else np.full_like(weight, dose.cells)
        cells = self.rehearsal.biology.dose
        return None if cells is None else np.full_like(weight, cells)
