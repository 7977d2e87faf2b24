"""The Dockerfile's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tulle.bundle.aws_base import is_aws_base
from tulle.bundle.dockerfile import write_context
from tulle.errors import OutputUnavailable
from unit.build.made_bundles import bundle_file, made_bundle

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.bundle.bundle import Bundle

BASE = "public.ecr.aws/lambda/python:3.13"


def bundle() -> Bundle:
    return made_bundle(
        bundle_file("src/app.py", "x = 1"),
        bundle_file("run.sh", executable=True),
        bundle_file("PIL/Image.py", origin="pillow 12"),
        handler='src/app."handler"',
    )


def written(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_copies_what_changes_least_first(tmp_path: Path) -> None:
    write_context(bundle(), tmp_path / "out", base=BASE, base_is_aws=True)
    lines = (tmp_path / "out/Dockerfile").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        f"FROM --platform=linux/amd64 {BASE}",
        r'CMD ["src/app.\"handler\""]',
        "COPY dependencies/ /var/task/",
        "COPY code/ /var/task/",
    ]
    assert written(tmp_path / "out") == [
        "Dockerfile",
        "code/run.sh",
        "code/src/app.py",
        "dependencies/PIL/Image.py",
    ]
    assert (tmp_path / "out/code/run.sh").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "out/code/src/app.py").stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_another_base_starts_with_tulles_own_client(tmp_path: Path) -> None:
    write_context(bundle(), tmp_path / "out", base="debian", base_is_aws=False)
    text = (tmp_path / "out/Dockerfile").read_text()
    assert 'ENTRYPOINT ["python3", "-m", "tulle_runtime.bootstrap"]' in text


def test_replaces_its_own_folder_alone(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_context(bundle(), folder, base=BASE, base_is_aws=True)
    write_context(made_bundle(), folder, base=BASE, base_is_aws=True)
    assert written(folder) == ["Dockerfile"]
    with (folder / "Dockerfile").open("a") as file:
        file.write("RUN true\n")
    with pytest.raises(OutputUnavailable, match="is not as tulle wrote it"):
        write_context(bundle(), folder, base=BASE, base_is_aws=True)
    assert written(folder) == ["Dockerfile"]
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(OutputUnavailable):
        write_context(bundle(), other, base=BASE, base_is_aws=True)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        (None, True),
        (BASE, True),
        ("public.ecr.aws/lambda/python@sha256:00", True),
        ("docker.io/amazon/aws-lambda-python:3.13", True),
        ("public.ecr.aws/lambda/nodejs:20", False),
        ("python:3.13-slim", False),
    ],
)
def test_knows_awss_bases(name: str | None, own: bool) -> None:
    assert is_aws_base(name) is own
