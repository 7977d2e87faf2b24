"""`tulle inspect` on models by tulle and by others, and on files that are broken."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import flatbuffers
import pytest
from ai_edge_litert import schema_py_generated as schema

MODELS = Path(__file__).parents[1] / "data/models"


def test_shows_what_is_in_the_builtin_model_and_what_xnnpack_runs() -> None:
    shown = _tulle("clothing")
    assert shown.returncode == 0
    assert shown.stderr == ""
    lines = shown.stdout.splitlines()
    assert "  takes       uint8[1, 224, 224, 3]  serving_default_pixels:0" in lines
    assert any(line.startswith("  labels      10: dress, hat, longsleeve, ") for line in lines)
    assert "  served      yes, as it is" in lines
    assert ["CAST", "1", "–"] in [line.split() for line in lines]
    assert "MB of memory (one thread, on this machine)" in lines[-1]


def test_xnnpack_runs_all_of_the_builtin_model_but_the_cast_of_its_pixels() -> None:
    report = _json("clothing")
    operators, taken = report["operators"], report["trial"]["xnnpack_operators"]
    assert {name: count for name, count in operators.items() if taken.get(name) != count} == {
        "CAST": 1
    }
    assert 1 <= report["trial"]["xnnpack_parts"] <= 2  # one more where weights are 16-bit floats
    assert report["trial"]["memory_bytes"] > 1_000_000
    assert report["servable"]


def test_a_model_by_others_is_shown_with_what_it_wants_to_be_served() -> None:
    shown = _tulle(MODELS / "float.tflite")
    assert shown.returncode == 0
    assert "takes       float32[-1, 16, 24, 3]" in shown.stdout
    assert "served      not as it is: " in shown.stdout
    assert "made by     MLIR Converted; not by tulle" in shown.stdout


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "rescaling",
            ["wants       preprocessing none: the graph itself scales pixels, from 0..255"],
        ),
        (
            "merged-rescaling",
            ["wants       perhaps preprocessing none: it answers all pictures alike"],
        ),
        ("int8", ["wants       preprocessing quantised: the input is int8"]),
        ("two-outputs", ["served      not as it is: the model has 2 outputs"]),
    ],
)
def test_what_a_model_by_others_wants_is_told(name: str, lines: list[str]) -> None:
    shown = _tulle(MODELS / f"sources/{name}.tflite")
    assert all(f"\n  {line}" in shown.stdout for line in lines)


def test_the_normalisation_that_metadata_states_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "stated.tflite"
    content = (MODELS / "tiny.tflite").read_bytes()
    path.write_bytes(content[: content.rindex(b"PK\x03\x04")])  # tulle.json lies last
    shown = _tulle(path)
    assert "says        its input is normalised by mean 0 and std 1" in shown.stdout
    report = json.loads(_tulle(path, "--json").stdout)
    assert report["normalization"] == [[0], [1]]
    assert report["wanted"]["preprocessing"] == "quantised"


def test_the_file_s_name_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "model.lite"
    path.write_bytes((MODELS / "sources/rescaling.tflite").read_bytes())
    assert "wants       preprocessing none" in _tulle(path).stdout


def test_a_model_that_litert_cannot_run_is_shown_all_the_same(tmp_path: Path) -> None:
    tree = schema.ModelT.InitFromPackedBuf((MODELS / "tiny.tflite").read_bytes(), 0)
    code = tree.operatorCodes[0]
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
    code.customCode = "Mystery"
    builder = flatbuffers.Builder()
    builder.Finish(tree.Pack(builder), b"TFL3")
    path = tmp_path / "custom.tflite"
    path.write_bytes(builder.Output())
    shown = _tulle(path)
    assert shown.returncode == 0
    assert "needs       operators that are not LiteRT's own: Mystery" in shown.stdout
    assert "one run     failed: Encountered unresolved custom op: Mystery" in shown.stdout


@pytest.mark.parametrize(
    ("content", "exit_code", "error"), [(None, 2, "model-not-found"), (b"x" * 99, 4, "not-a-model")]
)
def test_what_is_no_model_is_said_in_one_line(
    tmp_path: Path, content: bytes | None, exit_code: int, error: str
) -> None:
    path = tmp_path / "model.tflite"
    if content:
        path.write_bytes(content)
    shown = _tulle(path)
    assert shown.returncode == exit_code
    assert shown.stdout == ""
    assert shown.stderr.startswith(f"error[{error}]: ")


def test_a_file_cut_in_its_weights_does_not_take_the_tool_along(tmp_path: Path) -> None:
    whole = (MODELS / "float.tflite").read_bytes()
    path = tmp_path / "cut.tflite"
    for kept in range(100, len(whole), 200):
        path.write_bytes(whole[:kept])
        assert _tulle(path).returncode in {0, 4}


def _json(model: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(_tulle(model, "--json").stdout)
    return report


def _tulle(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tulle", "inspect", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
