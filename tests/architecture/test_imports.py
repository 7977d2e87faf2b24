"""What is loaded, seen from inside real processes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from made_pictures import write_every_kind
from tulle.bundle.manifest import write_function_folder
from tulle.model.lookup import find_model

if TYPE_CHECKING:
    from pathlib import Path

_ANSWER_EVERY_KIND = """
import base64, json, pathlib, sys
from tulle_runtime.handler import lambda_handler
answers = 0
for path in pathlib.Path(sys.argv[1]).iterdir():
    image = base64.b64encode(path.read_bytes()).decode()
    answers += "category" in lambda_handler({"image": image}, None)
import tulle_runtime.bootstrap
json.dump({"answers": answers, "modules": sorted(sys.modules)}, sys.stdout)
"""

_SHOW_HELP = """
import atexit, json, sys
atexit.register(lambda: json.dump(sorted(sys.modules), sys.stderr))
sys.argv = ["tulle", "--help"]
from tulle.cli import main
main()
"""


def roots(modules: list[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_the_runtime_loads_the_standard_library_and_pillow_alone(tmp_path: Path) -> None:
    function, pictures = tmp_path / "function", tmp_path / "pictures"
    function.mkdir()
    pictures.mkdir()
    write_function_folder(find_model("clothing"), function, allow_private_addresses=False)
    count = len(write_every_kind(pictures))
    bare = _run(["-S", "-c", "import sys; print(*sys.modules)"], tmp_path).stdout.split()
    ran = json.loads(_run(["-c", _ANSWER_EVERY_KIND, str(pictures)], function).stdout)
    started_by_site = roots(
        _run(["-c", "import sys; print(*sys.modules)"], tmp_path).stdout.split()
    ) - roots(bare)
    assert ran["answers"] == count
    foreign = roots(ran["modules"]) - set(sys.stdlib_module_names) - started_by_site - {"__main__"}
    assert foreign == {"PIL", "tulle_runtime"}


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    ran = _run(["-c", _SHOW_HELP], tmp_path)
    assert "convert" in ran.stdout
    heavy = {"aiohttp", "boto3", "botocore", "keras", "numpy", "PIL", "tensorflow", "watchfiles"}
    assert not heavy & roots(json.loads(ran.stderr))


def _run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
