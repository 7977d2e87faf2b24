"""Models behind `tulle dev`: tulle's own handler, and one in the style of a course."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from integration.emulator.dev_process import running_dev, wait_until
from tulle.model.builtin import builtin_model
from tulle.model.file import load_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.emulator.dev_process import Dev

MODEL = Path(__file__).parents[2] / "data/models/tiny.tflite"
JSON = ("Content-Type", "application/json")

COURSE_HANDLER = """
from io import BytesIO
from urllib.request import urlopen

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

interpreter = Interpreter(model_path="model.tflite")
interpreter.allocate_tensors()
model_input = interpreter.get_input_details()[0]
output_index = interpreter.get_output_details()[0]["index"]


def predict(url):
    _, height, width, _ = model_input["shape"]
    image = Image.open(BytesIO(urlopen(url).read())).resize((width, height), Image.NEAREST)
    interpreter.set_tensor(model_input["index"], np.array(image, dtype=model_input["dtype"])[None])
    interpreter.invoke()
    return interpreter.get_tensor(output_index)[0].tolist()


def lambda_handler(event, context):
    return predict(event["url"])
"""


@pytest.fixture(scope="module", params=["awslambdaric", "bootstrap"])
def model(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("model") / "here"
    folder.mkdir()
    with running_dev(folder, str(MODEL), "--client", request.param) as dev:
        yield dev


def test_every_way_to_ask_gives_the_same_answer(
    model: Dev, picture: bytes, picture_url: str
) -> None:
    by_url = f'{{"url": "{picture_url}"}}'.encode()
    encoded = base64.b64encode(picture).decode()
    direct = model.invoke({"url": picture_url})
    answers = [
        model.request("POST", "/predict", by_url, (JSON,)),
        model.request("POST", "/predict", f'{{"image": "{encoded}"}}'.encode(), (JSON,)),
        model.request("POST", "/predict", picture, (("Content-Type", "image/png"),)),
        model.request("GET", f"/predict?url={picture_url}"),
    ]
    assert direct.json["category"] in direct.json["scores"]
    assert [answer.status for answer in answers] == [200] * 4
    assert [answer.json for answer in answers] == [direct.json] * 4


def test_a_bad_request_is_a_problem_document(model: Dev) -> None:
    answer = model.request("POST", "/predict", b"{}", (JSON,))
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_log_says_that_private_addresses_are_allowed(model: Dev) -> None:
    assert "pictures may come from this machine and its network" in model.log


def test_private_addresses_can_be_refused_as_in_a_package(folder: Path, picture_url: str) -> None:
    with running_dev(folder, str(MODEL), "--no-allow-private-addresses") as dev:
        answer = dev.request("GET", f"/predict?url={picture_url}")
        assert answer.status == 400
        assert "pictures may come from" not in dev.log


def test_a_course_handler_with_a_model_of_its_own_runs_unchanged(
    folder: Path, picture_url: str
) -> None:
    shutil.copy(MODEL, folder / "model.tflite")
    (folder / "lambda_function.py").write_text(COURSE_HANDLER)
    with running_dev(folder, "--handler", "lambda_function.lambda_handler") as dev:
        scores = dev.invoke({"url": picture_url}).json
    with running_dev(folder, str(MODEL)) as dev:
        answer = dev.invoke({"url": picture_url}).json
    assert scores == pytest.approx(list(answer["scores"].values()), abs=1e-6)


def test_serves_a_model_that_is_written_anew(tmp_path: Path, picture: bytes) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(MODEL, folder / "mine.tflite")
    event = {"image": base64.b64encode(picture).decode()}
    with running_dev(folder, "mine.tflite") as dev:
        assert len(dev.invoke(event).json["scores"]) == 3
        (folder / "new.tflite").write_bytes(b"no model")
        (folder / "new.tflite").replace(folder / "mine.tflite")
        dev.wait_for_log("the function keeps the model that it has")
        assert len(dev.invoke(event).json["scores"]) == 3
        shutil.copy(builtin_model("clothing") or "", folder / "new.tflite")
        (folder / "new.tflite").replace(folder / "mine.tflite")
        dev.wait_for_log("model.tflite; the next request runs the new code")
        assert len(dev.invoke(event).json["scores"]) == 10


def test_the_project_file_says_what_is_served(tmp_path: Path, picture: bytes) -> None:
    shutil.copy(MODEL, tmp_path / "mine.tflite")
    (tmp_path / "tulle.toml").write_text(
        'name = "own"\n[model]\npath = "mine.tflite"\n'
        '[function]\nmemory_mb = 512\ntimeout_s = 7\n[api]\nroute = "/own"\n'
    )
    event = {"image": base64.b64encode(picture).decode()}
    with running_dev(tmp_path) as dev:
        with dev.client() as client:
            served = client.get_function_configuration(FunctionName="own")
        assert (served["MemorySize"], served["Timeout"]) == (512, 7)
        assert len(dev.invoke(event).json["scores"]) == 3
        assert dev.request("POST", "/own", json.dumps(event).encode(), (JSON,)).status == 200
    with running_dev(tmp_path, "clothing", "--timeout-s", "9") as dev:
        assert len(dev.invoke(event).json["scores"]) == 10
        with dev.client() as client:
            assert client.get_function_configuration(FunctionName="own")["Timeout"] == 9


def test_the_project_file_names_a_handler(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def run(event, context):\n    return context.function_name\n")
    (tmp_path / "tulle.toml").write_text('name = "own"\n[function]\nhandler = "app.run"\n')
    with running_dev(tmp_path) as dev:
        assert dev.invoke({}).json == "own"


def test_a_handler_whose_module_is_missing_is_said_and_runs_once_it_is_there(
    tmp_path: Path,
) -> None:
    with running_dev(tmp_path, "--handler", "app.run") as dev:
        dev.wait_for_log("there is no app.py in ")
        assert dev.invoke({}).json["errorType"] == "Runtime.ImportModuleError"
        (tmp_path / "app.py").write_text("def run(event, context):\n    return 'there'\n")
        dev.wait_for_log("changed: app.py")
        assert dev.invoke({}).json == "there"


def test_a_model_that_is_no_function_model_is_converted_first(
    tmp_path: Path, picture: bytes
) -> None:
    shutil.copy(MODEL.with_name("float.tflite"), tmp_path / "mine.tflite")
    (tmp_path / "labels.txt").write_text("a\nb\nc\n")
    (tmp_path / "tulle.toml").write_text(
        '[model]\npath = "mine.tflite"\nlabels = "labels.txt"\npreprocessing = "0..1"\n'
    )
    event = {"image": base64.b64encode(picture).decode()}
    with running_dev(tmp_path) as dev:
        assert sorted(dev.invoke(event).json["scores"]) == ["a", "b", "c"]


OWN_HANDLER = """
import base64, os
from pathlib import Path

