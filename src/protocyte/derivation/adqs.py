"""ADQS: lupus scores by visit, and who reaches the state that an instrument defines."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from protocyte.derivation.adsl import ANCHOR_COLUMNS
from protocyte.derivation.baseline import derive_baseline
from protocyte.derivation.lupus import LupusVisit
from protocyte.protocol.endpoint import ResponderEndpoint
from protocyte.protocol.plan import Protocol
from protocyte.standards.bilag_2004 import classify_bilag_change
from protocyte.standards.doris import classify_doris
from protocyte.standards.grade import Classification
from protocyte.standards.lldas import classify_lldas
from protocyte.standards.sledai import grade_sledai
from protocyte.standards.sri import classify_sri4

_SCORES: Final = {
    "USUBJID": pl.String,
    "PARAMCD": pl.String,
    "PARAM": pl.String,
    "AVAL": pl.Float64,
    "AVALU": pl.String,
    "ADT": pl.Date,
    "VISIT": pl.String,
}
_RESPONSES: Final = {
    "USUBJID": pl.String,
    "LEVELN": pl.Int64,
    "LEVEL": pl.String,
    "VISIT": pl.String,
    "ADT": pl.Date,
    "AVALC": pl.String,
    "STATUS": pl.String,
    "REASON": pl.String,
}
LupusVisits = Mapping[str, tuple[LupusVisit, ...]]


def derive_adqs(visits: LupusVisits, *, adsl: pl.DataFrame) -> pl.DataFrame:
    """Derive lupus scores by visit, with baseline and change.

    Parameters
    ----------
    visits : mapping of str to tuple of LupusVisit
        Assessments by participant.
    adsl : polars.DataFrame
        The participant-level data set.

    Returns
    -------
    polars.DataFrame
        One row a participant, visit and score: `PARAMCD` (SLEDAI, CSLEDAI, PGA, PRED), `AVAL` [1]
        (PRED [mg/d]), `BASE`, `CHG`, `ABLFL`.

    Examples
    --------
    >>> people = pl.DataFrame(schema={"USUBJID": pl.String, "TRTSDT": pl.Date,
    ...     "LEVELN": pl.Int64, "LEVEL": pl.String})
    >>> derive_adqs({}, adsl=people).height
    0
    """
    rows = [
        {
            "USUBJID": person,
            "PARAMCD": code,
            "PARAM": label,
            "AVAL": value,
            "AVALU": unit,
            "ADT": visit.on,
            "VISIT": visit.visit,
        }
        for person, mine in visits.items()
        for visit in mine
        for code, label, value, unit in _scores(visit)
    ]
    return derive_baseline(pl.DataFrame(rows, schema=_SCORES), adsl=adsl)


def derive_responders(
    endpoint: ResponderEndpoint,
    *,
    visits: LupusVisits,
    adsl: pl.DataFrame,
    protocol: Protocol,
    at: date,
) -> pl.DataFrame:
    """Derive who reaches the state of an endpoint's instrument at each of its visits.

    Parameters
    ----------
    endpoint : ResponderEndpoint
        Instrument, visits, and what a missing assessment counts as.
    visits : mapping of str to tuple of LupusVisit
        Assessments by participant.
    adsl : polars.DataFrame
        The participant-level data set.
    protocol : Protocol
        The plan, for the dates at which visits are due.
    at : date
        The day of looking; visits that are due later are not counted.

    Returns
    -------
    polars.DataFrame
        One row an infused participant and visit, and for a maintained state one more named "all":
        `AVALC` (Y, N, null unknown), `STATUS` (assessed, missing, not yet due), `REASON`.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> endpoint = ResponderEndpoint(measure="responder", instrument="SRI-4", at=("Month 3",))
    >>> people = pl.DataFrame({"USUBJID": [], "TRTSDT": [], "LEVELN": [], "LEVEL": []})
    >>> derive_responders(endpoint, visits={}, adsl=people, protocol=parse_protocol(EXAMPLE).plan,
    ...                   at=date(2026, 3, 1)).height
    0
    """
    rows = []
    planned = [protocol.schedule.visit(name) for name in endpoint.at]
    anchor = ANCHOR_COLUMNS[protocol.schedule.anchor]
    for person in adsl.iter_rows(named=True):
        if person["TRTSDT"] is None or person[anchor] is None:
            continue
        shared = {name: person[name] for name in ("USUBJID", "LEVELN", "LEVEL")}
        mine = visits.get(person["USUBJID"], ())
        found = []
        for visit in planned:
            if visit is not None:
                due = protocol.schedule.latest_date(visit, anchor=person[anchor])
                baseline = _baseline(mine, person["TRTSDT"])
                judged = _judged(endpoint, visit.name, mine, baseline, due=due, at=at)
                found.append(shared | judged)
        rows += found
        if endpoint.maintained and found:
            rows.append(shared | _together(found))
    return pl.DataFrame(rows, schema=_RESPONSES)


def _baseline(mine: tuple[LupusVisit, ...], infused: date | None) -> LupusVisit | None:
    before = [visit for visit in mine if infused is not None and visit.on <= infused]
    return before[-1] if before else None


def _scores(visit: LupusVisit) -> tuple[tuple[str, str, float | None, str | None], ...]:
    return (
        ("SLEDAI", "SELENA-SLEDAI", _points(visit.sledai.total.points), None),
        ("CSLEDAI", "Clinical SLEDAI", _points(visit.sledai.clinical.points), None),
        ("PGA", "Physician's global assessment", visit.pga, None),
        ("PRED", "Prednisolone dose", visit.prednisolone, "mg/d"),
    )


def _points(points: int | None) -> float | None:
    return None if points is None else float(points)


def _judged(
    endpoint: ResponderEndpoint,
    visit: str,
    mine: tuple[LupusVisit, ...],
    baseline: LupusVisit | None,
    *,
    due: date,
    at: date,
) -> dict[str, object]:
    """Judge one visit; `due` is the last day on which it may be held."""
    held = next((one for one in mine if one.visit == visit and one.on <= at), None)
    row: dict[str, object] = {"VISIT": visit, "ADT": held.on if held else None}
    if held is None:
        if due > at:
            return row | {"AVALC": None, "STATUS": "not yet due", "REASON": f"due by {due}"}
        counts_as = "N" if endpoint.missing == "non-responder" else None
        return row | {"AVALC": counts_as, "STATUS": "missing", "REASON": "not assessed"}
    verdict = _classified(endpoint, held, mine, baseline)
    letter = None if verdict.verdict is None else "Y" if verdict.verdict else "N"
    if letter is None and endpoint.missing == "non-responder":
        letter = "N"
    reason = "; ".join(f"{part.name}: {part.because}" for part in verdict.decided_by)
    return row | {"AVALC": letter, "STATUS": "assessed", "REASON": reason}


def _together(found: list[dict[str, object]]) -> dict[str, object]:
    """Judge a state that must hold at every visit."""
    letters = [row["AVALC"] for row in found]
    statuses = [row["STATUS"] for row in found]
    if "not yet due" in statuses and "N" not in letters:
        return {"VISIT": "all", "AVALC": None, "STATUS": "not yet due", "REASON": "visits to come"}
    letter = "N" if "N" in letters else None if None in letters else "Y"
    lost = next((row for row in found if row["AVALC"] == "N"), None)
    reason = f"not at {lost['VISIT']}: {lost['REASON']}" if lost else "at every visit"
    return {"VISIT": "all", "AVALC": letter, "STATUS": "assessed", "REASON": reason}


def _classified(
    endpoint: ResponderEndpoint,
    now: LupusVisit,
    mine: tuple[LupusVisit, ...],
    baseline: LupusVisit | None,
) -> Classification:
    match endpoint.instrument:
        case "SRI-4":
            return classify_sri4(
                sledai_baseline=baseline.sledai.total.points if baseline else None,
                sledai_now=now.sledai.total.points,
                bilag_baseline=baseline.bilag if baseline else {},
                bilag_now=now.bilag,
                pga_baseline=baseline.pga if baseline else None,
                pga_now=now.pga,
            )
        case "DORIS" | "drug-free DORIS":
            return classify_doris(
                clinical_sledai=now.sledai.clinical.points,
                pga=now.pga,
                prednisolone=now.prednisolone,
                drugs_stable=now.drugs_stable,
                drug_free=endpoint.instrument == "drug-free DORIS",
                lupus_drugs=now.lupus_drugs,
            )
        case "LLDAS":
            previous = [visit for visit in mine if visit.on < now.on]
            return classify_lldas(
                sledai=grade_sledai(now.items),
                haemolytic_anaemia=now.judged.get("haemolytic anaemia"),
                gastrointestinal_activity=now.judged.get("gastrointestinal activity"),
                new_activity=_new_activity(previous[-1], now) if previous else None,
                pga=now.pga,
                prednisolone=now.prednisolone,
                standard_drugs_tolerated=now.judged.get("standard drugs tolerated"),
                investigational_drug=now.judged.get("investigational drug"),
                cell_product=True,
            )


def _new_activity(before: LupusVisit, now: LupusVisit) -> bool | None:
    """Tell whether a SLEDAI item, or a BILAG A or B, is new since the assessment before."""
    change = classify_bilag_change(before.bilag, now.bilag)
    appeared = any(before.items.get(item) is False for item in now.sledai.present)
    if change.new_a or change.new_b or appeared:
        return True
    judged = any(before.bilag.values()) or any(now.bilag.values())
    is_open = judged and (change.open_a or change.open_b)
    scored = before.sledai.total.points is not None and now.sledai.total.points is not None
    return None if is_open or not scored else False
