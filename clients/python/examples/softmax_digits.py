#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Learns to read handwritten digits from batches that a server streams: multinomial logistic
regression (softmax) by gradient descent, in numpy.

usage: softmax_digits.py [URL]      samplecase.py beside it, or in PYTHONPATH
"""
import sys

import numpy as np

import samplecase

EPOCHS, BATCH_SIZE, RATE = 20, 64, 0.5


def inputs(images):
    """A row for each image, values from 0 to 1, and a 1 behind them that carries the bias."""
    rows = images.reshape(len(images), -1) / 16
    return np.hstack([rows, np.ones((len(rows), 1))])


def is_for_test(batch):
    """Every fifth sample is held out. The index stays a sample's own, in whichever order it comes."""
    return batch["index"] % 5 == 0


def probabilities(weights, images):
    scores = inputs(images) @ weights
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)


def main(url=None):
    with samplecase.Dataset(url, "digits", features=["image", "label"]) as data:
        weights = np.zeros((8 * 8 + 1, 10))
        for epoch in range(EPOCHS):
            for batch in data.batches(BATCH_SIZE, shuffle=True, seed=1, epoch=epoch):
                train = ~is_for_test(batch)
                images, labels = batch["image"][train], batch["label"][train]
                error = probabilities(weights, images) - np.eye(10)[labels]
                weights -= RATE * inputs(images).T @ error / len(labels)
        test = data[::5]
        found = probabilities(weights, test["image"]).argmax(axis=1)
        print(f"test accuracy {(found == test['label']).mean():.1%} of {len(found)} samples")


if __name__ == "__main__":
    main(*sys.argv[1:])
