"""What is left of a file while its defective parts are taken out, and where each part stood."""

from typing import Any

from protocyte.protocol.finding import Path


class Remainder:
    """Plain data from which parts are removed without losing the places of the others.

    Parameters
    ----------
    data : object
        The file as plain data; it is changed.
    """

    def __init__(self, data: Any) -> None:
        self.data = data
        self._numbers: dict[int, list[int]] = {}

    def at(self, path: Path, *, start: Any = None) -> Any:
        """Return what stands at a path below a start, or None."""
        here = self.data if start is None else start
        for step in path:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return None
        return here

    def origin(self, path: Path) -> Path:
        """Return the path as it was in the whole file, before list items were removed."""
        steps: list[str | int] = []
        here = self.data
        for step in path:
            numbers = self._numbers.get(id(here)) if isinstance(here, list) else None
            steps.append(numbers[step] if numbers and isinstance(step, int) else step)
            here = self.at((step,), start=here)
        return tuple(steps)

    def put(self, path: Path, value: Any) -> bool:
        """Set a key of a mapping; tell whether it could be done."""
        parent = self.at(path[:-1])
        if not path or not isinstance(parent, dict):
            return False
        parent[path[-1]] = value
        return True

    def remove(self, path: Path) -> bool:
        """Remove what stands at a path; tell whether it was there."""
        parent = self.at(path[:-1])
        # A key without a value is there as well.
        if not path or not _holds(parent, path[-1]):
            return False
        if isinstance(parent, list):
            numbers = self._numbers.setdefault(id(parent), list(range(len(parent))))
            del numbers[int(path[-1])]
        del parent[path[-1]]
        return True


def _holds(parent: Any, step: str | int) -> bool:
    if isinstance(parent, list):
        return isinstance(step, int) and 0 <= step < len(parent)
    return isinstance(parent, dict) and step in parent
