"""Rows as comma-separated values, for spreadsheets and other programs."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any


def render_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    r"""Write rows as CSV; None leaves a field empty.

    Parameters
    ----------
    columns : sequence of str
        Names of the columns.
    rows : iterable of sequence
        Values, one row each.

    Returns
    -------
    str
        The text, a line a row.

    Examples
    --------
    >>> render_csv(["n", "tox"], [(3, None)])
    'n,tox\n3,\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
