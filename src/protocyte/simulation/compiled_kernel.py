"""The compiled loops of simulated trials: through known states, and from counts to states.

A trial is a path through states that the design has decided on before. A loop follows it until it
ends, or until it comes to an outcome that the design has not been asked about.
"""

import numpy as np
from numba import njit

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
ABREAST = 16
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@njit(cache=True, nogil=True)
def sample_bits(seed, trial, treated):  # type: ignore[no-untyped-def]
    """Return the 64 random bits of a cohort: SplitMix64 of the place in which it stands.

    The bits depend on the seed, the trial and how many were treated before, so that the same trial
    comes again whatever else is simulated.
    """
    bits = seed + GOLDEN * ((np.uint64(trial) << np.uint64(20)) + np.uint64(treated))
    bits = (bits ^ (bits >> np.uint64(30))) * FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * SECOND
    return bits ^ (bits >> np.uint64(31))


@njit(cache=True, nogil=True)
def simulate_cohorts(trial, node, nodes, edges, chance, seed, visits, asked):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Run trials from where they are; return how many wait, and how many edges they wait for.

    Those that end are counted at their ending. The others stay in front, and each edge that is not
    known (-1) is noted once in `asked`, with its state, and marked (-2). A row of `nodes` is the
    next cohort, how many were treated, the first edge. A cohort takes one random number. Some
    trials go abreast: while one waits for memory the processor works on the others.
    """
    waiting, unknown, last = 0, 0, chance.shape[1]
    here, which = np.empty(ABREAST, np.uint64), np.empty(ABREAST, np.int64)
    for first in range(0, len(trial), ABREAST):
        abreast = min(ABREAST, len(trial) - first)
        for g in range(abreast):
            here[g], which[g] = node[first + g], trial[first + g]
        running = abreast
        while running:
            g = 0
            while g < running:
                state = here[g]
                cohort = nodes[state, 0]
                following = np.int32(-1)
                if cohort < 0:
                    visits[state] += 1
                else:
                    bits = sample_bits(seed, which[g], nodes[state, 1])
                    # Adding up comparisons costs less than a branch that nobody can predict.
                    edge = np.int64(nodes[state, 2])
                    for k in range(last):
                        edge += bits >= chance[np.uint64(cohort), k]
                    following = edges[np.uint64(edge)]
                    if following < 0:
                        trial[waiting], node[waiting] = which[g], state
                        waiting += 1
                        if following == -1:
                            edges[np.uint64(edge)] = -2
                            asked[unknown, 0], asked[unknown, 1] = edge, state
                            unknown += 1
                if following < 0:
                    # The last of the running takes the place of one that is done.
                    running -= 1
                    here[g], which[g] = here[running], which[running]
                else:
                    here[g] = np.uint64(following)
                    g += 1
    return waiting, unknown


@njit(cache=True, nogil=True)
def simulate_patients(  # type: ignore[no-untyped-def]  # noqa: PLR0917
    trial, node, nodes, edges, dose, size, place, tox, without, together, uniform, visits, asked
):  # fmt: skip
    """Do the same with given virtual patients, of whom a cohort takes the next."""
    waiting, unknown = 0, 0
    for i in range(len(trial)):
        here = node[i]
        while True:
            cohort = nodes[here, 0]
            if cohort < 0:
                visits[here] += 1
                break
            level, first = dose[cohort], nodes[here, 1]
            seen, responses, both = 0, 0, 0
            for patient in range(first, first + size[cohort]):
                toxic = uniform[trial[i], patient, 0] < tox[level]
                chance = together[level] if toxic else without[level]
                responds = uniform[trial[i], patient, 1] < chance
                seen += toxic
                responses += responds
                both += toxic and responds
            edge = nodes[here, 2] + place[cohort, seen, responses, both]
            following = edges[edge]
            if following < 0:
                trial[waiting], node[waiting] = trial[i], here
                waiting += 1
                if following == -1:
                    edges[edge] = -2
                    asked[unknown, 0], asked[unknown, 1] = edge, here
                    unknown += 1
                break
            here = following
    return waiting, unknown


@njit(cache=True, nogil=True)
def simulate_lookup(keys, store, table, known, found):  # type: ignore[no-untyped-def]
    """Give every key its number, new ones as they come; return how many are known.

    `table` is a hash table of numbers, at most half full; `store` holds the key of each number.
    """
    mask = np.uint64(len(table) - 1)
    words = keys.shape[1]
    for i in range(len(keys)):
        bits = np.uint64(0)
        for w in range(words):
            bits = (bits ^ keys[i, w]) * GOLDEN
            bits ^= bits >> np.uint64(29)
        slot = bits & mask
        while True:
            number = table[slot]
            if number < 0:
                table[slot] = known
                store[known] = keys[i]
                found[i] = known
                known += 1
                break
            same = True
            for w in range(words):
                same = same and store[number, w] == keys[i, w]
            if same:
                found[i] = number
                break
            slot = (slot + np.uint64(1)) & mask
    return known
