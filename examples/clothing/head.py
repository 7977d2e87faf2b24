"""Owns the classifier's head: a softmax regression fitted to features that do not change.

With the backbone frozen, fitting is a small convex problem: it has one best answer, and plain
accelerated gradient descent finds the same one every time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Head", "fit_head", "soft_targets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A linear layer: logits are `features @ weights + bias`."""

    weights: np.ndarray
    bias: np.ndarray

    def best(self, features: np.ndarray) -> np.ndarray:
        """Give the index of the best category for each row."""
        best: np.ndarray = np.argmax(features @ self.weights + self.bias, axis=1)
        return best


def soft_targets(categories: np.ndarray, count: int, *, smoothing: float) -> np.ndarray:
    """Turn category numbers into probabilities, `smoothing` of each spread over all categories."""
    wanted: np.ndarray = np.eye(count)[categories] * (1 - smoothing) + smoothing / count
    return wanted


def fit_head(features: np.ndarray, targets: np.ndarray, *, l2: float, steps: int = 300) -> Head:
    """Fit a head that minimises cross-entropy plus `l2 / 2` times the squared weights.

    The features are standardised for the fit and the standardisation is folded into the head, so
    that the penalty means the same for each of them.

    Args:
        features: a row a picture.
        targets: the wanted probabilities, a row a picture.
        l2: how strongly large weights are held down.
        steps: gradient steps; a thousand change 2 of 341 answers, and as many are right.
    """
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    x = (features - mean) / scale
    weights, bias = _descend(x, targets.astype(x.dtype), l2=l2, steps=steps)
    folded = weights / scale[:, None]
    return Head(weights=folded, bias=bias - mean @ folded)


def _descend(
    x: np.ndarray, targets: np.ndarray, *, l2: float, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Run Nesterov's method with the step that the curvature allows, from zero."""
    x = np.hstack([x, np.ones((len(x), 1), x.dtype)])  # the last row of weights is the bias
    penalty = np.full((x.shape[1], 1), l2, x.dtype)
    penalty[-1] = 0
    # The softmax's Hessian is at most 1/2; the rest is the features' largest second moment.
    curvature = np.linalg.eigvalsh(x.T @ x / len(x))[-1] / 2 + l2
    weights = ahead = np.zeros((x.shape[1], targets.shape[1]), x.dtype)
    for step in range(steps):
        gradient = x.T @ (_softmax(x @ ahead) - targets) / len(x) + penalty * ahead
        previous, weights = weights, ahead - gradient / curvature
        ahead = weights + step / (step + 3) * (weights - previous)
    return weights[:-1], weights[-1]


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers: np.ndarray = np.exp(logits - logits.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers
