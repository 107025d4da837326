"""Every exception of the project, drawn as a tree.

    ProtocyteError
    ├── ProtocolError
    ├── RecordError
    ├── OutcomeError
    ├── DesignError
    ├── MappingError
    ├── FileError
    ├── NumericalError
    └── MissingExtraError

An exception means that the caller or the numerics failed. A defect of a protocol is a *finding*
and a missing clinical fact is *unknown*: both are data, neither is raised.
"""


class ProtocyteError(Exception):
    """Anything that this project raises on purpose."""


class ProtocolError(ProtocyteError, ValueError):
    """The protocol cannot be used for what was asked of it."""


class RecordError(ProtocyteError, ValueError):
    """The record does not have the shape that its tables promise.

    Parameters
    ----------
    message : str
        What is wrong, where, and what to do.
    defects : sequence of str, optional
        Every defect found, one line each.
    """

    def __init__(self, message: str, defects: "tuple[str, ...] | list[str]" = ()) -> None:
        super().__init__(message)
        self.defects = tuple(defects)


class OutcomeError(ProtocyteError, ValueError):
    """Outcomes that no trial of this design can have."""


class DesignError(ProtocyteError, ValueError):
    """A design that contradicts itself, or a state space too large to walk."""


class MappingError(ProtocyteError, ValueError):
    """A mapping file and a table of data do not fit each other.

    Parameters
    ----------
    message : str
        What is wrong, where, and what to do.
    defects : sequence of str, optional
        Every defect found, one line each.
    """

    def __init__(self, message: str, defects: "tuple[str, ...] | list[str]" = ()) -> None:
        super().__init__(message)
        self.defects = tuple(defects)


class FileError(ProtocyteError, OSError):
    """A file or folder cannot be read or written."""


class NumericalError(ProtocyteError, ArithmeticError):
    """A computation did not converge."""


class MissingExtraError(ProtocyteError, ImportError):
    """A command needs a package that belongs to an extra which is not installed."""
