"""Train a scikit-learn model on Fisher's irises, and write it to `iris.joblib`."""

from __future__ import annotations

from pathlib import Path

import joblib
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main() -> None:
    """Train, and say how well it went."""
    irises = load_iris()
    species = irises.target_names[irises.target]
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(irises.data, species)
    joblib.dump(model, Path(__file__).with_name("iris.joblib"))
    print(f"accuracy on its own flowers: {model.score(irises.data, species):.3f}")


if __name__ == "__main__":
    main()
