"""Mistakes of form: what keeps a text from being read as a protocol, before any check looks at it.

`parse_source` reports the first two, `parse_document` the others. Each example is one chapter of a
protocol, as it would stand in the file.
"""

from dataclasses import dataclass
from typing import Final

from protocyte.protocol.finding import Severity


@dataclass(frozen=True, slots=True)
class Form:
    """A mistake of form.

    Parameters
    ----------
    code : str
        ``SYN`` and a number.
    severity : {"error", "warning", "note"}
        How bad it is.
    title : str
        The mistake in a few words.
    why : str
        Why it matters, for a reader who has not met it.
    wrong, right : str
        A chapter that makes the mistake and one that does not; each takes the place of that
        chapter in the example protocol.
    """

    code: str
    severity: Severity
    title: str
    why: str
    wrong: str
    right: str


FORMS: Final = (
    Form(
        code="SYN001",
        severity="error",
        title="Text that is not YAML",
        why=(
            "In YAML some signs mean something at the beginning of a text (`>`, `*`, `&`, `%`, "
            "`@`, `|`, brackets), and a colon followed by a space makes a key. A text that holds "
            "them is put in quotes. Below the place nothing could be read: more findings may come."
        ),
        wrong="""
population:
  lab_window: 28 days
  include:
    anc: {says: > 1e9/L neutrophils, rule: ANC > 1 10*9/L}
""",
        right="""
population:
  lab_window: 28 days
  include:
    anc: {says: "> 1e9/L neutrophils", rule: ANC > 1 10*9/L}
""",
    ),
    Form(
        code="SYN002",
        severity="error",
        title="Key that stands twice",
        why=(
            "Of two equal keys only one can count. Most programs take the last in silence; here "
            "the first is read and the second reported, because two criteria of one name are "
            "mostly two criteria."
        ),
        wrong="""
population:
  include:
    age: {rule: age 18..75 years}
    age: {rule: ECOG 0..2}
""",
        right="""
population:
  include:
    age: {rule: age 18..75 years}
    ecog: {rule: ECOG 0..2}
""",
    ),
    Form(
        code="SYN003",
        severity="error",
        title="Key that is not known",
        why=(
            "A key that is not known would be ignored, and with it what it was to say: here, how "
            "old a laboratory value may be. Inside braces a comma ends a text, so that its second "
            "half looks like a key."
        ),
        wrong="""
population:
  labs_window: 28 days
  include:
    age: {rule: age 18..75 years}
""",
        right="""
population:
  lab_window: 28 days
  include:
    age: {rule: age 18..75 years}
""",
    ),
    Form(
        code="SYN004",
        severity="error",
        title="Key that is missing",
        why=(
            "Without it the chapter cannot be used: a trial without a sponsor, a visit without "
            "anything that is done. Keys that a source may leave open are not required."
        ),
        wrong="""
trial:
  acronym: EXAMPLE
  title: A made-up trial that shows the language
  phase: phase 1
  condition: B-cell acute lymphoblastic leukaemia
""",
        right="""
trial:
  acronym: EXAMPLE
  title: A made-up trial that shows the language
  phase: phase 1
  sponsor: nobody
  condition: B-cell acute lymphoblastic leukaemia
""",
    ),
    Form(
        code="SYN005",
        severity="error",
        title="Value that does not fit",
        why=(
            "Values are read with their units and compared with the words that the language knows. "
            "A number without a unit, or a word that is not one of them, could mean several things."
        ),
        wrong="""
safety:
  scales: {AE: CTCAE 5, CRS: ASTCT 2019, ICANS: ASTCT 2019, GvHD: MAGIC 2016}
  treatment_emergent: {until: 3}
  of_interest: [CRS, ICANS, GvHD]
""",
        right="""
safety:
  scales: {AE: CTCAE 5.0, CRS: ASTCT 2019, ICANS: ASTCT 2019, GvHD: MAGIC 2016}
  treatment_emergent: {until: 3 months}
  of_interest: [CRS, ICANS, GvHD]
""",
    ),
)
