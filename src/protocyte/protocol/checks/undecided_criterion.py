"""POP007: a criterion in words alone."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    for kind, name, criterion in protocol.population.criteria():
        if criterion.rule is None and criterion.ask is None:
            yield Defect(
                ("population", kind, name),
                "The criterion has words, but neither a rule nor a question: a person is asked, "
                "without being told what.",
                "Add `rule` if data can tell, or `ask` with the question to a person.",
                lacks=("population", kind, name),
            )


CHECK = Check(
    code="POP007",
    severity="note",
    title="Criterion that only says",
    why=(
        "Screening runs rules and asks questions. A criterion that has neither is put to a person "
        "in the protocol's words, which are seldom a question with the answer yes or no."
    ),
    wrong="""
population:
  include:
    consent: {says: Informed consent}
""",
    right="""
population:
  include:
    consent: {says: Informed consent, ask: Has the patient signed the consent form?}
""",
    find=_find,
)
