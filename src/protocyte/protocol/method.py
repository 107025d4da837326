"""How the dose is found, and how many are treated: the designs a protocol can name.

A method is one key, its settings below it: ``{BOIN: {target: 0.3}}``. The rules themselves live in
`design`; here are the numbers that are signed before the first patient.
"""

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.biological import UseBOIN12
from protocyte.protocol.methods.decision_table import UseDecisionTable
from protocyte.protocol.methods.sample import (
    UseBayesianArm,
    UseBOP2,
    UseBOP2FE,
    UseFixedSample,
    UseFleming,
    UsePredictive,
    UseSimon,
    UseSingleStage,
    UseTOP,
)
from protocyte.protocol.methods.toxicity import (
    UseBOIN,
    UseI3Plus3,
    UseKeyboard,
    UseMTPI,
    UseMTPI2,
    UseRollingSix,
    UseThreePlusThree,
)


def _only_key(value: Any) -> str | None:
    if isinstance(value, dict):
        return str(next(iter(value), ""))
    field = type(value).model_fields.get("settings") if isinstance(value, Chapter) else None
    return field.alias if field else None


DoseMethod = Annotated[
    Annotated[UseThreePlusThree, Tag("3+3")]
    | Annotated[UseRollingSix, Tag("rolling six")]
    | Annotated[UseI3Plus3, Tag("i3+3")]
    | Annotated[UseMTPI, Tag("mTPI")]
    | Annotated[UseMTPI2, Tag("mTPI-2")]
    | Annotated[UseKeyboard, Tag("Keyboard")]
    | Annotated[UseBOIN, Tag("BOIN")]
    | Annotated[UseDecisionTable, Tag("decision table")]
    | Annotated[UseBOIN12, Tag("BOIN12")],
    Discriminator(_only_key),
]
SampleMethod = Annotated[
    Annotated[UseSimon, Tag("Simon")]
    | Annotated[UseSingleStage, Tag("single stage")]
    | Annotated[UseFleming, Tag("Fleming")]
    | Annotated[UseBOP2, Tag("BOP2")]
    | Annotated[UseBOP2FE, Tag("BOP2-FE")]
    | Annotated[UseTOP, Tag("TOP")]
    | Annotated[UsePredictive, Tag("predictive probability")]
    | Annotated[UseBayesianArm, Tag("Bayesian single arm")]
    | Annotated[UseFixedSample, Tag("fixed sample")],
    Discriminator(_only_key),
]
