"""From the words of a protocol to late-onset designs."""

import pytest

from protocyte.design.late_onset.backfill import BEBOIN, BFBOIN
from protocyte.design.late_onset.late_onset import LateOnsetDesign
from protocyte.design.late_onset.suspension import Suspension
from protocyte.design.late_onset.tite_boin import TITEBOIN
from protocyte.design.late_onset.tite_boin12 import TITEBOIN12
from protocyte.design.late_onset.tite_crm import TITECRM
from protocyte.design.late_onset.tite_keyboard import TITEKeyboard
from protocyte.design.plan import find_dose_design
from protocyte.errors import DesignError
from protocyte.protocol.checks import check_protocol
from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.parse import Parsed, parse_protocol
from protocyte.protocol.plan import Protocol

SUSPEND = "suspend: {pending_share: 0.5, completed: null, follow_up: 0.25}"
WAIT = Suspension(0.5, None, 0.25)


def parsed(method: str, rest: str = "") -> Parsed[Protocol]:
    text = amend_example(f"dosing: {{method: null{rest}}}")
    return parse_protocol(text.replace("  finds:", f"  method: {{{method}}}\n  finds:", 1))


def built(method: str) -> LateOnsetDesign:
    found = parsed(method)
    assert found.plan is not None
    assert not [one for one in found.findings if one.severity == "error"]
    design = find_dose_design(found.plan)
    assert isinstance(design, LateOnsetDesign)
    assert (design.window, design.n_doses) == (28, 3)
    return design


def test_every_word_arrives() -> None:
    boin = built(f"TITE-BOIN: {{target: 0.25, stop_at: 12, thirds: [0.2, 0.3, 0.5], {SUSPEND}, "
                 "method: effective sample size}")  # fmt: skip
    assert isinstance(boin, TITEBOIN)
    assert (boin.suspension, boin.thirds, boin.parent.target) == (WAIT, (0.2, 0.3, 0.5), 0.25)
    assert (boin.method, boin.parent.early_stop) == ("effective sample size", 12)
    keyboard = built(f"TITE-Keyboard: {{target: 0.3, margin_below: 0.1, {SUSPEND}}}")
    assert isinstance(keyboard, TITEKeyboard)
    assert keyboard.parent.margin_below == 0.1
    crm = built(f"TITE-CRM: {{target: 0.3, weights: adaptive, coherent: true, {SUSPEND}}}")
    assert isinstance(crm, TITECRM)
    assert (crm.weights, crm.parent.coherent) == ("adaptive", True)
    assert crm.parent.skeleton[1] == pytest.approx(0.3)
    given = built(f"TITE-CRM: {{target: 0.3, skeleton: [0.1, 0.2, 0.3], {SUSPEND}}}")
    assert isinstance(given, TITECRM)
    assert given.parent.skeleton == (0.1, 0.2, 0.3)
    twelve = built(f"TITE-BOIN12: {{response_window: 12 weeks, stop_at: null, {SUSPEND}}}")
    assert isinstance(twelve, TITEBOIN12)
    assert (twelve.response_window, twelve.parent.early_stop) == (84, None)
    back = built("BF-BOIN: {target: 0.3, cap: 9, order: random, response_at: dose}")
    assert isinstance(back, BFBOIN)
    assert (back.cap, back.order, back.response_at) == (9, "random", "dose")
    early = built(f"BE-BOIN: {{target: 0.3, {SUSPEND}}}")
    assert isinstance(early, BEBOIN)
    assert early.waits == WAIT


def test_suspension_has_no_hidden_default() -> None:
    messages = [one.message for one in parsed("TITE-BOIN: {target: 0.3}").findings]
    assert '"suspend" is missing from dosing.method.TITE-BOIN.' in messages
    messages = [
        one.message for one in parsed("BE-BOIN: {target: 0.3, suspend: {completed: 2}}").findings
    ]
    assert any('"pending_share" is missing' in message for message in messages)


@pytest.mark.parametrize(
    ("method", "words"),
    [
        (
            f"TITE-CRM: {{target: 0.3, skeleton: [0.1, 0.3], {SUSPEND}}}",
            "The skeleton has 2 probabilities",
        ),
        (f"TITE-CRM: {{target: 0.3, prior_mtd: 7, {SUSPEND}}}", "Level 7 is guessed"),
        (f"TITE-BOIN: {{target: 0.3, thirds: [0.5, 0.5, 0.5], {SUSPEND}}}", "thirds sum to 1.5"),
    ],
)
def test_bad_words_are_findings(method: str, words: str) -> None:
    found = check_protocol(parsed(method))
    assert any(words in one.message for one in found if one.severity == "error")


def test_a_window_is_needed() -> None:
    found = parsed("BF-BOIN: {target: 0.3}", ", dlt: null")
    assert any("does not say what they are" in one.message for one in check_protocol(found))
    assert found.plan is not None
    with pytest.raises(DesignError, match="gives no DLT window"):
        find_dose_design(found.plan)