from tulle_runtime.classifier import Classifier
from tulle_runtime.manifest import read_manifest

classifier = Classifier.from_manifest(read_manifest(os.environ["LAMBDA_TASK_ROOT"]))

def handler(event, context):
    if "image" in event:
        return classifier.predict(base64.b64decode(event["image"])).category
    here = Path(__file__).resolve().parent
    return {
        "there": sorted(str(path.relative_to(here)) for path in here.rglob("*") if path.is_file()),
        "working there": Path.cwd() == here,
        "greeting": os.environ.get("GREETING"),
    }
"""
PROJECT = """
name = "mine"
[model]
path = "tiny.tflite"
[function]
handler = "app.handler"
environment = { GREETING = "hello" }
[package]
exclude = ["*.md"]
"""


def test_a_handler_has_its_projects_model_beside_it_as_in_the_packaged_function(
    folder: Path, picture: bytes
) -> None:
    (folder / "app.py").write_text(OWN_HANDLER)
    (folder / "tulle.toml").write_text(PROJECT)
    shutil.copy(MODEL, folder / "tiny.tflite")
    for name in ("package/inner.py", "gone.txt", "notes.md", ".git/config", "dist/old.zip"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    with running_dev(folder) as dev:
        seen = dev.invoke({}).json
        category = dev.invoke({"image": base64.b64encode(picture).decode()}).json
        assert {path: path.stat().st_mtime_ns for path in before} == before
        assert set(before) == {path for path in folder.rglob("*") if path.is_file()}
        (folder / "new.py").write_text("WORD = 'new'")
        (folder / "gone.txt").unlink()
        (folder / "app.py").write_text("import new\ndef handler(event, context): return new.WORD\n")
        wait_until(lambda: dev.invoke({}).json == "new", "the changed handler")
        (folder / "app.py").write_text(OWN_HANDLER)
        wait_until(lambda: "there" in dev.invoke({}).json, "the handler of before")
        after = dev.invoke({}).json
    theirs = ["app.py", "gone.txt", "manifest.json", "model.tflite", "package/inner.py"]
    assert seen == {"there": theirs, "working there": True, "greeting": "hello"}
    assert category in load_model(MODEL).signature.labels
    assert after["there"] == sorted({*theirs, "new.py"} - {"gone.txt"})


def test_a_projects_file_in_the_place_of_the_models_is_said(folder: Path) -> None:
    (folder / "app.py").write_text(OWN_HANDLER)
    (folder / "manifest.json").write_text("mine")
    with running_dev(folder, str(MODEL), "--no-console") as dev:
        assert "manifest.json" not in dev.log
    shutil.copy(MODEL, folder / "tiny.tflite")
    (folder / "tulle.toml").write_text(PROJECT)
    with running_dev(folder) as dev:
        assert dev.invoke({}).json["greeting"] == "hello"
        dev.wait_for_log("! the model's manifest.json is in the place of the project's")
