"""CTCAE: the names of its versions. Its laboratory table is not coded here yet.

Standard: National Cancer Institute. Common Terminology Criteria for Adverse Events, versions 4.0,
4.03, 5.0 and 6.0. One law: a grade without its version is not a grade; neutrophils of 0.3 × 10⁹/L
are grade 4 in version 5.0 and grade 3 in version 6.0.
"""

from typing import Final, Literal

Version = Literal["4.0", "4.03", "5.0", "6.0"]

VERSIONS: Final[tuple[Version, ...]] = ("4.0", "4.03", "5.0", "6.0")

#: Rules without a text at hand: a physician signs them before they count as validated.
NEEDS_CLINICAL_REVIEW: Final = ("4.0 and 4.03 agree for laboratory terms",)


def label_ctcae(version: str) -> str:
    """Give the name under which a version of CTCAE is printed beside every grade.

    Parameters
    ----------
    version : str
        The version: "4.0", "4.03", "5.0" or "6.0".

    Returns
    -------
    str
        Its name.

    Raises
    ------
    ValueError
        If there is no such version.

    Examples
    --------
    >>> label_ctcae("5.0")
    'CTCAE 5.0'
    """
    if version not in VERSIONS:
        raise ValueError(f'"{version}" is not a version of CTCAE; use one of {", ".join(VERSIONS)}')
    return f"CTCAE {version}"
