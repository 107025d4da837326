"""Tables of parameters: reading, lookup, and what they refuse."""

import numpy as np
import pytest

from protocyte.errors import ProtocolError
from protocyte.kinetics import (
    hanson_2016_crs,
    kimmel_2021_axicabtagene,
    leon_triana_2021_leukaemia,
    ogasawara_2021_lisocabtagene,
    stein_2019_tisagenlecleucel,
)
from protocyte.kinetics.parameter import ParameterTable, Spread
from protocyte.kinetics.reference import Reference
from protocyte.standards.units import convert_unit

HEAD = "name | symbol | value | unit | spread | status | source | meaning\n"
TABLE = ParameterTable.from_text(
    HEAD
    + "t_max | T | 9.30 | d | log-normal 0.38 | sourced | Doe2020, table 1 | day of the peak\n"
    + "k_c | K | 6.96e10 | cells | quartiles 6.15e10 9.65e10 | assumed | Doe2020 | capacity\n"
)

MODELS = tuple(
    (table, model.REFERENCES)
    for model in (
        stein_2019_tisagenlecleucel,
        ogasawara_2021_lisocabtagene,
        kimmel_2021_axicabtagene,
        leon_triana_2021_leukaemia,
        hanson_2016_crs,
    )
    for table in (model.PARAMETERS, getattr(model, "FURTHER", model.PARAMETERS))
)


def test_a_line_is_a_parameter_as_printed() -> None:
    t_max = TABLE["t_max"]
    assert (t_max.printed, t_max.value, t_max.unit) == ("9.30", 9.3, "d")
    assert (t_max.spread, t_max.status) == (Spread("log-normal", ("0.38",)), "sourced")
    assert (t_max.source, t_max.meaning) == ("Doe2020, table 1", "day of the peak")


def test_values_can_be_changed_by_name_only() -> None:
    assert TABLE.values(t_max=12.0) == {"t_max": 12.0, "k_c": 6.96e10}
    with pytest.raises(ProtocolError, match=r'no parameter "tmax"; write "t_max"'):
        TABLE.values(tmax=12.0)
    with pytest.raises(ProtocolError, match="use one of t_max, k_c"):
        TABLE["zzz"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a | a | 1 | 1 | – | sourced | Doe2020", "has not the columns"),
        ("a | a | 1 | 1 | – | guessed | Doe2020 | x", 'status "guessed"'),
        ("a | a | 1 | 1 | – | unpublished | Doe2020 | x", 'is "unpublished" and has "–"'),
        ("a | a | – | 1 | – | sourced | Doe2020 | x", 'is "unpublished" and has "–"'),
        ("a | a | 1 | 1 | normal 2 | sourced | Doe2020 | x", 'spread "normal 2"'),
        ("a | a | 1 | 1 | range 2 | sourced | Doe2020 | x", 'spread "range 2"'),
    ],
)
def test_a_line_that_cannot_be_read_says_why(line: str, message: str) -> None:
    with pytest.raises(ProtocolError, match=message):
        ParameterTable.from_text(HEAD + line)


def test_a_value_that_is_not_published_must_be_given() -> None:
    table = ParameterTable.from_text(
        HEAD + "c | C | – | cells | – | unpublished | Doe2020 | largest number of cells"
    )
    with pytest.raises(ProtocolError, match=r"no value of c \(largest number of cells, cells\)"):
        table.values()
    assert table.values(c=2.0) == {"c": 2.0}


def test_a_spread_is_read_as_variance_or_sd() -> None:
    spread = Spread("log-normal", ("0.64",))
    assert spread.log_sd("variance") == pytest.approx(0.8)
    assert spread.log_sd("sd") == 0.64
    with pytest.raises(ProtocolError, match='read a log-normal one as "variance" or as "sd"'):
        Spread("range", ("1", "2")).log_sd("sd")


def test_a_range_says_whether_it_holds_the_value() -> None:
    table = kimmel_2021_axicabtagene.PARAMETERS
    outside = [p.name for p in table if p.spread and not p.spread.holds(p.value)]
    assert outside == ["a", "b"]


def test_arguments_of_one_patient_and_of_many() -> None:
    days, given = TABLE.arguments(np.array([0.0, 7.0]), {"t_max": np.array([8.0, 9.0]), "k_c": 2.0})
    assert days.tolist() == [0, 7]
    assert {name: array.tolist() for name, array in given.items()} == {
        "t_max": [8, 9],
        "k_c": [2, 2],
    }
    assert TABLE.arguments(np.array([0.0]), {"t_max": 8.0})[1]["t_max"].shape == ()


@pytest.mark.parametrize(
    ("times", "given", "message"),
    [
        ([-1.0], {"t_max": 1.0}, "none of them negative"),
        ([np.nan], {"t_max": 1.0}, "give finite days"),
        ([], {"t_max": 1.0}, "not a list of days"),
        ([0.0], {"t_max": 0.0}, "t_max of 0 d is not a positive number; give the day of the peak"),
        ([0.0], {"t_max": np.array([1.0, np.inf])}, "t_max of inf d"),
        ([0.0], {"t_max": np.ones(2), "k_c": np.ones(3)}, "do not belong to the same patients"),
        ([0.0], {"t_max": np.ones((2, 2))}, "do not belong to the same patients"),
    ],
)
def test_arguments_that_no_model_can_use(
    times: list[float], given: dict[str, float], message: str
) -> None:
    with pytest.raises(ProtocolError, match=message):
        TABLE.arguments(np.array(times), given)


@pytest.mark.parametrize(("table", "references"), MODELS)
def test_every_parameter_has_a_known_unit_and_a_source_that_is_cited(
    table: ParameterTable, references: tuple[Reference, ...]
) -> None:
    keys = {reference.key for reference in references}
    for parameter in table:
        assert convert_unit(1.0, parameter.unit, to=parameter.unit) == 1.0
        assert parameter.source.split(",")[0] in keys
        assert parameter.meaning
        assert parameter.status == "unpublished" or parameter.value > 0
    assert all(reference.doi or reference.url for reference in references)
