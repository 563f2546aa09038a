# SPDX-License-Identifier: MIT
"""The permutation of order=shuffle (store/shuffle.h), written a second time with numpy."""
import numpy as np

M1, M2, STEP = (np.uint64(number) for number in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15))


def mix(z):
    z = (z ^ (z >> np.uint64(30))) * M1
    z = (z ^ (z >> np.uint64(27))) * M2
    return z ^ (z >> np.uint64(31))


def permutation(n, seed, epoch):
    with np.errstate(over="ignore"):
        base = mix(mix(np.array([seed], np.uint64)) + np.uint64(epoch))
        return np.argsort(mix(base + np.arange(1, n + 1, dtype=np.uint64) * STEP))
