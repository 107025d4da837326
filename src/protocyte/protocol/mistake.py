"""What the reference page and `protocyte check --explain` need to know of a mistake."""

from typing import Protocol

from protocyte.protocol.finding import Severity


class Mistake(Protocol):
    """A mistake that has a code, whether of form or of content."""

    @property
    def code(self) -> str:
        """Letters of the chapter and a number, such as ``SCH001``."""

    @property
    def severity(self) -> Severity:
        """How bad it is."""

    @property
    def title(self) -> str:
        """The mistake in a few words."""

    @property
    def why(self) -> str:
        """Why it matters, for a reader who has not met it."""

    @property
    def wrong(self) -> str:
        """YAML that makes the mistake."""

    @property
    def right(self) -> str:
        """YAML that does not."""
