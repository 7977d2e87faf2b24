"""The examples with packages of their own, trained and run with nothing on the path but what would ship."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.wheels.project import lay_out
from tulle.bundle.elf.problems import find_elf_problems

if TYPE_CHECKING:
    from integration.wheels.project import Project
    from tulle.target import Target

EXAMPLES = Path(__file__).parents[3] / "examples"

ASK = """
import json, sys
sys.path.insert(0, sys.argv[1])
import train
train.main()
from lambda_function import lambda_handler
question = json.loads(sys.argv[2])
answers = lambda_handler(question, None), lambda_handler({"body": json.dumps(question)}, None)
loaded = [module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)]
print(json.dumps({"answers": answers, "loaded": loaded}))
"""


def ask(folder: Path, question: object) -> Any:
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ASK, str(folder), json.dumps(question)],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("name", "question", "expected"),
    [
        ("sklearn", {"measures": [5.1, 3.5, 1.4, 0.2]}, {"species": "setosa"}),
        ("xgboost", {"distance_km": 7.5, "hour": 23}, {"fare": pytest.approx(20.25, abs=1)}),
    ],
)
def test_an_example_runs_on_what_stays_of_its_packages(
    name: str,
    question: object,
    expected: object,
    project: Project,
    this_machine: Target,
    tmp_path: Path,
) -> None:
    settings = tomllib.loads((EXAMPLES / name / "tulle.toml").read_text())
    requirements = settings["function"]["requirements"]
    found = project.dependencies(this_machine, *requirements, with_runtime=False)
    assert find_elf_problems(found.files, this_machine) == ()
    assert sum(file.size for file in found.files) < 250 * 1024 * 1024
    folder = lay_out(found, tmp_path / "function")
    for source in (EXAMPLES / name).glob("*.py"):
        shutil.copy(source, folder)
    result = ask(folder, question)
    direct, over_http = result["answers"]
    assert direct == over_http
    assert isinstance(expected, dict)
    assert {key: direct[key] for key in expected} == expected
    packages = [file for file in result["loaded"] if "site-packages" in file]
    assert packages == []
