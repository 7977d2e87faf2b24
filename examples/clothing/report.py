"""Owns how a classifier's mistakes are told: recall by category and a confusion matrix, as text."""

from __future__ import annotations

import numpy as np

__all__ = ["report"]


def report(labels: tuple[str, ...], truth: np.ndarray, answers: np.ndarray) -> str:
    """Tell accuracy, each category's recall, and which were taken for which."""
    matrix = np.zeros((len(labels), len(labels)), int)
    np.add.at(matrix, (truth, answers), 1)
    width = max(map(len, labels))
    lines = [f"accuracy {np.mean(truth == answers):.4f} ({np.trace(matrix)} of {len(truth)})", ""]
    lines += [
        f"{label:<{width}}  recall {row[n] / row.sum():.3f} ({row[n]} of {row.sum()})"
        for n, (label, row) in enumerate(zip(labels, matrix, strict=True))
    ]
    lines += ["", "rows: what it is; columns, in the same order: what the model says"]
    lines += [
        f"{label:<{width}}" + "".join(f"{count:>5}" for count in row)
        for label, row in zip(labels, matrix, strict=True)
    ]
    return "\n".join(lines)
