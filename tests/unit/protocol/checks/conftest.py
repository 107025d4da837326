"""How tests of checks look at what is found: a patch over the example protocol, one code."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from protocyte.protocol.checks import check_protocol
from protocyte.protocol.checks.example import EXAMPLE, amend_data
from protocyte.protocol.finding import Finding
from protocyte.protocol.parse import Parsed
from protocyte.protocol.plan import Protocol
from protocyte.protocol.remainder import Remainder
from protocyte.protocol.source import Source, parse_source

Find = Callable[[str, str], list[Finding]]
PLAIN: Final[Any] = parse_source(EXAMPLE, file="example").data


@pytest.fixture
def find() -> Find:
    """Findings of one code in the example protocol with a patch laid over it.

    The patch must be sound in form: it goes to the models without the reader of files.
    """

    def _find(code: str, patch: str) -> list[Finding]:
        read = parse_source(patch, file="patch")
        assert not read.findings
        data = amend_data(PLAIN, read.data)
        plan = Protocol.model_validate(data)
        parsed = Parsed(plan, (), Source("example", data), Remainder(data))
        return [finding for finding in check_protocol(parsed) if finding.code == code]

    return _find
