"""A small, sound protocol over which the wrong and right examples of all mistakes are laid."""

import re
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML

from protocyte.protocol.source import parse_source

EXAMPLE: Final = """\
protocyte: 1
trial:
  acronym: EXAMPLE
  title: A made-up trial that shows the language
  phase: phase 1
  sponsor: nobody
  condition: B-cell acute lymphoblastic leukaemia
  start: 2026-01-01
  completion: 2029-12-31
product:
  name: example cells
  donor: healthy donor
  cars: [CD19]
  edits: [TRAC]
endpoints:
  primary:
    teae: {measure: adverse events, until: 3 months}
    dlt: {measure: dose-limiting toxicity}
  secondary:
    orr: {measure: response rate, criteria: NCCN ALL, responders: [CR, CRi], until: 3 months}
    os: {measure: time to event, from: infusion, until_first: [death], horizon: 12 months}
    kinetics: {measure: cell kinetics, parameters: [Cmax, Tmax, AUC0-28d]}
schedule:
  anchor: infusion
  follow_up: 12 months
  activities:
    screening: {days: -28..-6}
    lymphodepletion: {days: -5..-3, rest: -2..-1}
    infusion: {day: 0}
    hospital: {days: 0..10}
  visits:
    - {name: Baseline, day: -6, does: [safety, ECOG, disease response, haematology, cell kinetics]}
    - {name: Day 7, day: 7, window: 1 days, does: [safety, haematology, cell kinetics]}
    - {name: Day 14, day: 14, window: 2 days, does: [safety, haematology, cell kinetics]}
    - {name: Day 28, day: 28, window: 3 days, does: [safety, disease response, cell kinetics]}
    - name: Month 3
      after: 3 months
      window: 7 days
      does: [safety, ECOG, disease response, survival]
    - {name: Month 12, after: 12 months, window: 14 days, does: [disease response, survival]}
population:
  planned: 30
  lab_window: 28 days
  include:
    age: {says: Adults up to 75 years, rule: age 18..75 years}
    anc: {says: Neutrophils at least 1e9/L, rule: ANC >= 1 10*9/L}
  exclude:
    infection: {says: Active infection, rule: active infection}
    other: {ask: Any other condition that precludes participation?}
dosing:
  levels: [1e6 cells/kg, 3e6 cells/kg, 1e7 cells/kg]
  cohort: {size: 3, stagger: 14 days}
  participants: 30
  dlt: {window: 28 days, is: [CRS >= 3, GvHD >= 2, non-haematological AE >= 3 for > 7 days]}
  finds: maximum tolerated dose
  method: {BOIN: {target: 0.3}}
safety:
  scales: {AE: CTCAE 5.0, CRS: ASTCT 2019, ICANS: ASTCT 2019, GvHD: MAGIC 2016}
  treatment_emergent: {from: infusion, until: 3 months}
  of_interest: [CRS, ICANS, GvHD]
assumptions:
  - {at: dosing.levels, why: The trial is made up.}
"""

#: Truths for the example protocol.
REHEARSAL: Final = """\
protocyte: 1
accrual: {per_month: 3, screen_failure: 0.1, screening: 7 days}
patients:
  age: {mean: 45, sd: 12, low: 18, high: 75}
  weight: {mean: 70, sd: 12, low: 40, high: 120}
  female: 0.5
kinetics: {lower_limit: 50}
adverse_events:
  - {term: CRS, grades: [0.3, 0.4, 0.25, 0.04, 0.01], onset: [1, 8], lasting: [2, 7]}
leukaemia:
  responses: {CR: 0.7, CRi: 0.3}
  failures: {NR: 0.6, PD: 0.4}
  relapse_median: 9 months
  progression_median: 2 months
  death_median: 6 months
scenarios:
  - {name: tolerated, toxicity: [0.05, 0.10, 0.20], response: [0.3, 0.5, 0.6]}
  - {name: too toxic, toxicity: [0.50, 0.60, 0.70], response: [0.3, 0.5, 0.6]}
"""


def amend_data(data: Any, patch: Any) -> Any:
    """Lay a patch over plain data: mappings are merged, everything else is replaced.

    Parameters
    ----------
    data : object
        Plain data.
    patch : object
        What is laid over it; ``None`` in a mapping removes the key.

    Returns
    -------
    object
        New plain data.

    Examples
    --------
    >>> amend_data({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": 4, "d": None}})
    {'a': 1, 'b': {'c': 4}}
    """
    if not isinstance(data, dict) or not isinstance(patch, dict):
        return patch
    merged = {key: value for key, value in data.items() if patch.get(key, value) is not None}
    for key, value in patch.items():
        if value is not None:
            merged[key] = amend_data(data.get(key), value)
    return merged


def amend_example(patch: str) -> str:
    r"""Lay the example of a check over the example protocol.

    Parameters
    ----------
    patch : str
        YAML with the keys that change; ``null`` takes a key away, a list replaces a list.

    Returns
    -------
    str
        The text of the whole protocol; comments and layout are not those of `EXAMPLE`.

    Examples
    --------
    >>> "planned: 12" in amend_example("population: {planned: 12}")
    True
    """
    stream = StringIO()
    YAML().dump(amend_data(_plain(EXAMPLE), _plain(patch)), stream)
    return stream.getvalue()


def amend_chapter(chapter: str) -> str:
    r"""Put a chapter, as it is written, in the place of that chapter of the example protocol.

    Parameters
    ----------
    chapter : str
        A chapter of a protocol; it need not be sound.

    Returns
    -------
    str
        The text of the whole protocol.

    Examples
    --------
    >>> amend_chapter("assumptions: none\n").splitlines()[-1]
    'assumptions: none'
    """
    written = chapter.strip("\n") + "\n"
    name = written.partition(":")[0]
    chapters = re.split(r"^(?=\w)", EXAMPLE, flags=re.MULTILINE)
    return "".join(written if old.startswith(f"{name}:") else old for old in chapters)


def _plain(text: str) -> Any:
    return parse_source(text, file="example").data
