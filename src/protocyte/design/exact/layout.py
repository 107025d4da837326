"""Counts of a trial packed into 64-bit words, so that states can be sorted and added to.

A field of equal width holds each count. A cohort's outcome is then one number to add.
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
        If counts are too large to pack.

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
                f"{self.capacity} participants at one dose are too many to walk; at most {LARGEST} "
                f"can be."
            )

    @property
    def bits(self) -> int:
        """Bits of a field."""
        return self.capacity.bit_length()

    @property
    def _doses_a_word(self) -> int:
        return WORD // (self.bits * self.n_features)

    @property
    def words(self) -> int:
        """Words of a key."""
        return -(-self.n_doses // self._doses_a_word)

    def place(self, dose: int) -> tuple[int, int]:
        """Return the word of a dose, and the first bit of its fields in it.

        Parameters
        ----------
        dose : int
            Index of the dose.

        Returns
        -------
        tuple of int
            Word and bit.
        """
        word, rank = divmod(dose, self._doses_a_word)
        return word, rank * self.bits * self.n_features

    def pack(self, counts: Integers, *, dose: int) -> Keys:
        """Pack counts at one dose, as they are added to a key's word.

        Parameters
        ----------
        counts : ndarray of int, shape (n_states, n_features)
            The counts [participants].
        dose : int
            Index of the dose.

        Returns
        -------
        ndarray of uint64, shape (n_states,)
            Numbers to add to that dose's word [1].
        """
        _, first = self.place(dose)
        packed = np.zeros(len(counts), dtype=np.uint64)
        for f in range(self.n_features):
            packed |= counts[:, f].astype(np.uint64) << np.uint64(first + f * self.bits)
        return packed

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
            keys[self.place(j)[0]] |= self.pack(counts[:, j], dose=j)
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
            word, first = self.place(j)
            for f in range(self.n_features):
                field = keys[word] >> np.uint64(first + f * self.bits)
                field &= mask
                counts[j, f] = field
        return counts.transpose(2, 0, 1)
