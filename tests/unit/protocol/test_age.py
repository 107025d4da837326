"""Ranges of ages."""

import pytest

from protocyte.protocol.age import Ages


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("18 years or more", (18, 18.5, 99), (17.99, 0)),
        ("12..17 years", (12, 17, 17.99), (11.99, 18)),
        ("up to 17 years", (0, 17.5), (18, 40)),
        ("6..23 months", (0.5, 1, 1.99), (0.49, 2)),
    ],
)
def test_who_is_in(text: str, inside: tuple[float, ...], outside: tuple[float, ...]) -> None:
    ages = Ages.read(text)
    assert all(ages.admits(age) for age in inside)
    assert not any(ages.admits(age) for age in outside)
    assert str(ages) == text
    assert Ages.read(str(ages)) == ages
    assert Ages.read(ages) is ages


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("adults", "not a range of ages"),
        ("18", "not a range of ages"),
        ("18 kg or more", "not a range of ages"),
        ("-1..5 years", "not a range of ages"),
        ("17..12 years", "write 12..17 years"),
        (None, "not a range of ages"),
    ],
)
def test_what_is_no_range(text: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Ages.read(text)
