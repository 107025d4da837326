"""How a source writes dates, and how they become ISO 8601 text as the record holds it.

A day or a month that is said to be unknown stays unknown: the date is then partial. A date that no
calendar has is no date.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from protocyte.record.table import ISO_8601

ISO: Final = "ISO 8601"
_UNKNOWN: Final = r"UNK?|UK|NK|XXX?|\?+|-+"
_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS: Final = {name: f"{number:02d}" for number, name in enumerate(_NAMES, start=1)}
_PARTS: Final[dict[str, str]] = {
    "YYYY": r"\d{4}",
    "MON": f"{'|'.join(_MONTHS)}|{_UNKNOWN}",
    "MM": rf"\d{{1,2}}|{_UNKNOWN}",
    "DD": rf"\d{{1,2}}|{_UNKNOWN}",
    "hh": r"\d{1,2}",
    "mm": r"\d{2}",
    "ss": r"\d{2}",
}
_TOKEN: Final = re.compile("|".join((*_PARTS, r"\[", r"\]", ".")), re.DOTALL)
_DAY: Final = len("2000-01-01")
_HELP: Final = (
    "write it with YYYY, MM or MON (Jan), DD, hh, mm, ss, for instance DD.MM.YYYY or "
    "DD-MON-YYYY[ hh:mm]"
)


@dataclass(frozen=True, slots=True)
class DateForm:
    """A way to write dates.

    Parameters
    ----------
    text : str
        The form: ``ISO 8601``, or parts such as ``DD.MM.YYYY``; what stands in brackets may be
        absent.
    pattern : str
        Regular expression with a named group a part; empty for ISO 8601.

    Examples
    --------
    >>> form = DateForm.read("DD-MON-YYYY")
    >>> frame = pl.DataFrame({"start": ["09-Mar-2026", "UN-MAR-2026", "31-Feb-2026"]})
    >>> frame.select(form.dates(pl.col("start")).alias("start"))["start"].to_list()
    ['2026-03-09', '2026-03', None]
    """

    text: str = ISO
    pattern: str = ""

    @classmethod
    def read(cls, value: Any) -> "DateForm":
        """Read a form such as ``DD.MM.YYYY``.

        Parameters
        ----------
        value : object
            The text.

        Returns
        -------
        DateForm
            The form.

        Raises
        ------
        ValueError
            If it names no year of four digits, or a part twice, or leaves a bracket open.
        """
        if isinstance(value, DateForm):
            return value
        text = str(value)
        if text == ISO:
            return cls()
        parts = [found[0] for found in _TOKEN.finditer(text)]
        named = [part for part in parts if part in _PARTS]
        brackets = [part for part in parts if part in ("[", "]")]
        if "YYYY" not in named:
            raise ValueError(f'"{text}" names no year of four digits; {_HELP}')
        if len(set(named)) < len(named) or {"MM", "MON"} <= set(named):
            raise ValueError(f'"{text}" names a part of the date twice; {_HELP}')
        if brackets != ["[", "]"] * (len(brackets) // 2):
            raise ValueError(f'"{text}" has a bracket without its other half; {_HELP}')
        return cls(text, f"(?i)^{''.join(_regex(part) for part in parts)}$")

    def dates(self, text: pl.Expr) -> pl.Expr:
        """Give ISO 8601 text, partial where the source is; null for what is not a date."""
        iso = self._composed(text) if self.pattern else text.str.replace(" ", "T", literal=True)
        day = iso.str.slice(0, _DAY)
        is_full = day.str.len_chars() == _DAY
        is_real = ~is_full | day.str.to_date("%Y-%m-%d", strict=False).is_not_null()
        return pl.when(iso.str.contains(ISO_8601) & is_real).then(iso)

    def _composed(self, text: pl.Expr) -> pl.Expr:
        """Put the parts in the order of ISO 8601, as far as they are known without a gap."""
        found = text.str.extract_groups(self.pattern)
        part = {name: found.struct.field(name) for name in re.findall(r"\?P<(\w+)>", self.pattern)}
        nothing = pl.lit(None, pl.String)
        month = part.get("MM", nothing)
        if "MON" in part:
            named = part["MON"].str.to_lowercase()
            month = named.replace_strict(_MONTHS, default=None, return_dtype=pl.String)
        iso, is_known = part["YYYY"], pl.lit(value=True)
        clock = [(mark, part.get(name, nothing)) for mark, name in (("T", "hh"), (":", "mm"))]
        for mark, value in (("-", month), ("-", part.get("DD", nothing)), *clock):
            is_known = is_known & value.str.contains(r"^\d+$").fill_null(value=False)
            iso = pl.when(is_known).then(iso + mark + value.str.zfill(2)).otherwise(iso)
        if "ss" in part:
            is_known = is_known & part["ss"].is_not_null()
            iso = pl.when(is_known).then(iso + ":" + part["ss"]).otherwise(iso)
        return iso

    def __str__(self) -> str:
        return self.text


def _regex(part: str) -> str:
    if part in _PARTS:
        return f"(?P<{part}>{_PARTS[part]})"
    return {"[": "(?:", "]": ")?"}.get(part, re.escape(part))
