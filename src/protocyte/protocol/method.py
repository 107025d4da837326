"""How the dose is found, and how many are treated: the designs a protocol can name.

A method is one key, its settings below it: ``{BOIN: {target: 0.3}}``. The rules themselves live in
`design`; here are the numbers that are signed before the first patient.
"""

from typing import Annotated, Final

from pydantic import Tag

from protocyte.protocol.methods import biological
from protocyte.protocol.methods.biological import UseBOIN12, UseBOINET, UseTEPI, UseUBOIN
from protocyte.protocol.methods.combination import UseCombination
from protocyte.protocol.methods.decision_table import UseDecisionTable
from protocyte.protocol.methods.late_onset import (
    UseBEBOIN,
    UseBFBOIN,
    UseTITEBOIN,
    UseTITEBOIN12,
    UseTITECRM,
    UseTITEKeyboard,
)
from protocyte.protocol.methods.model_based import UseBLRM, UseCRM, UseEffTox
from protocyte.protocol.methods.one_key import ONE_KEY
from protocyte.protocol.methods.sample import (
    UseBayesianArm,
    UseBOP2,
    UseBOP2FE,
    UseBOP2WithToxicity,
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

DoseMethod = Annotated[
    Annotated[UseThreePlusThree, Tag("3+3")]
    | Annotated[UseRollingSix, Tag("rolling six")]
    | Annotated[UseI3Plus3, Tag("i3+3")]
    | Annotated[UseMTPI, Tag("mTPI")]
    | Annotated[UseMTPI2, Tag("mTPI-2")]
    | Annotated[UseKeyboard, Tag("Keyboard")]
    | Annotated[UseBOIN, Tag("BOIN")]
    | Annotated[UseCRM, Tag("CRM")]
    | Annotated[UseBLRM, Tag("BLRM")]
    | Annotated[UseDecisionTable, Tag("decision table")]
    | Annotated[UseCombination, Tag("BOIN combination")]
    | Annotated[UseBOIN12, Tag("BOIN12")]
    | Annotated[UseUBOIN, Tag("U-BOIN")]
    | Annotated[UseBOINET, Tag("BOIN-ET")]
    | Annotated[UseTEPI, Tag("TEPI")]
    | Annotated[UseEffTox, Tag("EffTox")]
    | Annotated[UseTITEBOIN, Tag("TITE-BOIN")]
    | Annotated[UseTITEKeyboard, Tag("TITE-Keyboard")]
    | Annotated[UseTITECRM, Tag("TITE-CRM")]
    | Annotated[UseTITEBOIN12, Tag("TITE-BOIN12")]
    | Annotated[UseBFBOIN, Tag("BF-BOIN")]
    | Annotated[UseBEBOIN, Tag("BE-BOIN")],
    ONE_KEY,
]
WEIGH_BENEFIT: Final = (*biological.WEIGH_BENEFIT, UseTITEBOIN12)
"""Methods that weigh response against toxicity."""
BACKFILL: Final = (UseBFBOIN, UseBEBOIN)
"""Methods that treat patients without a place at lower levels."""
SampleMethod = Annotated[
    Annotated[UseSimon, Tag("Simon")]
    | Annotated[UseSingleStage, Tag("single stage")]
    | Annotated[UseFleming, Tag("Fleming")]
    | Annotated[UseBOP2, Tag("BOP2")]
    | Annotated[UseBOP2FE, Tag("BOP2-FE")]
    | Annotated[UseBOP2WithToxicity, Tag("BOP2 with toxicity")]
    | Annotated[UseTOP, Tag("TOP")]
    | Annotated[UsePredictive, Tag("predictive probability")]
    | Annotated[UseBayesianArm, Tag("Bayesian single arm")]
    | Annotated[UseFixedSample, Tag("fixed sample")],
    ONE_KEY,
]
