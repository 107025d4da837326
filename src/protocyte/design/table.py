"""Decision tables, as protocols print them."""

from protocyte.design.design import DecisionRow, Design
from protocyte.errors import DesignError


def find_decision_table(design: Design, *, up_to: int | None = None) -> tuple[DecisionRow, ...]:
    """Find what a design decides for each count at the current dose.

    Parameters
    ----------
    design : Design
        A design that decides from counts at the current dose.
    up_to : int, optional
        The most participants at the dose; as many as can be there by default.

    Returns
    -------
    tuple of DecisionRow
        Row after row, by participants, then events.

    Raises
    ------
    DesignError
        If the design has no such table.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> rows = find_decision_table(BOIN(target=0.3, n_doses=5), up_to=3)
    >>> [row.decision for row in rows if row.n == 3]
    ['E', 'S', 'D', 'DU']
    """
    if up_to is not None and up_to < 1:
        raise DesignError(f"Decisions up to {up_to} participants are none; ask for at least 1.")
    rows = design.table(up_to)
    if not rows:
        raise DesignError(
            f"{type(design).__name__} decides nothing from a table of counts; ask it to decide "
            f"outcomes instead (decide, decide_tree)."
        )
    return rows
