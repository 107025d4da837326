"""A mapping file: how somebody's tables become a record. Read as protocols are, with findings."""

import hashlib
import json
from typing import Annotated, Literal

from pydantic import Field

from protocyte.exchange.misfit import Inspection
from protocyte.exchange.source import Choice, Dates, Source
from protocyte.exchange.value import Text
from protocyte.protocol.chapter import Chapter
from protocyte.protocol.parse import Parsed, parse_document

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class TableMapping(Chapter):
    """How the tables of one study become a record."""

    protocyte: Literal[1]
    """Version of the language."""
    study: str
    """Study identifier."""
    provenance: Literal["real", "rehearsal"] = "real"
    """Whether rows are about people, or about virtual patients."""
    participant: str
    """Column that names the participant, in every file that names no other."""
    missing: tuple[Text, ...] = ()
    """Marks of a missing value, besides an empty cell."""
    not_done: tuple[Text, ...] = ()
    """Marks of a test that was planned and not done."""
    below_limit: tuple[Text, ...] = ()
    """Words for a result below the limit of quantification, besides texts such as "<50"."""
    dates: Dates = Dates()
    """How the source tells time."""
    defects: Literal["refuse", "set aside"] = "refuse"
    """What becomes of rows with defects: nothing is imported, or the other rows are."""
    choices: dict[Name, Choice] = Field(default_factory=dict)
    """Questions that the source leaves open, answered by `--set`."""
    notes: tuple[str, ...] = ()
    """What a reader of any report must know about the source."""
    tables: Annotated[dict[str, Source], Field(min_length=1)]
    """Files of the source, by name."""

    def columns(self, file: str) -> tuple[str, ...]:
        """Return the columns of a file that are needed, whatever is chosen."""
        source, anchor = self.tables[file], self.dates.anchor
        found = [source.participant or self.participant]
        found += [column for rows in source.rows for column in rows.columns()]
        if anchor is not None and anchor.file == file:
            found.append(anchor.column)
        return tuple(dict.fromkeys(found))

    @property
    def digest(self) -> str:
        """SHA-256 of the mapping's values; comments and order of keys do not change it."""
        plain = self.model_dump(mode="json", exclude_none=True)
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def import_mapping(text: str, *, file: str = "mapping.yaml") -> Parsed[TableMapping]:
    r"""Read a mapping file, and see that it fits the record.

    Parameters
    ----------
    text : str
        The YAML text.
    file : str
        The file's name, for findings.

    Returns
    -------
    Parsed
        The mapping and every defect; it can be used if it is sound.

    Examples
    --------
    >>> parsed = import_mapping('''
    ... protocyte: 1
    ... study: DEMO
    ... participant: id
    ... tables:
    ...   people.csv:
    ...     rows:
    ...       - {domain: DM, variables: {SEKS: {column: sex}}}
    ... ''')
    >>> [(finding.line, finding.message, finding.remedy) for finding in parsed.findings]
    [(8, 'SEKS is not a variable of DM.', 'Did you mean "SEX"? Otherwise remove it.')]
    """
    parsed = parse_document(text, TableMapping, file=file)
    plan = parsed.plan
    if plan is None:
        return parsed
    found = []
    for misfit in Inspection(plan.tables, plan.dates, plan.choices).misfits():
        path = parsed.rest.origin(misfit.path)
        finding = parsed.source.finding(misfit.code, "error", path, misfit.message, misfit.remedy)
        # What is missing may only be what could not be read.
        is_told = any(known.where.startswith(finding.where) for known in parsed.findings)
        if not (is_told and misfit.code == "SYN004"):
            found.append(finding)
    findings = sorted((*parsed.findings, *found), key=lambda finding: finding.rank)
    return Parsed(plan, tuple(findings), parsed.source, parsed.rest)
