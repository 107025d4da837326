"""Labels of days: the one place where a date becomes a day number and back.

Standards: CDISC SDTMIG v3.4, section 4.4.4 (study day has no Day 0); ICH M11 (2025) leaves the
numbering to the protocol. Most CAR-T protocols infuse on Day 0, some on Day 1 with no Day 0.
Dates are facts, days are labels: nothing else in the project computes with a label.
"""

from datetime import date, timedelta


def label_study_day(on: date, *, reference: date) -> int:
    """Give the CDISC study day of a date: the reference date is Day 1 and there is no Day 0.

    Parameters
    ----------
    on : date
        The date to label.
    reference : date
        The reference start date (`RFSTDTC`).

    Returns
    -------
    int
        Study day, never 0.

    References
    ----------
    .. [1] CDISC. Study Data Tabulation Model Implementation Guide v3.4, section 4.4.4.

    Examples
    --------
    >>> from datetime import date
    >>> label_study_day(date(2026, 3, 1), reference=date(2026, 3, 1))
    1
    >>> label_study_day(date(2026, 2, 28), reference=date(2026, 3, 1))
    -1
    """
    days = (on - reference).days
    return days + 1 if days >= 0 else days


def label_protocol_day(offset: int, *, day_zero: bool) -> int:
    """Give the protocol's day number of a date so many days after its anchor.

    Parameters
    ----------
    offset : int
        Days after the anchor; negative before it.
    day_zero : bool
        Whether the anchor's day is Day 0; otherwise it is Day 1 and there is no Day 0.

    Returns
    -------
    int
        The day as the protocol prints it.

    Examples
    --------
    >>> label_protocol_day(0, day_zero=True), label_protocol_day(0, day_zero=False)
    (0, 1)
    """
    return offset if day_zero or offset < 0 else offset + 1


def convert_protocol_day(day: int, *, day_zero: bool) -> int:
    """Give the days between the anchor and a day that the protocol names.

    Parameters
    ----------
    day : int
        The day as the protocol prints it.
    day_zero : bool
        Whether the anchor's day is Day 0; otherwise it is Day 1 and there is no Day 0.

    Returns
    -------
    int
        Days after the anchor; negative before it.

    Raises
    ------
    ValueError
        If Day 0 is asked of a protocol that has none.

    Examples
    --------
    >>> convert_protocol_day(-5, day_zero=False), convert_protocol_day(28, day_zero=False)
    (-5, 27)
    """
    if day_zero or day < 0:
        return day
    if day == 0:
        raise ValueError("this protocol counts from Day 1 and has no Day 0; write Day 1 or Day -1")
    return day - 1


def convert_day_to_date(day: int, *, anchor: date, day_zero: bool) -> date:
    """Give the date of a day that the protocol names, once the anchor has happened.

    Parameters
    ----------
    day : int
        The day as the protocol prints it.
    anchor : date
        When the anchor happened.
    day_zero : bool
        Whether the anchor's day is Day 0.

    Returns
    -------
    date
        The date.

    Raises
    ------
    ValueError
        If Day 0 is asked of a protocol that has none.

    Examples
    --------
    >>> from datetime import date
    >>> convert_day_to_date(28, anchor=date(2026, 3, 1), day_zero=True)
    datetime.date(2026, 3, 29)
    """
    return anchor + timedelta(days=convert_protocol_day(day, day_zero=day_zero))
