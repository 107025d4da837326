"""Designs: outcomes so far to the next decision, and exact operating characteristics."""

from protocyte.design.boin import BOIN
from protocyte.design.characteristics import Characteristics
from protocyte.design.interval import IntervalTable, TableDesign
from protocyte.design.outcome import Outcomes
from protocyte.design.scenario import Scenario
from protocyte.design.walk import find_characteristics
