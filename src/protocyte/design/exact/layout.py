"""Counts of a trial packed into 64-bit words, so that states can be sorted and added to.

A field of equal width holds each count: events below, participants at every dose above. A cohort's
outcome is then one number to add, and sorted states lie together by how many participants were
treated where: a walk can go through them range by range.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from protocyte.design.state import Integers
from protocyte.errors import DesignError

Keys: TypeAlias = NDArray[np.uint64]
WORD: Final = 64
LARGEST: Final = 2**15 - 1
MOST_BITS: Final = 4096
"""Bits of a state; no trial needs so many."""


@final
@dataclass(frozen=True, slots=True)
class Layout:
    """Where each count lies.

    Parameters
    ----------
    n_doses : int
        How many doses.
    n_features : int
        How many counts a dose.
    capacity : int
        The largest count.

    Raises
    ------
    DesignError
        If counts are too large, or doses too many, to pack.

    Examples
    --------
    >>> layout = Layout(n_doses=5, n_features=2, capacity=30)
    >>> layout.bits, layout.words
    (5, 1)
    """

    n_doses: int
    n_features: int
    capacity: int

    def __post_init__(self) -> None:
        if self.capacity > LARGEST:
            raise DesignError(
                f"{self.capacity:,} participants at one dose are more than a state can hold; plan "
                f"at most {LARGEST:,}."
            )
        most = MOST_BITS // (self.n_features * self.bits)
        if self.n_doses > most:
            raise DesignError(
                f"{self.n_doses:,} doses are more than a state can hold; with up to "
                f"{self.capacity} participants at each, study at most {most} doses."
            )

    @property
    def bits(self) -> int:
        """Bits of a field."""
        return self.capacity.bit_length()

    @property
    def events(self) -> int:
        """How many of the counts at a dose are events."""
        return self.n_features - 1

    @property
    def _a_word(self) -> int:
        """Fields of a word."""
        return WORD // self.bits

    @property
    def words(self) -> int:
        """Words of a key, the last of them the most significant."""
        return -(-self.n_doses * self.n_features // self._a_word)

    def place(self, dose: int, feature: int) -> tuple[int, int]:
        """Return where a count lies.

        Parameters
        ----------
        dose : int
            Index of the dose.
        feature : int
            Index of the count; 0 is participants.

        Returns
        -------
        tuple of int
            Word, and first bit of its field.
        """
        rank = dose * self.events + feature - 1
        if feature == 0:
            rank = self.n_doses * self.n_features - 1 - dose
        word, field = divmod(rank, self._a_word)
        return word, field * self.bits

    @property
    def prefix(self) -> int:
        """First bit, in the last word, from which on it holds participants alone."""
        last = self.n_doses * self.n_features - 1
        held = last % self._a_word + 1
        return max(held - self.n_doses, 0) * self.bits

    @property
    def spare(self) -> int:
        """Bits at the top of the last word that no count uses."""
        last = self.n_doses * self.n_features - 1
        return WORD - (last % self._a_word + 1) * self.bits

    def step(self, dose: int, size: int) -> int:
        """Return what a cohort adds to the prefix of a state.

        Parameters
        ----------
        dose : int
            Index of the dose.
        size : int
            Participants of the cohort.

        Returns
        -------
        int
            The number to add.
        """
        word, first = self.place(dose, 0)
        return size << (first - self.prefix) if word == self.words - 1 else 0

    def keys(self, counts: Integers) -> Keys:
        """Return the keys of states.

        Parameters
        ----------
        counts : ndarray of int, shape (n_states, n_doses, n_features)
            The counts [participants].

        Returns
        -------
        ndarray of uint64, shape (words, n_states)
            Their keys [1].
        """
        keys = np.zeros((self.words, len(counts)), dtype=np.uint64)
        for j in range(self.n_doses):
            for f in range(self.n_features):
                word, first = self.place(j, f)
                keys[word] |= counts[:, j, f].astype(np.uint64) << np.uint64(first)
        return keys

    def counts(self, keys: Keys) -> Integers:
        """Return the counts of keys.

        Parameters
        ----------
        keys : ndarray of uint64, shape (words, n_states)
            Keys [1].

        Returns
        -------
        ndarray of int, shape (n_states, n_doses, n_features)
            Their counts [participants]; each count's column is contiguous.
        """
        counts = np.empty((self.n_doses, self.n_features, keys.shape[1]), dtype=np.int16)
        mask = np.uint64((1 << self.bits) - 1)
        for j in range(self.n_doses):
            for f in range(self.n_features):
                word, first = self.place(j, f)
                field = keys[word] >> np.uint64(first)
                field &= mask
                counts[j, f] = field
        return counts.transpose(2, 0, 1)
