"""What a mapping says about a source: its files, its dates, and the rows that they give."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from protocyte.exchange.dateform import DateForm
from protocyte.exchange.value import ConditionText, DateFormText, Test, Text, Value, Variables
from protocyte.protocol.chapter import Chapter
from protocyte.protocol.schedule import Anchor
from protocyte.record import DOMAINS, Table

DomainCode = Literal["DM", "EX", "AE", "LB", "VS", "RS", "QS", "PC", "DS", "SV", "MH", "CM", "PR"]
#: Words for separators that are hard to see.
SEPARATORS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
#: What a test fills in a findings domain; the rest is for `variables`.
RESULT: Final = ("TESTCD", "TEST", "ORRES", "ORRESU", "STRESC", "STRESN", "STRESU", "STAT")


class AnchorDate(Chapter):
    """Where the date of each participant's anchor stands."""

    file: str
    """File of the source."""
    column: str
    """Column with the date."""


class Dates(Chapter):
    """How the source tells time: by dates, by days after an anchor, or by both."""

    form: DateFormText = DateForm()
    """How dates are written: `ISO 8601`, or parts such as `DD.MM.YYYY`."""
    counted_from: Anchor | None = None
    """What `day` counts from."""
    day_zero: bool | None = None
    """Whether the anchor's own day is day 0; otherwise it is day 1 and there is no day 0."""
    arbitrary: date | None = None
    """A date that stands for everybody's anchor, for a source that holds no dates."""
    anchor: AnchorDate | None = None
    """Where the date of each participant's anchor stands, for a source that holds it."""

    @model_validator(mode="after")
    def _days_have_an_anchor(self) -> "Dates":
        if self.counted_from is None:
            extra = [k for k in ("day_zero", "arbitrary", "anchor") if getattr(self, k) is not None]
            if extra:
                raise ValueError(
                    f"`{extra[0]}` stands without `counted_from`; say what days count from"
                )
            return self
        if self.day_zero is None:
            raise ValueError(
                "days are counted, and nothing says whether there is a day 0; add `day_zero: true` "
                "if the anchor's own day is day 0, `day_zero: false` if it is day 1"
            )
        if (self.arbitrary is None) == (self.anchor is None):
            raise ValueError(
                "days need the date of their anchor; add `anchor` with the file and column that "
                "hold it, or `arbitrary` with a date if the source holds none"
            )
        return self


class Choice(Chapter):
    """A question that the source leaves open; `--set NAME=OPTION` answers it."""

    says: str
    """What is chosen."""
    options: Annotated[tuple[Text, ...], Field(min_length=2)]
    """The answers, the one that is taken by default first."""


class Rows(Chapter):
    """Rows of one domain that a file gives: one a source row, or one a source row and test."""

    domain: DomainCode
    """Domain of the record, by its two letters."""
    says: str | None = None
    """A few words for the report, where a file gives several kinds of rows in one domain."""
    when: ConditionText | None = None
    """Which source rows count."""
    variables: Variables = Field(default_factory=dict)
    """Variables of the record, each with what it holds."""
    choose: dict[str, dict[Text, Variables]] = Field(default_factory=dict)
    """Variables that depend on a choice: choice → option → variables."""
    tests: dict[Text, Test] = Field(default_factory=dict)
    """Tests by the column that holds their result; with `test_in`, by what that column writes."""
    test_in: str | None = None
    """Column that says which test a row holds."""
    result_in: str | None = None
    """Column that holds the result, with `test_in`."""
    unit_in: str | None = None
    """Column that holds the unit of the result, with `test_in`."""
    units: dict[Text, str] = Field(default_factory=dict)
    """What that column writes → the unit, where the writing is not understood."""
    sign_in: str | None = None
    """Column that holds a sign such as "<" of the result, with `test_in`."""
    signs: dict[Text, Literal["<", "<=", "=", ">=", ">"]] = Field(default_factory=dict)
    """What that column writes → the sign, where the source codes it."""
    others: Literal["refuse", "set aside"] = "refuse"
    """What becomes of a row whose test is not listed in `tests`."""

    @model_validator(mode="after")
    def _tests_have_places(self) -> "Rows":
        long = [key for key in ("result_in", "unit_in", "sign_in") if getattr(self, key)]
        if self.test_in is None and (long or self.others != "refuse"):
            raise ValueError(
                f"`{(*long, 'others')[0]}` stands without `test_in`; name the column that says "
                "which test a row holds"
            )
        if self.test_in is not None and (self.result_in is None or not self.tests):
            raise ValueError(
                "`test_in` needs `result_in` and `tests`; name the column that holds the result, "
                "and list the tests"
            )
        for key, needs in (("units", "unit_in"), ("signs", "sign_in")):
            if getattr(self, key) and getattr(self, needs) is None:
                raise ValueError(f"`{key}` stands without `{needs}`; add it, or remove `{key}`")
        return self

    @property
    def table(self) -> Table:
        """The domain's table."""
        return DOMAINS[self.domain]

    def chosen(self, choices: Mapping[str, str]) -> dict[str, Value]:
        """Return the variables of every row, once choices are made.

        Parameters
        ----------
        choices : mapping of str to str
            Option by choice.

        Returns
        -------
        dict of str to Value
            Variables.
        """
        found = dict(self.variables)
        for name, options in self.choose.items():
            found |= options[choices[name]]
        return found

    def all_variables(self) -> Iterator[tuple[tuple[str, ...], str, Value]]:
        """Give every variable with the path at which it stands, whatever is chosen."""
        for name, value in self.variables.items():
            yield ("variables", name), name, value
        for choice, options in self.choose.items():
            for option, variables in options.items():
                for name, value in variables.items():
                    yield ("choose", choice, option, name), name, value
        for key, test in self.tests.items():
            for name, value in test.variables.items():
                yield ("tests", key, "variables", name), name, value

    def columns(self) -> tuple[str, ...]:
        """Return the columns of the source that these rows need, whatever is chosen."""
        found = [*(self.when.columns if self.when else ())]
        for _, _, value in self.all_variables():
            found += value.columns
        if self.test_in is None:
            found += self.tests
        long = (self.test_in, self.result_in, self.unit_in, self.sign_in)
        found += [column for column in long if column is not None]
        return tuple(dict.fromkeys(found))

    @property
    def title(self) -> str:
        """What they are called in a report."""
        return f"{self.domain} ({self.says})" if self.says else self.domain


def _as_separator(value: Any) -> Any:
    return SEPARATORS.get(value, value) if isinstance(value, str) else value


class Source(Chapter):
    """One file of the source, and the rows that it gives."""

    participant: str | None = None
    """Column that names the participant, if other than the mapping's."""
    encoding: str = "utf-8"
    """Encoding of the text, such as `windows-1252`."""
    separator: Annotated[str, BeforeValidator(_as_separator), Field(min_length=1, max_length=1)] = (
        ","
    )
    """What stands between two values: a character, or comma, semicolon, tab, pipe."""
    decimal: Literal[".", ","] = "."
    """Decimal mark of its numbers."""
    missing: tuple[Text, ...] = ()
    """Further marks of a missing value in this file."""
    ignore: tuple[str, ...] = ()
    """Columns that are left out on purpose; the report names them."""
    rows: Annotated[tuple[Rows, ...], Field(min_length=1)]
    """The rows that it gives."""
