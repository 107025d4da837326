"""Asserts of the laws say what differs, as those of tests do."""

import pytest

pytest.register_assert_rewrite(
    *(
        f"tests.contract.design.laws_of_{theme}"
        for theme in ("decisions", "limits", "safety", "symmetry", "values", "walks", "words")
    )
)
