"""Each protocol that ships is rehearsed over many truths, and one is compared with many designs."""

import json
import sys
from typing import Any

import pytest

from protocyte.cli import main

NAMES = ("ex02", "kj-c2320", "t-rrex", "udcar-sle", "wu-cart-007")


def said(words: list[str], capsys: pytest.CaptureFixture[str]) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["protocyte", *words])
        with pytest.raises(SystemExit) as left:
            main()
    assert left.value.code == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", NAMES)
def test_a_protocol_is_rehearsed_over_six_truths_or_more(seed_trial: Any, name: str) -> None:
    plan, rehearsal = seed_trial(name)
    truths = rehearsal.scenarios
    assert len(truths) >= 6
    assert len({truth.name for truth in truths}) == len(truths)
    assert all(truth.says for truth in truths)
    if plan.dosing.method is None:
        return
    levels = len(plan.dosing.levels)
    # Somewhere each level is the highest that is tolerated, somewhere all are, somewhere none is.
    limit = 1 / 3
    highest = {sum(p <= limit for p in truth.toxicity) for truth in truths}
    assert highest == set(range(levels + 1))


def test_udcar_sle_is_compared_with_many_designs(
    root: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["simulate", str(root / "protocols/udcar-sle"), "--json", "--compare"]
    data = said([*words, "BOIN,3+3,i3+3,mTPI,mTPI-2,Keyboard,rolling six"], capsys)
    assert data["left_out"] == []
    assert len(data["designs"]) == 8
    assert data["designs"][0]["design"] == "BOIN12"
    assert data["yardstick"] == data["yardstick"] | {"of": "BOIN12", "target": 0.35}
    for design in data["designs"]:
        assert design["exact"]
        assert len(design["scenarios"]) >= 6
        for row in design["scenarios"]:
            assert sum(row["selection"]) + row["none"] == pytest.approx(1, abs=1e-12)
            assert 0 <= row["judged"]["correct"] <= 1 + 1e-12
            assert row["total"] <= design["planned"] <= 24
    # A design that weighs benefit is worth more than one that does not, where benefit is flat.
    flat = [
        {row["scenario"]["name"]: row["judged"]["utility"] for row in design["scenarios"]}
        for design in data["designs"][:2]
    ]
    assert flat[0]["low dose is enough"] > flat[1]["low dose is enough"]
