"""Knobs change the protocol they are turned on, and nothing they are not asked to change."""

from typing import Any

import numpy as np
import pytest

from protocyte.errors import ProtocolError
from protocyte.simulation.population.contrast import (
    AS_WRITTEN,
    DOSE_LIMITING,
    MOST_ARMS,
    find_arms,
    find_turned,
    simulate_arms,
)
from protocyte.simulation.population.knob import Knobs
from protocyte.simulation.population.setting import Arm


def make() -> np.random.Generator:
    return np.random.default_rng(20261)


def labels(trial: Any) -> list[str]:
    return [arm.label for arm in find_arms(*trial)]


# ── what is worth comparing ──────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "arms"),
    [
        ("kj-c2320", ["without NKG2A CAR", "without TCR", "without B2M", "unedited"]),
        ("wu-cart-007", ["without CD7", "without TRAC", "unedited"]),
        ("t-rrex", ["without CD7", "without TRAC", "unedited"]),
        ("udcar-sle", ["unedited", "no lymphodepletion"]),  # its lymphodepletion is optional
        ("ex02", ["no lymphodepletion"]),  # autologous: nothing rejects
    ],
)
def test_a_protocol_is_held_against_itself_without_its_words(
    seed_trial: Any, name: str, arms: list[str]
) -> None:
    assert labels(seed_trial(name)) == [AS_WRITTEN, *arms]


def test_no_more_arms_than_a_figure_holds(seed_trial: Any) -> None:
    plan, rehearsal = seed_trial("kj-c2320")
    edits = ("TRAC", "B2M", "CIITA", "CD7", "CD52", "HLA-A", "HLA-B")
    many = plan.model_copy(update={"product": plan.product.model_copy(update={"edits": edits})})
    found = labels((many, rehearsal))
    assert len(found) == MOST_ARMS
    assert found[-1] == "unedited"


def test_a_level_that_is_not_there_is_refused(seed_trial: Any) -> None:
    with pytest.raises(ProtocolError, match="levels 1 to 3, and level 4 was asked"):
        find_arms(*seed_trial("kj-c2320"), level=4)


def test_a_knob_is_named_in_words() -> None:
    turned = Knobs(without=("TCR",), edits=(), armour=("HLA-E",), donor="iPSC", dose=3e8,
                   lymphodepletion="with alemtuzumab", expansion="competition")  # fmt: skip
    assert turned.label == (
        "without TCR, no edits, armour HLA-E, iPSC cells, lymphodepletion with alemtuzumab, "
        "competition expansion, 3e8 cells"
    )


# ── turning ──────────────────────────────────────────────────────────────────
def test_words_are_found_however_they_are_typed(seed_trial: Any) -> None:
    plan, rehearsal = seed_trial("kj-c2320")
    knobs = Knobs(without=("nkg2a car", "b2m"), donor="iPSC")
    product = knobs.turn(plan, rehearsal)[0].product
    assert (product.armour, product.edits, product.donor) == ((), ("TCR",), "iPSC")
    assert Knobs(edits=("trac",)).turn(plan, rehearsal)[0].product.edits == ("TRAC",)
    assert plan.product.edits == ("TCR", "B2M"), "the protocol itself is left as it was"


def test_an_edit_that_is_assumed_can_be_left_out(seed_trial: Any) -> None:
    """No source tells which genes UDCAR-SLE lacks; the rehearsal takes TRAC."""
    plan, rehearsal = seed_trial("udcar-sle")
    assert plan.product.edits is None
    arm = find_turned(Knobs(without=("TRAC",)), Arm("x", plan, rehearsal, 1))
    assert arm.product.edits == ()


@pytest.mark.parametrize(
    ("knobs", "said"),
    [
        (Knobs(without=("CD7",)), 'has no "CD7"; use one of TCR, B2M, NKG2A CAR, CD38 CAR'),
        (Knobs(without=("NKG2 CAR",)), 'write "NKG2A CAR"'),
        (Knobs(edits=("TRAX",)), 'no term for the deletion of "TRAX"; write "TRAC"'),
        (Knobs(armour=("HLA-G",)), 'no term for "HLA-G"; write "HLA-E"'),
        (Knobs(without=("CD38 CAR",)), "no receptor is left"),
    ],
)
def test_what_means_nothing_is_refused_with_a_remedy(
    seed_trial: Any, knobs: Knobs, said: str
) -> None:
    with pytest.raises(ProtocolError) as raised:
        knobs.turn(*seed_trial("kj-c2320"))
    assert said in str(raised.value)


# ── what a knob does ─────────────────────────────────────────────────────────
def test_a_knob_changes_what_it_is_said_to_and_nothing_else(seed_trial: Any) -> None:
    plan, rehearsal = seed_trial("kj-c2320")
    first = Arm(AS_WRITTEN, plan, rehearsal, 3)
    knobs = [Knobs(without=(word,)) for word in ("NKG2A CAR", "TCR", "B2M")]
    found = simulate_arms([first, *(find_turned(one, first) for one in knobs)], 400, make=make)
    whole, no_armour, no_tcr, no_b2m = found.arms
    gvhd = "GvHD of grade 2 or more"
    # The NKG2A CAR kills NK cells, which B2M deletion exposes the cells to: more persist with it.
    assert (whole.last_seen >= no_armour.last_seen - 1e-6).mean() > 0.99
    assert whole.last_seen.mean() > no_armour.last_seen.mean()
    assert (whole.events[gvhd] == no_armour.events[gvhd]).all()
    # TCR deletion is about GvHD alone.
    assert (whole.last_seen == no_tcr.last_seen).all()
    assert no_tcr.events[gvhd].mean() > whole.events[gvhd].mean() + 0.2
    # Each patient's NK cells are as many before as after a knob that is not about them.
    assert whole.bands["host_nk"][2, 0] == no_b2m.bands["host_nk"][2, 0]
    assert whole.last_seen.mean() > no_b2m.last_seen.mean()


def test_toxicity_is_only_judged_where_the_protocol_defines_it(seed_trial: Any) -> None:
    for name, defined in (("ex02", False), ("kj-c2320", True)):
        found = simulate_arms([Arm("x", *seed_trial(name))], 20, make=make)
        assert (DOSE_LIMITING in found.events) is defined


def test_what_is_assumed_or_open_is_said_beside_the_words(seed_trial: Any) -> None:
    plan, rehearsal = seed_trial("udcar-sle")
    (arm,) = simulate_arms([Arm("x", plan, rehearsal, 1)], 5, make=make).arms
    said = dict(arm.switches)
    assert said["edits"] == "assumed: TRAC; no source tells which genes are deleted"
    assert said["lymphodepletion"] == "standard, though it is optional"
    assert said["dose"].endswith("cells, level 1")
    own = find_turned(Knobs(lymphodepletion="none", dose=5e8), Arm("x", plan, rehearsal, 1))
    said = dict(simulate_arms([own], 5, make=make).arms[0].switches)
    assert said["lymphodepletion"] == "none"
    assert said["dose"] == "5e8 cells"
