"""A template for other people's tools: with the code named, or as parameters."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from made_templates import DIGEST, IMAGE, ZIP, made_project, made_release
from tulle.api.export import Exported, ExportRequest, TemplateFormat, export
from tulle.cli.export import command
from tulle.deploy.release import ImageCode, ZipCode, read_version_note
from tulle.deploy.template.template import make_template
from tulle.errors import InvalidReference, InvalidStage, UsageError

if TYPE_CHECKING:
    from pathlib import Path

IS_ZIP = "[package]\ntype = 'zip'\n"
FORMATS = pytest.mark.parametrize("form", list(TemplateFormat))


def exported(
    folder: Path, form: TemplateFormat, text: str = "", code: ImageCode | ZipCode | None = None
) -> Exported:
    project = made_project(folder, text, stage="prod")
    return export(ExportRequest(project=project, format=form, stage="prod", code=code))


def function_of(template: Exported) -> Any:
    return json.loads(template.text)["Resources"]["Function"]["Properties"]


def test_it_is_the_template_that_deploy_uses(tmp_path: Path) -> None:
    template = exported(tmp_path, TemplateFormat.CLOUDFORMATION, code=IMAGE)
    deployed = make_template(made_project(tmp_path), "prod", made_release())
    assert without_notes(template.text) == without_notes(deployed.text)


def without_notes(template: str) -> Any:
    """Leave out what a release says of itself, which another note makes another version."""
    body = json.loads(re.sub(r"Version[0-9a-f]{12}", "Version1", template))
    for name in ("Function", "Version1"):
        assert body["Resources"][name]["Properties"].pop("Description")
    return body


@FORMATS
def test_an_image_is_a_parameter(tmp_path: Path, form: TemplateFormat) -> None:
    template = exported(tmp_path, form)
    assert set(template.parameters) == {"ImageUri"}
    assert set(json.loads(template.text)["Parameters"]) == {"ImageUri"}
    function = function_of(template)
    assert (function.get("ImageUri") or function["Code"]["ImageUri"]) == {"Ref": "ImageUri"}


@FORMATS
def test_a_zip_is_two_parameters(tmp_path: Path, form: TemplateFormat) -> None:
    template = exported(tmp_path, form, IS_ZIP)
    assert set(template.parameters) == {"CodeBucket", "CodeKey"}
    function = function_of(template)
    assert function["Handler"] == "tulle_runtime.handler.lambda_handler"
    place = function.get("CodeUri") or function["Code"]
    assert list(place.values()) == [{"Ref": "CodeBucket"}, {"Ref": "CodeKey"}]


def test_another_image_is_another_version_without_another_template(tmp_path: Path) -> None:
    """What is replaced when a parameter changes is the version, for its description is all that it has of its own."""
    body = json.loads(exported(tmp_path, TemplateFormat.CLOUDFORMATION).text)
    (version,) = [
        one for one in body["Resources"].values() if one["Type"] == "AWS::Lambda::Version"
    ]
    assert version["Properties"]["Description"] == {"Ref": "ImageUri"}
    assert version["UpdateReplacePolicy"] == "Retain"


@FORMATS
def test_code_that_is_named_needs_no_parameter(tmp_path: Path, form: TemplateFormat) -> None:
    image = exported(tmp_path, form, code=IMAGE)
    assert image.parameters == {}
    assert "Parameters" not in json.loads(image.text)
    function = function_of(image)
    assert (function.get("ImageUri") or function["Code"]["ImageUri"]) == IMAGE.uri
    assert read_version_note(function["Description"]).digest == DIGEST
    bundle = function_of(exported(tmp_path, form, IS_ZIP, code=ZIP))
    place = bundle.get("CodeUri") or bundle["Code"]
    assert list(place.values()) == [ZIP.bucket, ZIP.key]


def test_sam_makes_a_version_of_every_change_and_lambda_a_function(tmp_path: Path) -> None:
    plain = function_of(exported(tmp_path, TemplateFormat.SAM))
    more = "[function]\nreserved_concurrency = 5\n"
    changed = function_of(exported(tmp_path, TemplateFormat.SAM, more))
    assert plain["AutoPublishAlias"] == "live"
    assert plain["AutoPublishAliasAllProperties"] is True
    assert plain["Description"] != changed["Description"]


@FORMATS
def test_what_is_read_is_the_stages(tmp_path: Path, form: TemplateFormat) -> None:
    text = "[stages.prod.function]\nmemory_mb = 2048\n"
    function = function_of(exported(tmp_path, form, text))
    assert (function["FunctionName"], function["MemorySize"]) == ("cats-prod", 2048)


def test_says_how_to_deploy_it(tmp_path: Path) -> None:
    text = "[api]\ntype = 'rest'\nkeys.partner.from_env = 'PARTNER_KEY'\n"
    plain = exported(tmp_path, TemplateFormat.CLOUDFORMATION, IS_ZIP + text)
    assert plain.deploying(tmp_path / "a b.json") == (
        f"aws cloudformation deploy --template-file '{tmp_path}/a b.json' --stack-name cats-prod"
        ' --capabilities CAPABILITY_IAM --parameter-overrides CodeBucket="BUCKET" CodeKey="KEY"'
        ' KeyPartnerValue="$PARTNER_KEY"'
    )
    sam = exported(tmp_path, TemplateFormat.SAM, code=IMAGE)
    assert sam.deploying(tmp_path / "a.json").startswith("sam deploy --template-file ")
    assert sam.deploying(tmp_path / "a.json").endswith(
        f" --image-repository {IMAGE.uri.partition('@')[0]}"
    )


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", ZIP, "the project is packed as an image"),
        (IS_ZIP, IMAGE, "the project is packed as a zip"),
        ("", ImageCode(uri="public.ecr.aws/cats/cats:1"), "Lambda takes no image from public"),
        ("", ImageCode(uri="oci:cats"), "Lambda takes no image from oci:cats"),
    ],
)
def test_refuses_code_that_cannot_be(
    tmp_path: Path, text: str, code: ImageCode | ZipCode, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        exported(tmp_path, TemplateFormat.SAM, text, code)
    assert said in caught.value.message


def test_refuses_names_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(InvalidReference):
        exported(tmp_path, TemplateFormat.SAM, code=ImageCode(uri="A@b"))
    request = ExportRequest(
        project=made_project(tmp_path), format=TemplateFormat.SAM, stage="no stage"
    )
    with pytest.raises(InvalidStage):
        export(request)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--image", "a", "--key", "b"], "name an image, or a zip"),
        (["--bucket", "a"], "--bucket and --key go together"),
    ],
)
def test_options_that_do_not_go_together(tmp_path: Path, options: list[str], said: str) -> None:
    ran = CliRunner().invoke(command, ["sam", "--folder", str(tmp_path), *options])
    assert ran.exit_code == 2
    assert said in ran.output


def test_a_template_goes_to_stdout_or_whole_into_a_file(tmp_path: Path) -> None:
    made_project(tmp_path)
    arguments = ["cloudformation", "--folder", str(tmp_path), "--stage", "prod"]
    shown = CliRunner().invoke(command, arguments)
    written = CliRunner().invoke(command, [*arguments, "-o", str(tmp_path / "a.json")])
    assert shown.stdout == (tmp_path / "a.json").read_text()
    assert shown.stdout == exported(tmp_path, TemplateFormat.CLOUDFORMATION).text
    assert shown.stderr == ""
    assert written.stdout == ""
    assert "aws cloudformation deploy --template-file" in written.stderr


def test_a_model_is_all_that_it_takes(tmp_path: Path) -> None:
    ran = CliRunner().invoke(command, ["sam", "dogs.tflite", "--folder", str(tmp_path)])
    function = json.loads(ran.stdout)["Resources"]["Function"]["Properties"]
    assert function["FunctionName"] == "dogs-dev"
