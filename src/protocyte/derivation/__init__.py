"""The record becomes analysis data sets: one row a participant, parameter and visit."""

from protocyte.derivation.adae import derive_adae, derive_counted_events
from protocyte.derivation.adlb import derive_adlb
from protocyte.derivation.adpp import derive_adpc, derive_adpp
from protocyte.derivation.adqs import derive_adqs, derive_responders
from protocyte.derivation.adrs import derive_adrs, derive_best_response
from protocyte.derivation.adsl import derive_adsl
from protocyte.derivation.adtte import derive_adtte
from protocyte.derivation.baseline import derive_baseline
from protocyte.derivation.cut import derive_cut
from protocyte.derivation.dataset import AnalysisData, derive_analysis_data
from protocyte.derivation.dlt import derive_dlt
from protocyte.derivation.follow_up import derive_decision, derive_follow_up
from protocyte.derivation.lupus import derive_lupus_visits
from protocyte.derivation.monitoring import Watch, derive_monitoring
from protocyte.derivation.noncompartmental import derive_noncompartmental
from protocyte.derivation.outcome import Observed, derive_outcomes

__all__ = [
    "AnalysisData",
    "Observed",
    "Watch",
    "derive_adae",
    "derive_adlb",
    "derive_adpc",
    "derive_adpp",
    "derive_adqs",
    "derive_adrs",
    "derive_adsl",
    "derive_adtte",
    "derive_analysis_data",
    "derive_baseline",
    "derive_best_response",
    "derive_counted_events",
    "derive_cut",
    "derive_decision",
    "derive_dlt",
    "derive_follow_up",
    "derive_lupus_visits",
    "derive_monitoring",
    "derive_noncompartmental",
    "derive_outcomes",
    "derive_responders",
]
