"""Mistakes of content, one module each: `CHECKS` lists them, `check_protocol` runs them all.

A new check is a module with a `CHECK`, and a line below. A code that was given is never given to
another mistake.
"""

from typing import Final

from protocyte.protocol.checks import (
    absent_day_zero,
    absent_start_level,
    age_without_unit,
    agent_outside_lymphodepletion,
    assumed_twice,
    bolder_decision,
    circular_definition,
    completion_before_start,
    contradicting_ages,
    contradicting_benefit,
    contradicting_criteria,
    contradicting_method,
    disordered_looks,
    dose_not_sought,
    early_cohort,
    early_departure,
    emergence_beyond_visits,
    endpoint_beyond_emergence,
    endpoint_beyond_visits,
    endpoint_named_twice,
    exposed_to_nk_cells,
    fratricide,
    grade_beyond_scale,
    idle_armour,
    impossible_boundary,
    impossible_criterion,
    incomplete_prior,
    infusion_off_anchor,
    intact_receptor,
    laboratory_without_window,
    levels_without_method,
    limit_without_normal,
    long_stagger,
    lymphodepletion_overlap,
    method_for_another_dose,
    misnamed_visit,
    misplaced_leukapheresis,
    missing_anchor,
    missing_baseline,
    missing_endpoint_anchor,
    missing_path_assumed,
    more_than_planned,
    needless_edit,
    open_population,
    overlapping_windows,
    redundant_toxicity,
    related_receptor,
    second_scale,
    senseless_hypotheses,
    sparse_kinetics,
    state_at_one_visit,
    toxicity_beyond_window,
    treatment_during_screening,
    unaccounted_participants,
    uncrossed_levels,
    undated_designation,
    undecided_criterion,
    undefined_toxicity,
    undefined_toxicity_endpoint,
    undefined_watched_event,
    uneven_cohorts,
    unfed_endpoint,
    unfit_model,
    unfit_scale,
    ungraded_interest,
    ungraded_toxicity,
    unjudged_efficacy,
    unknown_responder,
    unknown_unit,
    unknown_visit,
    unnamed_scale,
    unordered_levels,
    unreachable_power,
    unreadable_rule,
    unstated_edits,
    unsuited_sample_endpoint,
    unused_definition,
    unwatched_gvhd,
    unwatched_toxicity,
    unworkable_rule,
    visit_named_twice,
    visit_outside_trial,
    visits_out_of_order,
    waiver_without_rule,
)
from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.finding import Finding
from protocyte.protocol.form import FORMS
from protocyte.protocol.mistake import Mistake
from protocyte.protocol.parse import Parsed
from protocyte.protocol.plan import Protocol
from protocyte.protocol.source import Source

#: Every check, by chapter.
CHECKS: Final[tuple[Check, ...]] = (
    # trial
    completion_before_start.CHECK,
    undated_designation.CHECK,
    # product
    intact_receptor.CHECK,
    fratricide.CHECK,
    exposed_to_nk_cells.CHECK,
    needless_edit.CHECK,
    idle_armour.CHECK,
    unstated_edits.CHECK,
    related_receptor.CHECK,
    # endpoints
    unknown_visit.CHECK,
    unfed_endpoint.CHECK,
    missing_endpoint_anchor.CHECK,
    endpoint_beyond_visits.CHECK,
    unnamed_scale.CHECK,
    second_scale.CHECK,
    unknown_responder.CHECK,
    sparse_kinetics.CHECK,
    dose_not_sought.CHECK,
    undefined_toxicity_endpoint.CHECK,
    unfit_scale.CHECK,
    state_at_one_visit.CHECK,
    endpoint_named_twice.CHECK,
    endpoint_beyond_emergence.CHECK,
    # schedule
    visit_outside_trial.CHECK,
    visits_out_of_order.CHECK,
    visit_named_twice.CHECK,
    overlapping_windows.CHECK,
    infusion_off_anchor.CHECK,
    lymphodepletion_overlap.CHECK,
    misplaced_leukapheresis.CHECK,
    early_departure.CHECK,
    missing_baseline.CHECK,
    missing_anchor.CHECK,
    absent_day_zero.CHECK,
    agent_outside_lymphodepletion.CHECK,
    treatment_during_screening.CHECK,
    misnamed_visit.CHECK,
    # population
    unreadable_rule.CHECK,
    impossible_criterion.CHECK,
    contradicting_criteria.CHECK,
    waiver_without_rule.CHECK,
    laboratory_without_window.CHECK,
    unused_definition.CHECK,
    undecided_criterion.CHECK,
    circular_definition.CHECK,
    open_population.CHECK,
    limit_without_normal.CHECK,
    age_without_unit.CHECK,
    unknown_unit.CHECK,
    # dosing
    early_cohort.CHECK,
    absent_start_level.CHECK,
    unordered_levels.CHECK,
    contradicting_method.CHECK,
    undefined_toxicity.CHECK,
    unjudged_efficacy.CHECK,
    uneven_cohorts.CHECK,
    ungraded_toxicity.CHECK,
    long_stagger.CHECK,
    method_for_another_dose.CHECK,
    more_than_planned.CHECK,
    levels_without_method.CHECK,
    unwatched_toxicity.CHECK,
    grade_beyond_scale.CHECK,
    redundant_toxicity.CHECK,
    toxicity_beyond_window.CHECK,
    unworkable_rule.CHECK,
    bolder_decision.CHECK,
    contradicting_benefit.CHECK,
    uncrossed_levels.CHECK,
    contradicting_ages.CHECK,
    unfit_model.CHECK,
    # safety
    emergence_beyond_visits.CHECK,
    unwatched_gvhd.CHECK,
    ungraded_interest.CHECK,
    impossible_boundary.CHECK,
    undefined_watched_event.CHECK,
    # statistics
    senseless_hypotheses.CHECK,
    unsuited_sample_endpoint.CHECK,
    unaccounted_participants.CHECK,
    disordered_looks.CHECK,
    incomplete_prior.CHECK,
    unreachable_power.CHECK,
    # assumptions
    missing_path_assumed.CHECK,
    assumed_twice.CHECK,
)
#: Every mistake that has a code, those of form first.
MISTAKES: Final[tuple[Mistake, ...]] = (*FORMS, *CHECKS)

__all__ = ["CHECKS", "MISTAKES", "Check", "Defect", "check_protocol"]


def check_protocol(parsed: Parsed[Protocol]) -> tuple[Finding, ...]:
    """Find the clinical mistakes of a protocol, beside its defects of form.

    Parameters
    ----------
    parsed : Parsed
        The protocol as read.

    Returns
    -------
    tuple of Finding
        All findings in the order of the lines.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> check_protocol(parse_protocol(EXAMPLE))
    ()
    """
    found = list(parsed.findings)
    if parsed.plan is not None:
        unread = tuple(finding.where for finding in parsed.findings)
        found += [
            parsed.source.finding(
                check.code,
                check.severity,
                parsed.rest.origin(defect.where),
                defect.message,
                defect.remedy,
            )
            for check in CHECKS
            for defect in check.find(parsed.plan)
            if not (defect.lacks and _is_among(Source.dotted(defect.lacks), unread))
        ]
    return tuple(sorted(found, key=lambda finding: finding.rank))


def _is_among(lacked: str, unread: tuple[str, ...]) -> bool:
    """Tell whether what is lacking stands in the file, or would stand, where it was not read."""
    return any(
        f"{inner}.".startswith((f"{outer}.", f"{outer}["))
        for where in unread
        for inner, outer in ((lacked, where), (where, lacked))
    )
