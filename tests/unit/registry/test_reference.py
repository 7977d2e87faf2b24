"""How images are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tulle.errors import InvalidReference
from tulle.registry.reference import LayoutReference, RegistryReference, parse_reference

DIGEST = f"sha256:{'0a' * 32}"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("public.ecr.aws/lambda/python:3.13", "public.ecr.aws/lambda/python:3.13"),
        ("python", "docker.io/library/python:latest"),
        ("python:3.13-slim", "docker.io/library/python:3.13-slim"),
        ("amazon/aws-lambda-python:3.13", "docker.io/amazon/aws-lambda-python:3.13"),
        ("docker.io/python", "docker.io/library/python:latest"),
        ("index.docker.io/library/python", "docker.io/library/python:latest"),
        ("localhost/x", "localhost/x:latest"),
        ("localhost:5000/x/y_z", "localhost:5000/x/y_z:latest"),
        ("[::1]:5000/x", "[::1]:5000/x:latest"),
        (f"localhost:5000/x@{DIGEST}", f"localhost:5000/x@{DIGEST}"),
        (f"host.example/x:1@{DIGEST}", f"host.example/x:1@{DIGEST}"),
    ],
)
def test_reads_names_as_docker_does(text: str, whole: str) -> None:
    assert str(parse_reference(text)) == whole


def test_a_digest_goes_before_a_tag() -> None:
    reference = parse_reference(f"host.example/x:1@{DIGEST}")
    assert isinstance(reference, RegistryReference)
    assert (reference.tag, reference.selector) == ("1", DIGEST)


@pytest.mark.parametrize(
    ("text", "path", "tag"),
    [
        ("oci:base", "base", None),
        ("oci:/a b/ü:3.13", "/a b/ü", "3.13"),
        ("oci:C:/x/y", "C:/x/y", None),
        ("oci:./x.y", "x.y", None),
    ],
)
def test_reads_names_of_layouts(text: str, path: str, tag: str | None) -> None:
    assert parse_reference(text) == LayoutReference(path=Path(path), tag=tag)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "oci:",
        "Python",
        "host.example/Upper",
        "x:",
        "x:-",
        "x@sha256:12",
        f"x@sha512:{'0' * 128}",
        "http://host.example/x",
        "host.example/",
        "-host.example/x",
        "a//b",
        "x y",
    ],
)
def test_refuses_what_names_no_image(text: str) -> None:
    with pytest.raises(InvalidReference):
        parse_reference(text)
