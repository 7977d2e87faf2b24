"""Train an XGBoost model on made-up taxi rides, and write it to `fares.ubj`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xgboost

RIDES = 2000


def main() -> None:
    """Train, and say how far off it is."""
    random = np.random.default_rng(seed=7)
    distance_km, hour = random.uniform(0.5, 20, RIDES), random.integers(0, 24, RIDES)
    fare = 3.5 + 1.9 * distance_km + 2.5 * (hour >= 22) + random.normal(0, 0.4, RIDES)
    rides = xgboost.DMatrix(np.column_stack([distance_km, hour]), label=fare)
    model = xgboost.train({"max_depth": 3, "eta": 0.2, "seed": 7}, rides, num_boost_round=60)
    model.save_model(Path(__file__).with_name("fares.ubj"))
    error = np.abs(model.predict(rides) - fare).mean()
    print(f"mean error on its own rides: {error:.2f}")


if __name__ == "__main__":
    main()
