"""The JSON Schema, judged by a validator that is not ours (jsonschema, Draft 2020-12)."""

import copy
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from protocyte.cli import main
from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL

NAMES = ("ex02", "kj-c2320", "t-rrex", "udcar-sle", "wu-cart-007")
FILES = ("protocol", "scenarios")


def plain(value: Any) -> Any:
    """What a YAML text is to a JSON validator."""
    match value:
        case dict():
            return {str(k): plain(v) for k, v in value.items()}
        case list():
            return [plain(below) for below in value]
        case date():
            return value.isoformat()
    return value


def load(text: str) -> Any:
    return plain(YAML(typ="safe", pure=True).load(text))


@pytest.fixture(scope="module", params=FILES)
def file(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def validators() -> Callable[[str], Draft202012Validator]:
    def _validator(file: str) -> Draft202012Validator:
        return made[file]

    made = {}
    for file in FILES:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["protocyte", "schema", file])
            written: list[str] = []
            patch.setattr(sys.stdout, "write", written.append)
            with pytest.raises(SystemExit):
                main()
        schema = json.loads("".join(written))
        Draft202012Validator.check_schema(schema)
        made[file] = Draft202012Validator(schema)
    return _validator


def errors(validator: Draft202012Validator, data: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(data)]


@pytest.mark.parametrize("name", NAMES)
def test_the_files_that_ship_are_valid(
    root: Path, validators: Callable[[str], Draft202012Validator], file: str, name: str
) -> None:
    text = (root / "protocols" / name / f"{file}.yaml").read_text(encoding="utf-8")
    assert errors(validators(file), load(text)) == []


def test_the_example_is_valid(validators: Callable[[str], Draft202012Validator]) -> None:
    assert errors(validators("protocol"), load(EXAMPLE)) == []
    assert errors(validators("scenarios"), load(REHEARSAL)) == []


def put(data: Any, path: str, value: Any) -> Any:
    """Set a value at a dotted path; None takes the key away."""
    data = copy.deepcopy(data)
    *above, last = (int(step) if step.isdigit() else step for step in path.split("."))
    here = data
    for step in above:
        here = here[step]
    if value is None:
        del here[last]
    else:
        here[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("trail", {}),
        ("trial.acronim", "X"),
        ("trial.title", None),
        ("product", None),
        ("product.donor", "a friend"),
        ("product.cars", []),
        ("endpoints.primary.teae.measure", "adverse effects"),
        ("endpoints.secondary.os.from", "birth"),
        ("endpoints.secondary.os.horizon", "a year"),
        ("schedule.activities.infusion", None),
        ("schedule.activities.lymphodepletion.days", "-5 to -3"),
        ("schedule.visits", []),
        ("schedule.visits.0.does", ["tea"]),
        ("schedule.visits.1.window", "two days"),
        ("dosing.levels.0", "many cells"),
        ("dosing.cohort.size", 0),
        ("dosing.dlt.window", "28"),
        ("dosing.dlt.is", ["CRS > 3"]),
        ("dosing.method", {"BOYN": {"target": 0.3}}),
        ("dosing.method", {"BOIN": {"target": 30}}),
        ("safety.scales.AE", "CTCAE 7.0"),
        ("protocyte", 2),
    ],
)
def test_a_broken_protocol_is_not_valid(
    validators: Callable[[str], Draft202012Validator], path: str, value: Any
) -> None:
    assert errors(validators("protocol"), put(load(EXAMPLE), path, value)) != []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("accrual.per_month", 0),
        ("accrual.screening", "soon"),
        ("accrual.pace", 1),
        ("patients.age", None),
        ("patients.female", 1.5),
        ("adverse_events.0.grades", [0.5, 0.5]),
        ("adverse_events.0.onset", [1]),
        ("scenarios", []),
        ("scenarios.0.toxicity", [1.1, 0, 0]),
        ("links", {"response": 1}),
    ],
)
def test_a_broken_rehearsal_is_not_valid(
    validators: Callable[[str], Draft202012Validator], path: str, value: Any
) -> None:
    assert errors(validators("scenarios"), put(load(REHEARSAL), path, value)) != []
