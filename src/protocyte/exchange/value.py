"""What a mapping says about one variable of the record, or about one test: where it comes from."""

from typing import Annotated, Any, Final, Literal

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from protocyte.exchange.condition import Condition
from protocyte.exchange.dateform import DateForm
from protocyte.protocol.chapter import Chapter

KINDS: Final = ("constant", "column", "day", "row")


def _as_text(value: Any) -> Any:
    """Take numbers and dates as they are written: codes and constants are text."""
    return value if value is None or isinstance(value, list | dict) else str(value)


Text = Annotated[
    str,
    BeforeValidator(_as_text),
    WithJsonSchema({"type": ["string", "number", "boolean"]}),
]
Terms = dict[Text, Text | None]
Others = Literal["refuse", "keep", "set aside"]
ConditionText = Annotated[
    Condition,
    PlainValidator(Condition.read),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["crs = 1", "grade is present"]}),
]
DateFormText = Annotated[
    DateForm,
    PlainValidator(DateForm.read),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["DD.MM.YYYY", "DD-MON-YYYY[ hh:mm]"]}),
]


class Value(Chapter):
    """Where the value of a variable comes from. Plain text or a number stands in every row."""

    constant: Text | None = None
    """The same text or number in every row; the short form is the text alone."""
    column: str | None = None
    """Column of the source that holds it."""
    day: int | str | None = None
    """For dates: days after the anchor of `dates`, as a number or as the column that holds them."""
    row: Literal["number"] | None = None
    """The number of the row below the header, as an identifier that the source can be asked for."""
    values: Terms = Field(default_factory=dict)
    """What the column writes → what the record holds; empty for no value."""
    others: Others = "refuse"
    """What becomes of a row whose value is not listed in `values`."""
    form: DateFormText | None = None
    """For dates: how the column writes them, if other than `dates.form`."""
    unit: str | None = None
    """For numbers: unit in the record."""
    source_unit: str | None = None
    """For numbers: unit in the source, if it is another."""
    assumed: str | None = None
    """Why this value, where the source does not give it; every report prints it."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Value | list) else {"constant": value}

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Value":
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            what = f"is said by {' and '.join(given)}" if given else "is not said"
            raise ValueError(
                f"where the value comes from {what}; write it itself, or one of `column`, `day`, "
                "`row`"
            )
        for key, needs in (("values", "column"), ("form", "column"), ("source_unit", "unit")):
            if getattr(self, key) and getattr(self, needs) is None:
                raise ValueError(f"`{key}` stands without `{needs}`; add it, or remove `{key}`")
        if self.others != "refuse" and not self.values:
            raise ValueError("`others` stands without `values`; list what the column writes")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the source that it needs."""
        day = self.day if isinstance(self.day, str) else None
        return tuple(name for name in (self.column, day) if name is not None)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Let editors accept the short form as well."""
        return {"anyOf": [{"type": ["string", "number", "boolean"]}, handler(core_schema)]}


Variables = dict[str, Value]


class Test(Chapter):
    """One test: its code and name in the record, its unit, and what its results mean."""

    #: Keeps pytest from taking it for a test.
    __test__ = False

    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$", examples=["CRP"])]
    """Short name in the record, up to eight capitals and figures."""
    name: str
    """Name in the record."""
    holds: Literal["number", "score", "text"] = "number"
    """Whether results are numbers with a unit, scores without one, or words."""
    unit: str | None = None
    """Unit in the record."""
    source_unit: str | None = None
    """Unit in the source, if it is another and no column gives it."""
    factor: Annotated[float, Field(gt=0)] | None = None
    """What the source's number is multiplied by, where units alone cannot tell (mg/dL → mmol/L)."""
    lowest: Annotated[float, Field(gt=0)] | None = None
    """Lower limit of quantification, in the record's unit."""
    values: Terms = Field(default_factory=dict)
    """For words: what the source writes → what the record holds; empty for no result."""
    others: Others = "refuse"
    """For words: what becomes of a row whose result is not listed in `values`."""
    variables: Variables = Field(default_factory=dict)
    """Variables of the record that only this test has, such as its category or limits of normal."""

    @model_validator(mode="after")
    def _unit_fits(self) -> "Test":
        if self.holds == "number" and self.unit is None:
            raise ValueError(
                f'"{self.code}" holds numbers and has no unit; add `unit`, or `holds: score` '
                "if there is none, or `holds: text`"
            )
        for key in ("unit", "source_unit", "factor", "lowest"):
            if self.holds != "number" and getattr(self, key) is not None:
                raise ValueError(
                    f'"{self.code}" holds a {self.holds} and has `{key}`; remove one of the two'
                )
        if self.values and self.holds == "number":
            raise ValueError(
                f'"{self.code}" holds numbers and has `values`; write `holds: text`, or '
                "`holds: score`, or remove `values`"
            )
        if self.others != "refuse" and not self.values:
            raise ValueError("`others` stands without `values`; list what the column writes")
        if self.factor is not None and self.source_unit is None:
            raise ValueError("`factor` stands without `source_unit`; say what is multiplied")
        return self
