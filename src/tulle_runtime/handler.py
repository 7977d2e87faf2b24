"""Owns `lambda_handler`: an event in, the classifier's answer out. The model loads when this module is imported (INIT).

The function's folder is `LAMBDA_TASK_ROOT`; its `manifest.json` says the rest.
"""

import os
import time

from tulle_runtime.classifier import Classifier
from tulle_runtime.events import Answer, Request, read_direct, shape_of
from tulle_runtime.faults import Fault
from tulle_runtime.fetch import fetch, is_any, is_public
from tulle_runtime.image import load_pillow
from tulle_runtime.manifest import read_manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tulle_runtime.classifier import Prediction

__all__ = ["lambda_handler"]

_manifest = read_manifest(os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd())  # noqa: PTH109 (see litert)
_classifier = Classifier.from_manifest(_manifest)
_may_reach = is_any if _manifest.allow_private_addresses else is_public
load_pillow()


def lambda_handler(event: "dict[str, Any]", context: object) -> dict[str, object]:  # noqa: ARG001 (Lambda's signature)
    """Answer one invocation.

    Returns:
        On a direct invoke `{"category": …, "scores": {…}}`; for a gateway its response with that as the body.

    Raises:
        Fault: on a direct invoke, so that Lambda reports `errorType` and `errorMessage`.
    """
    shape = shape_of(event)
    if shape is None:
        return _content(_predict(read_direct(event)))
    try:
        prediction = _predict(shape.read(event))
    except Fault as fault:
        return shape.write(Answer.of_fault(fault), event)
    timing = ", ".join(f"{name};dur={ms:.1f}" for name, ms in prediction.timings.items())
    headers = {"content-type": "application/json", "server-timing": timing}
    return shape.write(Answer(200, _content(prediction), headers), event)


def _predict(request: Request) -> "Prediction":
    if request.url is None:
        return _classifier.predict(request.picture or b"")
    start = time.perf_counter()
    picture = fetch(request.url, may_reach=_may_reach)
    fetch_ms = (time.perf_counter() - start) * 1e3
    prediction = _classifier.predict(picture)
    prediction.timings = {"fetch": fetch_ms, **prediction.timings}
    return prediction


def _content(prediction: "Prediction") -> dict[str, object]:
    return {"category": prediction.category, "scores": prediction.scores}
