"""Write docs/reference/findings.md from the mistakes that the project knows.

    python docs/_generate/findings.py

Nothing is written there by hand: a house test compares the page with what this gives.
"""

from pathlib import Path

from protocyte.protocol.checks import CHECKS, MISTAKES
from protocyte.protocol.checks.example import EXAMPLE
from protocyte.protocol.mistake import Mistake

PAGE = Path(__file__).resolve().parents[1] / "reference" / "findings.md"
CHAPTERS = {
    "SYN": "Form",
    "TRL": "Trial",
    "PRD": "Product",
    "END": "Endpoints",
    "SCH": "Schedule",
    "POP": "Population",
    "DOS": "Dosing",
    "SAF": "Safety",
    "STA": "Statistics",
    "ASM": "Assumptions",
}
INTRODUCTION = """\
# Findings

A finding is a defect of a protocol file. `protocyte check PROTOCOL` reports all of them in one
run, each with its line and a remedy; `protocyte check --explain CODE` prints what stands here.

An **error** means that the trial cannot be run as written. A **warning** means that it can, and
that somebody will regret it. A **note** is worth knowing. A code is never given to another mistake,
so numbers that are missing here are not reused.

The examples are laid over [the protocol at the end of this page](#example-protocol): those of form
take the place of a chapter; in the others keys that are not shown stay as they are, a list replaces
a list, and `null` takes a key away.
"""


def render() -> str:
    """Return the page."""
    parts = [INTRODUCTION, _overview()]
    for letters, chapter in CHAPTERS.items():
        parts.append(f"## {chapter}\n")
        parts += [_section(mistake) for mistake in MISTAKES if mistake.code.startswith(letters)]
    parts.append(f"(example-protocol)=\n## The example protocol\n\n{_yaml(EXAMPLE)}")
    return "\n".join(parts)


def _overview() -> str:
    rows = [
        f"| [{mistake.code}](#{mistake.code.lower()}) | {mistake.severity} | {mistake.title} |"
        for mistake in MISTAKES
    ]
    return "\n".join(["| code | severity | mistake |", "|---|---|---|", *rows, ""])


def _section(mistake: Mistake) -> str:
    return (
        f"({mistake.code.lower()})=\n### {mistake.code}: {mistake.title}\n\n"
        f"*{mistake.severity.capitalize()}.* {mistake.why}\n\n"
        f"Wrong:\n\n{_fenced(mistake, mistake.wrong)}\nRight:\n\n{_fenced(mistake, mistake.right)}"
    )


def _fenced(mistake: Mistake, text: str) -> str:
    # What is not YAML cannot be coloured as YAML.
    return _yaml(text, language="text" if mistake.code == "SYN001" else "yaml")


def _yaml(text: str, *, language: str = "yaml") -> str:
    return f"```{language}\n{text.strip()}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(f"{PAGE.name}: {len(MISTAKES)} mistakes, {len(CHECKS)} of them of content")
