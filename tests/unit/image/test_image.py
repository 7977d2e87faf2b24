"""Images in layouts: what is upon the base, how it starts, and what is refused."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from made_functions import MODEL, make_function
from made_images import DOCKER, DOCKER_IMAGE, OCI, SLIM_START, MadeImage, write_image
from tulle.bundle.bundle import Layer
from tulle.bundle.image.base import load_base
from tulle.bundle.image.image import (
    MODEL_LABEL,
    Image,
    ImageSettings,
    assemble_image,
    deliver_image,
)
from tulle.errors import ImageNotFound, InvalidBase, OutputUnavailable, TulleError
from tulle.progress import SilentReporter
from tulle.registry.layout import LayoutSource, new_layout
from tulle.registry.reference import LayoutReference

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.bundle.bundle import Bundle


def build(
    tmp_path: Path, *, bundle: Bundle | None = None, settings: ImageSettings | None = None
) -> Image:
    bundle = bundle or make_function()
    source = LayoutSource(LayoutReference(path=tmp_path / "base"))
    base = load_base(source, bundle.target)
    return assemble_image(
        bundle, base, settings or ImageSettings(), layers_folder=tmp_path / "layers"
    )


def write(image: Image, folder: Path) -> None:
    with new_layout(LayoutReference(path=folder)) as destination:
        deliver_image(image, destination, reporter=SilentReporter())


def config_of(image: Image) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(image.config.content)
    return config


def test_layers_come_upon_the_base_in_order_of_change(tmp_path: Path) -> None:
    write_image(tmp_path / "base", MadeImage())
    image = build(tmp_path)
    assert [layer.layer for layer in image.layers] == [Layer.DEPENDENCIES, Layer.MODEL, Layer.CODE]
    manifest = json.loads(image.manifest.content)
    assert len(manifest["layers"]) == 4
    assert {layer["mediaType"] for layer in manifest["layers"]} == {f"{OCI}.layer.v1.tar+gzip"}
    assert config_of(image)["rootfs"]["diff_ids"][1:] == [layer.diff_id for layer in image.layers]
    assert len(config_of(image)["history"]) == 4


def test_a_line_changed_in_the_code_changes_the_last_layer_alone(tmp_path: Path) -> None:
    write_image(tmp_path / "base", MadeImage())
    one = build(tmp_path)
    other = build(tmp_path, bundle=make_function(code=b"def handler(event, context): return 1\n"))
    same = [
        a.blob.descriptor == b.blob.descriptor
        for a, b in zip(one.layers, other.layers, strict=True)
    ]
    assert same == [True, True, False]


def test_the_same_function_makes_the_same_image_anywhere(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_image(tmp_path / name / "base", MadeImage())
        write(build(tmp_path / name), tmp_path / name / "image")
    one, other = (
        {
            str(path.relative_to(tmp_path / name)): path.read_bytes()
            for path in (tmp_path / name / "image").rglob("*")
            if path.is_file()
        }
        for name in ("one", "other")
    )
    assert one == other


def test_awss_base_starts_by_its_own_client(tmp_path: Path) -> None:
    write_image(tmp_path / "base", MadeImage())
    settings = config_of(build(tmp_path))["config"]
    assert settings["Entrypoint"] == ["/lambda-entrypoint.sh"]
    assert settings["Cmd"] == ["app.handler"]
    assert settings["WorkingDir"] == "/var/task"
    assert "PATH=/var/lang/bin:/usr/bin" in settings["Env"]


def test_a_slim_base_starts_by_tulles_client(tmp_path: Path) -> None:
    start = {
        **SLIM_START,
        "Env": [*SLIM_START["Env"], "PYTHONPATH=/opt/x"],
        "Labels": {"own": "kept"},
    }
    write_image(tmp_path / "base", MadeImage(config=start))
    settings = config_of(build(tmp_path))["config"]
    assert settings["Entrypoint"] == ["python3", "-m", "tulle_runtime.bootstrap"]
    assert settings["Env"][-2:] == ["PYTHONPATH=/var/task:/opt/x", "LAMBDA_TASK_ROOT=/var/task"]
    assert settings["Labels"]["own"] == "kept"


def test_it_says_where_it_comes_from(tmp_path: Path) -> None:
    digest = write_image(tmp_path / "base", MadeImage())
    image = build(tmp_path, settings=ImageSettings(revision="abc", created_s=86_400))
    labels = {
        MODEL_LABEL: hashlib.sha256(MODEL).hexdigest(),
        "org.opencontainers.image.base.digest": digest,
        "org.opencontainers.image.revision": "abc",
    }
    assert json.loads(image.manifest.content)["annotations"] == labels
    assert config_of(image)["config"]["Labels"] == labels
    assert config_of(image)["created"] == "1970-01-02T00:00:00Z"


def test_of_an_index_the_functions_platform_is_taken(tmp_path: Path) -> None:
    arm64 = MadeImage(architecture="arm64", files={"arm": b""})
    write_image(tmp_path / "base", MadeImage(), arm64)
    image = build(tmp_path, bundle=make_function(architecture="arm64"))
    assert config_of(image)["architecture"] == "arm64"


def test_dockers_types_become_ocis(tmp_path: Path) -> None:
    write_image(tmp_path / "base", DOCKER_IMAGE)
    assert DOCKER.encode() not in build(tmp_path).manifest.content


def test_a_history_that_fits_is_kept(tmp_path: Path) -> None:
    own = ({"created_by": "ADD"}, {"created_by": "ENV", "empty_layer": True})
    write_image(tmp_path / "base", MadeImage(history=own))
    assert config_of(build(tmp_path))["history"][:2] == list(own)


@pytest.mark.parametrize(
    ("image", "what"),
    [
        (MadeImage(architecture="arm64"), "is for linux/arm64, not for linux/amd64"),
        (MadeImage(system="windows"), "is for windows/amd64"),
        (MadeImage(layer_type=f"{OCI}.layer.v1.tar+zstd"), "zstd"),
        (MadeImage(layer_type=f"{DOCKER}.image.rootfs.foreign.diff.tar.gzip"), "foreign"),
        (MadeImage(manifest_type=f"{OCI}.artifact.manifest.v1+json"), "is no image"),
        (MadeImage(config={"Env": ["PYTHON_VERSION=3.12.1"]}), "has Python 3.12.1"),
    ],
)
def test_refuses_a_base_that_would_not_run(tmp_path: Path, image: MadeImage, what: str) -> None:
    write_image(tmp_path / "base", image)
    with pytest.raises(InvalidBase, match=what.replace("+", ".")):
        build(tmp_path)


def test_says_which_processors_an_index_has(tmp_path: Path) -> None:
    write_image(tmp_path / "base", MadeImage(architecture="s390x"), MadeImage(architecture="arm64"))
    with pytest.raises(InvalidBase, match="no image for linux/amd64") as raised:
        build(tmp_path)
    assert "linux/s390x, linux/arm64" in raised.value.hint
    assert "unknown" not in raised.value.hint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"digest":"sha256:', b'"digest":"sha512:'),
        (b'"layers":[', b'"layerz":['),
        (b'{"schemaVersion"', b'"schemaVersion"'),
        (b'"size":', b'"size":-'),
    ],
)
def test_a_broken_manifest_is_an_error(tmp_path: Path, old: bytes, new: bytes) -> None:
    digest = write_image(tmp_path / "base", MadeImage())
    path = tmp_path / "base/blobs/sha256" / digest.removeprefix("sha256:")
    content = path.read_bytes().replace(old, new)
    broken = hashlib.sha256(content).hexdigest()
    path.with_name(broken).write_bytes(content)
    index = tmp_path / "base/index.json"
    parsed = json.loads(index.read_text())
    parsed["manifests"][0].update(digest=f"sha256:{broken}", size=len(content))
    index.write_text(json.dumps(parsed))
    with pytest.raises(InvalidBase):
        build(tmp_path)


def test_damaged_bytes_are_not_passed_on(tmp_path: Path) -> None:
    write_image(tmp_path / "base", MadeImage())
    image = build(tmp_path)
    layer = image.base.layers[0].descriptor.digest.removeprefix("sha256:")
    path = tmp_path / "base/blobs/sha256" / layer
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(TulleError) as raised:
        write(image, tmp_path / "image")
    assert raised.value.code == "digest-mismatch"
    assert not [path for path in tmp_path.iterdir() if "image" in path.name]


def test_no_image_is_there(tmp_path: Path) -> None:
    with pytest.raises(ImageNotFound, match="is no OCI image layout"):
        build(tmp_path)


def test_a_tag_chooses_among_images(tmp_path: Path) -> None:
    write_image(tmp_path / "base", MadeImage(), tag="one")
    reference = LayoutReference(path=tmp_path / "base", tag="other")
    with pytest.raises(ImageNotFound, match="other") as raised:
        load_base(LayoutSource(reference), make_function().target)
    assert "there are: one" in raised.value.hint


def test_an_image_replaces_an_older_one_as_a_whole(tmp_path: Path) -> None:
    write_image(tmp_path / "base", MadeImage())
    write(build(tmp_path), tmp_path / "image")
    changed = build(tmp_path, bundle=make_function(code=b"changed"))
    write(changed, tmp_path / "image")
    index = json.loads((tmp_path / "image/index.json").read_text())
    assert [entry["digest"] for entry in index["manifests"]] == [changed.digest]
    assert len(list((tmp_path / "image/blobs/sha256").iterdir())) == 6
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base", "image", "layers"]


def test_another_folder_is_not_replaced(tmp_path: Path) -> None:
    write_image(tmp_path / "base", MadeImage())
    (tmp_path / "project").mkdir()
    (tmp_path / "project/app.py").write_text("precious")
    with pytest.raises(OutputUnavailable, match="is no OCI image layout"):
        write(build(tmp_path), tmp_path / "project")
    assert (tmp_path / "project/app.py").read_text() == "precious"
