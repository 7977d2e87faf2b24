"""Tell an iris's species from its four measures in centimetres."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import joblib

MODEL = joblib.load(Path(__file__).with_name("iris.joblib"))


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer `{"measures": [5.1, 3.5, 1.4, 0.2]}`, sent directly or as the body of a request."""
    request = json.loads(event["body"]) if "body" in event else event
    (scores,) = MODEL.predict_proba([request["measures"]]).tolist()
    ranked = sorted(zip(scores, MODEL.classes_.tolist(), strict=True), reverse=True)
    return {"species": ranked[0][1], "scores": {name: score for score, name in ranked}}
