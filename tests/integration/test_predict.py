"""`tulle predict` on the command line."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from integration.emulator.dev_process import TULLE
from integration.runtime.servers import answer, serving
from tulle.model.builtin import sample_pictures

if TYPE_CHECKING:
    from pathlib import Path

PANTS = next(path for path in sample_pictures() if path.name == "pants.jpg")


def predict(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TULLE, "predict", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_shows_the_category_and_every_score_as_a_bar() -> None:
    ran = predict(PANTS)
    heading, *bars = ran.stdout.splitlines()
    assert ran.returncode == 0
    assert heading.startswith(f"pants  {PANTS}  (decode ")
    assert len(bars) == 10
    assert bars[0].split()[0] == "pants"
    assert "█" in bars[0]
    assert [float(bar.split()[-1].rstrip("%")) for bar in bars] == sorted(
        (float(bar.split()[-1].rstrip("%")) for bar in bars), reverse=True
    )


def test_shows_the_best_three_of_each_of_several_pictures() -> None:
    ran = predict(*sample_pictures())
    assert ran.returncode == 0
    assert len(ran.stdout.splitlines()) == 4 * len(sample_pictures())


def test_goes_on_past_pictures_that_cannot_be_read(tmp_path: Path) -> None:
    page = tmp_path / "page.jpg"
    page.write_text("<html>")
    missing = tmp_path / "missing.jpg"
    ran = predict("--json", missing, page, PANTS)
    assert ran.returncode == 2
    first, second, third = json.loads(ran.stdout)["predictions"]
    assert first["error"]["code"] == "picture-not-found"
    assert second["error"]["code"] == "unreadable-picture"
    assert third["category"] == "pants"
    assert f"error[picture-not-found]: {missing} cannot be read" in ran.stderr
    assert "hint: That is a web page" in ran.stderr


def test_fetches_a_url() -> None:
    with serving(answer("200 OK", PANTS.read_bytes())) as host:
        ran = predict("--json", f"http://{host}/pants.jpg")
    (prediction,) = json.loads(ran.stdout)["predictions"]
    assert prediction["category"] == "pants"
    assert prediction["timings_ms"].keys() == {"fetch", "decode", "infer"}


def test_names_the_model_that_is_not_there(tmp_path: Path) -> None:
    ran = predict("--model", tmp_path / "none.tflite", PANTS)
    assert ran.returncode == 2
    assert "error[model-not-found]" in ran.stderr
    assert "hint: " in ran.stderr


def test_refuses_a_file_that_is_no_model() -> None:
    ran = predict("--model", PANTS, PANTS)
    assert ran.returncode == 4
    assert "error[not-a-model]" in ran.stderr
    assert "Traceback" not in ran.stderr
