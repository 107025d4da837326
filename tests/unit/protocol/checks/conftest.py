"""How tests of checks look at what is found: a patch over the example protocol, one code."""

from collections.abc import Callable

import pytest

from protocyte.protocol.checks import check_protocol
from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.finding import Finding
from protocyte.protocol.parse import parse_protocol

Find = Callable[[str, str], list[Finding]]


@pytest.fixture
def find() -> Find:
    """Findings of one code in the example protocol with a patch laid over it."""

    def _find(code: str, patch: str) -> list[Finding]:
        findings = check_protocol(parse_protocol(amend_example(patch)))
        assert not [f for f in findings if f.code.startswith("SYN")], (
            "the patch itself is defective"
        )
        return [finding for finding in findings if finding.code == code]

    return _find
