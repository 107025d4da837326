"""Names and labels of scales."""

import pytest

from protocyte.standards import lee_2014
from protocyte.standards.ctcae import VERSIONS, label_ctcae
from protocyte.standards.ecog import LABELS, label_ecog


def test_ecog_has_six_numbers() -> None:
    assert sorted(LABELS) == [0, 1, 2, 3, 4, 5]
    assert label_ecog(0) == "fully active"
    assert label_ecog(5) == "dead"
    with pytest.raises(ValueError, match="6 is not an ECOG performance status"):
        label_ecog(6)


def test_ctcae_is_named_with_its_version() -> None:
    assert [label_ctcae(version) for version in VERSIONS] == [
        "CTCAE 4.0",
        "CTCAE 4.03",
        "CTCAE 5.0",
        "CTCAE 6.0",
    ]
    with pytest.raises(ValueError, match='"5" is not a version of CTCAE'):
        label_ctcae("5")


def test_lee_2014_is_a_scale_of_its_own() -> None:
    assert lee_2014.SCALE == "Lee 2014"
