"""Damaged `.tflite` files: conversion ends with an error of tulle's, or with a model that is served."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import pytest

from conftest import ROOT
from integration.emulator.dev_process import TULLE
from tulle.errors import ConversionFailed, TulleError
from tulle.model.convert import ConversionRequest, convert
from tulle.model.file import load_model
from tulle.model.sources.child import SourceChild
from tulle.model.sources.preprocessing import find_preprocessing
from tulle.model.sources.source import open_source
from tulle.progress import SilentReporter

SOURCES = Path(__file__).parents[1] / "data/models/sources"
WORKER = "tulle.model.sources.tflite.worker"


def damaged(name: str, seed: int) -> bytes:
    """Change some bytes of a model, and cut every fourth short."""
    chance = random.Random(seed)
    content = bytearray((SOURCES / f"{name}.tflite").read_bytes())
    if seed % 4 == 3:
        del content[chance.randrange(len(content)) :]
    for _ in range(1 + seed % 6):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


@pytest.mark.parametrize("name", ["logits", "int8", "rescaling"])
def test_what_is_read_before_anything_runs_is_refused_or_understood(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "damaged.tflite"
    refused = 0
    for seed in range(300):
        path.write_bytes(damaged(name, seed))
        try:
            open_source(path)
        except TulleError:
            refused += 1
    assert refused > 100


def test_what_a_child_makes_of_it_is_an_answer_or_an_error(tmp_path: Path) -> None:
    path, seeds = tmp_path / "damaged.tflite", iter(range(150))
    question = {
        "do": "convert",
        "source": str(path),
        "output": str(tmp_path / "bare.tflite"),
        "labels": ["circle", "square", "star"],
        "preprocessing": asdict(find_preprocessing("-1..1")),
        "recipe": "none",
        "softmax": None,
    }
    answers = 0
    for seed in seeds:
        with SourceChild(WORKER, sys.executable, SilentReporter()) as child:
            for each in (seed, *seeds):
                path.write_bytes(damaged("logits", each))
                try:
                    answers += bool(child.ask(question))
                except ConversionFailed:  # it died: the next child goes on
                    break
                except TulleError:
                    continue
    assert answers > 10


def test_a_whole_conversion_ends_with_an_error_or_a_model(tmp_path: Path) -> None:
    path, output = tmp_path / "damaged.tflite", tmp_path / "out.tflite"
    for seed in range(12):
        path.write_bytes(damaged("logits", seed))
        output.unlink(missing_ok=True)
        request = ConversionRequest(source=path, output=output, labels=("a", "b", "c"))
        with suppress(TulleError):
            convert(request, SilentReporter())
        if output.exists():
            load_model(output)


@pytest.mark.parametrize("limit_bytes", [1000, 4096])
def test_a_disk_without_room_is_named_and_nothing_stays(tmp_path: Path, limit_bytes: int) -> None:
    """A limit of file sizes stands for a full disk, in the child and in this process."""
    ran = subprocess.run(
        [
            *("prlimit", f"--fsize={limit_bytes}", *TULLE, "convert"),
            ROOT / "tests/data/models/float.tflite",
            *("--labels", "circle,square,star", "-o", "out.tflite"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 4, ran.stderr
    assert (
        "error[conversion-failed]: there is no room for the result (file too large)" in ran.stderr
    )
    assert list(tmp_path.iterdir()) == []
