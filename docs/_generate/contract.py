"""Writes docs/reference/contract.md from the laws, designs and marks of the contract suite."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

from tests.contract.design.designs import CASES  # noqa: E402
from tests.contract.design.law import LAWS  # noqa: E402
from tests.contract.design.marks import MARKS  # noqa: E402
from tests.contract.design.matrix import find_row  # noqa: E402

PAGE = ROOT / "docs/reference/contract.md"
HEAD = """\
# The contract of designs

Every design that a protocol can name, and every rule around one, stands under the same laws. The
suite `tests/contract/design` runs each of them over states that a trial of the design can reach,
with one dose and with three; a design with options stands in it more than once.

In the table ✓ is a law that is kept in every state that the suite reaches; *never* is one that the
design cannot keep, *not yet* one that it should; a blank is a law that has nothing to say about it.
A mark stands where the law is broken with one number of doses or with both. The reasons follow. A
mark is a claim too: the suite finds its counter-example, and fails where there is none.

This page is written by `docs/_generate/contract.py`.
"""
SIGNS = {"": "", "kept": "✓", "never": "*never*", "not yet": "*not yet*"}


def page() -> str:
    """Return the page."""
    numbers = {name: number for number, name in enumerate(LAWS, start=1)}
    parts = ["\n## Laws\n", "\n| | law | says |\n|---|---|---|"]
    parts += [f"\n| {numbers[law.name]} | {law.name} | {law.says} |" for law in LAWS.values()]
    parts += ["\n\n## Designs\n\n| design | ", " | ".join(map(str, numbers.values())), " |\n|---"]
    parts += ["|:-:" * len(numbers), "|"]
    for name in dict.fromkeys(case.name for case in CASES):
        signs = " | ".join(SIGNS[found] for found in find_row(name).values())
        parts.append(f"\n| {name} | {signs} |")
    parts.append("\n\n## Reasons\n\n| law | | designs | why |\n|---|---|---|---|")
    for mark in sorted(MARKS, key=lambda mark: numbers[mark.law]):
        names = "; ".join(mark.designs)
        parts.append(f"\n| {mark.law} | {mark.kind} | {names} | {mark.reason} |")
    return HEAD + "".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
