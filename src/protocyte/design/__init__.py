"""Designs: outcomes so far to the next decision, and exact operating characteristics."""

from protocyte.design.boin import BOIN
from protocyte.design.boin12 import BOIN12
from protocyte.design.characteristics import Characteristics
from protocyte.design.decision import Decision, Reason, Selection
from protocyte.design.design import DecisionRow, Design
from protocyte.design.interval import IntervalTable, TableDesign
from protocyte.design.outcome import Outcomes
from protocyte.design.rule import Cap, StopAfter
from protocyte.design.scenario import Scenario
from protocyte.design.simon import SimonEstimate, SimonTwoStage
from protocyte.design.single_stage import FixedSample, SingleStage, find_single_stage
from protocyte.design.state import Start, States, Steps
from protocyte.design.table import find_decision_table
from protocyte.design.three_plus_three import ThreePlusThree
from protocyte.design.tree import Branch, DecisionNode, decide_tree
from protocyte.design.two_stage import (
    AdmissibleDesign,
    find_simon_admissible,
    find_simon_design,
    find_simon_designs,
)
from protocyte.design.walk import find_characteristics

__all__ = [
    "BOIN",
    "BOIN12",
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
    "SimonEstimate",
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
