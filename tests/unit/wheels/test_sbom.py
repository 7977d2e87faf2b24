"""The bill of materials, by CycloneDX's own schema."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tulle.bundle.sbom import write_sbom
from tulle.bundle.wheels.lock import Wheel
from tulle.bundle.wheels.unpacked import Package


def package(name: str, *, spdx: str | None = None, licence: str | None = None) -> Package:
    file = f"{name}-1.0+cpu-py3-none-any.whl"
    wheel = Wheel(name=name, version="1.0+cpu", file=file, sha256="a" * 64, of_runtime=False)
    return Package(wheel=wheel, spdx=spdx, licence=licence)


PACKAGES = (
    package("thing", spdx="MIT AND Apache-2.0"),
    package("other", licence="as the author likes"),
    package("bare"),
)


def components(content: bytes) -> dict[str, dict[str, Any]]:
    return {component["name"]: component for component in json.loads(content)["components"]}


@pytest.mark.parametrize(("packages", "model"), [(PACKAGES, "b" * 64), ((), None)])
def test_is_what_the_schema_asks_for(packages: tuple[Package, ...], model: str | None) -> None:
    content = write_sbom("Größe 1", packages, model_sha256=model)
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(content.decode()) is None


def test_lists_what_the_function_is_made_of() -> None:
    found = components(write_sbom("function", PACKAGES, model_sha256="b" * 64))
    assert set(found) == {"model.tflite", "thing", "other", "bare", "tulle"}
    assert found["model.tflite"]["type"] == "machine-learning-model"
    assert found["model.tflite"]["hashes"] == [{"alg": "SHA-256", "content": "b" * 64}]
    assert found["thing"]["licenses"] == [{"expression": "MIT AND Apache-2.0"}]
    assert found["other"]["licenses"] == [{"license": {"name": "as the author likes"}}]
    assert "licenses" not in found["bare"]
    assert found["thing"]["hashes"] == [{"alg": "SHA-256", "content": "a" * 64}]
    assert found["thing"]["purl"].startswith("pkg:pypi/thing@1.0%2Bcpu?")


def test_the_order_of_packages_changes_no_byte() -> None:
    one = write_sbom("function", PACKAGES, model_sha256=None)
    assert one == write_sbom("function", PACKAGES[::-1], model_sha256=None)
