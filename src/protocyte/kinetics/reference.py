"""The paper that a model, a method or a number comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """A source that can be cited.

    Parameters
    ----------
    key : str
        Short name by which parameters point to it.
    citation : str
        Authors, title, journal, year and pages, as they are printed.
    doi : str
        Digital object identifier; empty if there is none.
    url : str
        Address, where there is no identifier.

    Examples
    --------
    >>> str(Reference("Doe2020", "Doe J. A model. J Models 2020;1:2-3.", doi="10.1000/1"))
    'Doe J. A model. J Models 2020;1:2-3. doi:10.1000/1'
    """

    key: str
    citation: str
    doi: str = ""
    url: str = ""

    def __str__(self) -> str:
        where = f"doi:{self.doi}" if self.doi else self.url
        return f"{self.citation} {where}".strip()
