"""What checkov, a scanner for insecure settings, says of the templates; what it may say, and why, is data."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conftest import ROOT
from made_templates import IMAGE, ZIP, made_project, made_release
from tulle.deploy.template.template import make_template

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKOV = Path(sys.prefix, "checkov/bin/checkov")
EXCEPTIONS: Mapping[str, Mapping[str, str]] = json.loads(
    Path(__file__).with_name("checkov_exceptions.json").read_text(encoding="utf-8")
)
CAREFUL = "[function]\ntracing = true\nreserved_concurrency = 5\nenvironment = { LEVEL = 'info' }\n"
GUARDED = "access_logs = true\nauthorizer = 'iam'\n"
PROJECTS = {
    "http": "",
    "rest": "[api]\ntype = 'rest'\nroutes = ['POST /predict', '/']\n",
    "url": "[api]\ntype = 'url'\n",
    "none": "[package]\ntype = 'zip'\n[api]\ntype = 'none'\n",
    "careful-http": f"{CAREFUL}[api]\n{GUARDED}",
    "careful-rest": f"{CAREFUL}[api]\ntype = 'rest'\n{GUARDED}keys.own.quota.limit = 5\n",
    "careful-url": f"{CAREFUL}[api]\ntype = 'url'\nauthorizer = 'iam'\n",
}

pytestmark = pytest.mark.skipif(
    not CHECKOV.exists(), reason="checkov is not installed: `make test` does"
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Have checkov read all the templates at once, without asking anybody on the net."""
    folder = tmp_path_factory.mktemp("templates")
    project_folder = tmp_path_factory.mktemp("project")
    for name, text in PROJECTS.items():
        code = ZIP if "'zip'" in text else IMAGE
        template = make_template(made_project(project_folder, text), "dev", made_release(code=code))
        (folder / f"{name}.json").write_text(template.text, encoding="utf-8")
    ran = subprocess.run(
        [CHECKOV, "--directory", folder, "--framework", "cloudformation", "--output", "json",
         "--compact", "--quiet", "--skip-download"],
        capture_output=True,
        check=False,
        env={"PATH": os.environ.get("PATH", ""), "HOME": str(project_folder)},
    )  # fmt: skip
    return json.loads(ran.stdout)


def failed(report: Any, template: str | None = None) -> dict[str, set[str]]:
    """Give the checks that failed, with the resources that they found fault with."""
    found: dict[str, set[str]] = {}
    for one in report["results"]["failed_checks"]:
        name = one["file_path"].strip("/").removesuffix(".json")
        if template in {None, name}:
            found.setdefault(one["check_id"], set()).add(f"{name} {one['resource']}")
    return found


def test_all_templates_were_read(report: Any) -> None:
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 50


def test_what_checkov_finds_is_known_and_explained(report: Any) -> None:
    assert {name: places for name, places in failed(report).items() if name not in EXCEPTIONS} == {}


def test_every_exception_is_one(report: Any) -> None:
    assert set(EXCEPTIONS) - set(failed(report)) == set()


@pytest.mark.parametrize("template", [name for name in PROJECTS if name.startswith("careful")])
def test_what_a_project_can_ask_for_ends_the_exception(report: Any, template: str) -> None:
    avoidable = {name for name, exception in EXCEPTIONS.items() if "unless" in exception}
    assert avoidable & set(failed(report, template)) == set()


def test_users_are_told_why() -> None:
    page = (ROOT / "docs/how-to/deploy-with-your-own-tools.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(CKV_\w+)` \| (.+) \| (.+) \|$", page, re.MULTILINE)
    assert {name: (wants, why) for name, wants, why in rows} == {
        name: (exception["wants"], exception["reason"]) for name, exception in EXCEPTIONS.items()
    }
