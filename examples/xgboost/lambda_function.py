"""Tell what a taxi ride will cost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import xgboost

MODEL = xgboost.Booster(model_file=Path(__file__).with_name("fares.ubj"))


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer `{"distance_km": 7.5, "hour": 23}`, sent directly or as the body of a request."""
    request = json.loads(event["body"]) if "body" in event else event
    ride = np.array([[request["distance_km"], request["hour"]]])
    (fare,) = MODEL.inplace_predict(ride).tolist()
    return {"fare": round(fare, 2)}
