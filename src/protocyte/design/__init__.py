"""Designs: outcomes so far to the next decision, and exact operating characteristics."""

from protocyte.design.biological.boin12 import BOIN12
from protocyte.design.biological.boin_et import BOINET
from protocyte.design.biological.boin_et_limits import BOINETLimits
from protocyte.design.biological.tepi import TEPI
from protocyte.design.biological.u_boin import UBOIN
from protocyte.design.decision import Decision, Reason, Selection
from protocyte.design.design import DecisionRow, Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.exact.tree import Branch, DecisionNode, decide_tree
from protocyte.design.exact.walk import find_characteristics
from protocyte.design.outcome import Outcomes
from protocyte.design.rules.cap import Cap
from protocyte.design.rules.stop_after import StopAfter
from protocyte.design.scenario import Scenario
from protocyte.design.single_arm.simon import SimonTwoStage
from protocyte.design.single_arm.single_stage import FixedSample, SingleStage, find_single_stage
from protocyte.design.single_arm.two_stage import (
    AdmissibleDesign,
    find_simon_admissible,
    find_simon_design,
    find_simon_designs,
)
from protocyte.design.state import Start, States, Steps
from protocyte.design.table import find_decision_table
from protocyte.design.toxicity.boin import BOIN
from protocyte.design.toxicity.interval import IntervalTable, TableDesign
from protocyte.design.toxicity.three_plus_three import ThreePlusThree

__all__ = [
    "BOIN",
    "BOIN12",
    "BOINET",
    "BOINETLimits",
    "TEPI",
    "UBOIN",
    "AdmissibleDesign",
    "Branch",
    "Cap",
    "Characteristics",
    "Decision",
    "DecisionNode",
    "DecisionRow",
    "Design",
    "FixedSample",
    "IntervalTable",
    "Outcomes",
    "Reason",
    "Scenario",
    "Selection",
    "SimonTwoStage",
    "SingleStage",
    "Start",
    "States",
    "Steps",
    "StopAfter",
    "TableDesign",
    "ThreePlusThree",
    "decide_tree",
    "find_characteristics",
    "find_decision_table",
    "find_simon_admissible",
    "find_simon_design",
    "find_simon_designs",
    "find_single_stage",
]
