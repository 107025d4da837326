"""Designs: outcomes so far to the next decision, and exact operating characteristics."""

from protocyte.design.biological.boin12 import BOIN12
from protocyte.design.biological.boin_et import BOINET
from protocyte.design.biological.boin_et_limits import BOINETLimits
from protocyte.design.biological.tepi import TEPI
from protocyte.design.biological.u_boin import UBOIN
from protocyte.design.correlation import find_linked
from protocyte.design.decision import Decision, Reason, Selection
from protocyte.design.delivery import Delivery
from protocyte.design.design import DecisionRow, Design
from protocyte.design.exact.characteristics import Characteristics
from protocyte.design.exact.delivered import find_delivered_characteristics
from protocyte.design.exact.tree import Branch, DecisionNode, decide_tree
from protocyte.design.exact.walk import find_characteristics
from protocyte.design.model_based.blrm import BLRM
from protocyte.design.model_based.calibration import HalfWidth, find_half_widths
from protocyte.design.model_based.crm import CRM
from protocyte.design.model_based.efftox import EffTox
from protocyte.design.model_based.efftox_fit import EffToxPrior
from protocyte.design.model_based.plane import BivariateNormal
from protocyte.design.model_based.skeleton import find_skeleton
from protocyte.design.model_based.tradeoff import TradeOff
from protocyte.design.monitoring.joint import JointBOP2
from protocyte.design.monitoring.joint_calibration import find_joint_bop2
from protocyte.design.monitoring.monitor import MonitoringOutlook, SafetyMonitor
from protocyte.design.monitoring.safety_stop import SafetyStop
from protocyte.design.monitoring.stopping import (
    StoppingBoundary,
    find_beta_binomial_boundary,
    find_repeated_boundary,
    find_schedule,
)
from protocyte.design.outcome import Outcomes
from protocyte.design.rules.at_dose import LeastAtSelected, MostAtDose
from protocyte.design.rules.cap import Cap
from protocyte.design.rules.condition import AllOf, AnyOf, Condition
from protocyte.design.rules.condition_count import EnoughAtDose, EnoughTreated, Staying
from protocyte.design.rules.condition_toxicity import NearTarget, Precise, TooToxic
from protocyte.design.rules.hold_back import IncreaseLimit, NoSkipping
from protocyte.design.rules.stop_after import StopAfter
from protocyte.design.rules.stop_when import StopWhen
from protocyte.design.rules.titration import Titration
from protocyte.design.scenario import Scenario
from protocyte.design.single_arm.bayesian import BayesianArm
from protocyte.design.single_arm.bop2 import BOP2, BOP2FE
from protocyte.design.single_arm.boundary import Boundary
from protocyte.design.single_arm.calibration import find_bop2, find_bop2_fe
from protocyte.design.single_arm.fleming import FlemingTwoStage, find_fleming_design
from protocyte.design.single_arm.inference import StagewiseEstimate
from protocyte.design.single_arm.mixture import BetaMixture
from protocyte.design.single_arm.predictive import PredictiveArm
from protocyte.design.single_arm.simon import SimonTwoStage
from protocyte.design.single_arm.single_stage import FixedSample, SingleStage, find_single_stage
from protocyte.design.single_arm.top import TOP, TopVerdict
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
    "BLRM",
    "BOIN",
    "BOIN12",
    "BOINET",
    "BOP2",
    "BOP2FE",
    "CRM",
    "MTPI",
    "MTPI2",
    "TEPI",
    "TOP",
    "UBOIN",
    "AdmissibleDesign",
    "AllOf",
    "AnyOf",
    "BOINETLimits",
    "BayesianArm",
    "BetaMixture",
    "BivariateNormal",
    "Boundary",
    "Branch",
    "Cap",
    "Characteristics",
    "CombinationBOIN",
    "Condition",
    "Decision",
    "DecisionNode",
    "DecisionRow",
    "Delivery",
    "Design",
    "EffTox",
    "EffToxPrior",
    "EnoughAtDose",
    "EnoughTreated",
    "FixedSample",
    "FlemingTwoStage",
    "HalfWidth",
    "I3Plus3",
    "IncreaseLimit",
    "IntervalTable",
    "JointBOP2",
    "Keyboard",
    "LeastAtSelected",
    "LetterTable",
    "MonitoringOutlook",
    "MostAtDose",
    "NearTarget",
    "NoSkipping",
    "Outcomes",
    "Precise",
    "PredictiveArm",
    "Reason",
    "RollingSix",
    "SafetyMonitor",
    "SafetyStop",
    "Scenario",
    "Selection",
    "SimonTwoStage",
    "SingleStage",
    "StagewiseEstimate",
    "Start",
    "States",
    "Staying",
    "Steps",
    "StopAfter",
    "StopWhen",
    "StoppingBoundary",
    "TableDesign",
    "ThreePlusThree",
    "Titration",
    "TooToxic",
    "TopVerdict",
    "TradeOff",
    "decide_tree",
    "find_beta_binomial_boundary",
    "find_bop2",
    "find_bop2_fe",
    "find_characteristics",
    "find_decision_table",
    "find_delivered_characteristics",
    "find_fleming_design",
    "find_half_widths",
    "find_joint_bop2",
    "find_linked",
    "find_repeated_boundary",
    "find_schedule",
    "find_simon_admissible",
    "find_simon_design",
    "find_simon_designs",
    "find_single_stage",
    "find_skeleton",
]
