"""What the audit finds in a bundle."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from made_elf import make_library
from tulle.bundle.audit.audit import audit
from tulle.bundle.audit.sizes import (
    find_manifest_problems,
    find_size_problems,
    find_zip_problems,
)
from tulle.bundle.runtime_files import RUNTIME_HANDLER, runtime_files
from tulle.errors import Finding, Severity
from unit.build.made_bundles import bundle_file, made_bundle

if TYPE_CHECKING:
    from tulle.bundle.bundle import Bundle

HANDLER = "def handler(event, context):\n    return event\n"
MIB = 1024 * 1024


def look(bundle: Bundle, *, base_is_aws: bool = True) -> tuple[Finding, ...]:
    with tempfile.TemporaryDirectory() as cache:
        first, again = (
            audit(bundle, is_zip=True, base_is_aws=base_is_aws, cache=Path(cache)) for _ in "12"
        )
    assert first == again
    return first


def look_at(code: str, *others: str, runtime: str = "python3.13") -> tuple[Finding, ...]:
    files = [bundle_file(path, origin="other 1.0") for path in others]
    return look(made_bundle(bundle_file("app.py", code + HANDLER), *files, runtime=runtime))


def test_finds_nothing_in_a_sound_handler() -> None:
    code = "import json, boto3, numpy.linalg\nfrom . import lib\nfrom lib.deep import x\n"
    assert look_at(code, "numpy/linalg/__init__.py", "lib/deep.py") == ()


@pytest.mark.parametrize(
    ("handler", "files"),
    [
        ("app.handler", []),
        ("app.main", ["app.py"]),
        ("src.app.handler", ["app.py"]),
    ],
)
def test_a_handler_must_be_there(handler: str, files: list[str]) -> None:
    bundle = made_bundle(*(bundle_file(path, HANDLER) for path in files), handler=handler)
    (finding,) = look(bundle)
    assert (finding.code, finding.severity) == ("no-handler", Severity.ERROR)


@pytest.mark.parametrize(
    "code",
    [
        "from other import handler\n",
        "from other import *\n",
        "import other as handler\n",
        "handler = object()\n",
        "try:\n    from other import handler\nexcept ImportError:\n    handler = None\n",
        "if True:\n    async def handler(event, context): ...\n" + HANDLER,
    ],
)
def test_a_handler_may_come_from_anywhere(code: str) -> None:
    assert look(made_bundle(bundle_file("app.py", code), bundle_file("other.py", HANDLER))) == ()


def test_a_handler_within_a_function_is_none() -> None:
    code = "def outer():\n    def handler(event, context): ...\n"
    assert [f.code for f in look(made_bundle(bundle_file("app.py", code)))] == ["no-handler"]


def test_a_handler_may_be_named_by_its_path() -> None:
    assert look(made_bundle(bundle_file("src/app.py", HANDLER), handler="src/app.handler")) == ()


def test_names_the_import_that_nothing_satisfies() -> None:
    (finding,) = look_at("import os\nimport sklearn.svm\n")
    assert finding.severity is Severity.ERROR
    assert finding.message.startswith("app.py, line 2, imports sklearn.svm")
    assert "sklearn" in finding.hint


def test_follows_the_projects_own_modules() -> None:
    bundle = made_bundle(
        bundle_file("app.py", "from lib import deep\n" + HANDLER),
        bundle_file("lib/__init__.py", "import missing_one\n"),
        bundle_file("lib/deep.py", "from .near import x\nfrom ..nothing import y\n"),
        bundle_file("lib/near.py", "import missing_two\n"),
        bundle_file("unused.py", "import missing_three\n"),
    )
    missing = {finding.message.split("imports ")[1].split(",")[0] for finding in look(bundle)}
    assert missing == {"missing_one", "missing_two", "nothing"}


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    import orjson\nexcept ImportError:\n    orjson = None\n",
        "try:\n    import orjson\nexcept (KeyError, ModuleNotFoundError):\n    pass\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas\n",
        "import typing\nif typing.TYPE_CHECKING:\n    import pandas\n",
    ],
)
def test_an_import_that_may_fail_is_no_need(code: str) -> None:
    assert look_at(code) == ()


def test_warns_of_what_is_imported_later_and_of_missing_parts() -> None:
    code = "import lib.gone\ndef later():\n    import pandas\n"
    found = look_at(code, "lib/here.py")
    assert [finding.severity for finding in found] == [Severity.WARNING] * 2


def test_the_standard_library_is_the_targets() -> None:
    assert [f.code for f in look_at("import cgi\n")] == ["missing-import"]
    assert look_at("import cgi\n", runtime="python3.12") == ()
    assert look_at("import annotationlib\n", runtime="python3.14") == ()
    assert [f.code for f in look_at("import annotationlib\n")] == ["missing-import"]


def test_a_base_that_is_not_aws_has_no_sdk_but_may_have_more() -> None:
    bundle = made_bundle(bundle_file("app.py", "import boto3\n" + HANDLER))
    (finding,) = look(bundle, base_is_aws=False)
    assert finding.severity is Severity.WARNING


def test_a_compiled_module_is_there_too() -> None:
    assert look_at("import fast\n", "fast.cpython-313-x86_64-linux-gnu.so") == ()


def test_code_that_python_warns_of_is_no_problem() -> None:
    assert look_at('PATTERN = "\\d"\n') == ()


def test_reports_code_that_is_no_python() -> None:
    found = look_at("def (:\n", runtime="python3.11")
    assert [(f.code, f.severity) for f in found] == [("syntax-error", Severity.ERROR)]


def test_the_function_runtime_needs_pillow() -> None:
    found = look(made_bundle(*runtime_files(), handler=RUNTIME_HANDLER))
    assert found
    assert {(f.severity, f.message.split("imports ")[1].split(",")[0]) for f in found} == {
        (Severity.ERROR, "PIL"),
        (Severity.ERROR, "PIL.Image"),
    }
    pillow = [bundle_file(f"PIL/{name}.py", origin="pillow 12") for name in ("__init__", "Image")]
    assert look(made_bundle(*runtime_files(), *pillow, handler=RUNTIME_HANDLER)) == ()


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (".env", "KEY=1"),
        ("config/.env.production", "KEY=1"),
        ("server.pem", "xyz"),
        ("certificates/all.pem", "-----BEGIN CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----"),
        (".aws/credentials", "[default]"),
        ("deep/.ssh/config", ""),
        ("id_rsa", ""),
        ("notes.txt", "-----BEGIN PRIVATE KEY-----"),
    ],
)
def test_secrets_must_not_ship(path: str, content: str) -> None:
    (finding,) = look(made_bundle(bundle_file("app.py", HANDLER), bundle_file(path, content)))
    assert (finding.code, finding.severity, finding.path) == ("secret", Severity.ERROR, path)


def test_certificates_and_templates_may_ship() -> None:
    certificate = bundle_file("ca.pem", "-----BEGIN CERTIFICATE-----\n")
    files = [certificate, bundle_file(".env.example"), bundle_file("x.pem", origin="certifi 1")]
    assert look(made_bundle(bundle_file("app.py", HANDLER), *files)) == ()


def test_says_what_is_largest_in_what_is_too_large() -> None:
    big = replace(bundle_file("big.so", origin="scipy 1.0"), size=200 * MIB)
    other = replace(bundle_file("other.so", origin="numpy 2.0"), size=60 * MIB)
    bundle = made_bundle(big, other)
    (finding,) = find_size_problems(bundle, is_zip=True)
    assert "260.0 MiB unpacked, where Lambda allows 250.0 MiB: scipy 1.0 200.0" in finding.message
    assert find_size_problems(bundle, is_zip=False) == ()


def test_a_large_zip_goes_through_a_bucket() -> None:
    assert find_zip_problems(50 * MIB) == ()
    assert [finding.code for finding in find_zip_problems(51 * MIB)] == ["zip-needs-s3"]


def test_a_manifest_that_lambda_may_not_read_is_a_warning() -> None:
    assert find_manifest_problems(25_399) == ()
    assert [finding.code for finding in find_manifest_problems(25_400)] == ["large-manifest"]


def test_a_compiled_file_for_another_processor_is_found() -> None:
    library = make_library("aarch64")
    bundle = made_bundle(bundle_file("app.py", HANDLER), bundle_file("native.so", library))
    assert [finding.code for finding in look(bundle)] == ["unfit-library"]
