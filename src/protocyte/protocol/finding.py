"""A finding: a defect of a protocol. Data, collected, never raised."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
Path = tuple[str | int, ...]

_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect of a protocol file, with its place and its remedy.

    Parameters
    ----------
    code : str
        The code, for instance ``"SCH002"``; `protocyte check --explain CODE` tells more.
    severity : {"error", "warning", "note"}
        How bad it is.
    file : str
        The file's name as it was given.
    line, column : int
        Place in the file, counted from 1; 0 if there is none.
    where : str
        The key, as a dotted path.
    message : str
        What is wrong, with the values.
    remedy : str
        What to do.
    """

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    where: str
    message: str
    remedy: str

    @property
    def rank(self) -> tuple[int, int, str]:
        """Order of printing: by place, errors first on one line."""
        return (self.line, _RANK[self.severity], self.code)

    def as_dict(self) -> dict[str, str | int]:
        """Return the finding as plain data."""
        return {name: getattr(self, name) for name in self.__slots__}

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.severity} {self.code} [{self.where}] {self.message} → {self.remedy}"
