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
from protocyte.design.toxicity.combination import CombinationBOIN
from protocyte.design.toxicity.decision_table import IntervalTable, LetterTable
from protocyte.design.toxicity.i3_plus_3 import I3Plus3
from protocyte.design.toxicity.interval import TableDesign
from protocyte.design.toxicity.keyboard import Keyboard
from protocyte.design.toxicity.mtpi import MTPI, MTPI2
from protocyte.design.toxicity.rolling_six import RollingSix
from protocyte.design.toxicity.three_plus_three import ThreePlusThree

__all__ = [
    "BOIN",
    "BOIN12",
    "BOINET",
    "MTPI",
    "MTPI2",
    "TEPI",
    "UBOIN",
    "AdmissibleDesign",
    "BOINETLimits",
    "Branch",
    "Cap",
    "Characteristics",
    "CombinationBOIN",
    "Decision",
    "DecisionNode",
    "DecisionRow",
    "Design",
    "FixedSample",
    "I3Plus3",
    "IntervalTable",
    "Keyboard",
    "LetterTable",
    "Outcomes",
    "Reason",
    "RollingSix",
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
