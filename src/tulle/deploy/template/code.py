"""Owns `Code`: where Lambda finds what a function runs, in the words of a template."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tulle.deploy.release import ImageCode, version_note
from tulle.deploy.template.resource import Resource, Resources, reference

if TYPE_CHECKING:
    from tulle.deploy.release import Release, ZipCode
    from tulle.target import Target

__all__ = ["Code", "image_parameter", "named_code", "released_code", "zip_parameters"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a template says of a function's code.

    Args:
        properties: those of the function that say where its code is, and what is called in it.
        note: what function and version say of themselves; another with each release.
        parameters: what the template is given when it is deployed.
    """

    properties: Resource
    note: object
    parameters: Resources = field(default_factory=dict)


def released_code(release: Release) -> Code:
    """Mean the code of a release."""
    return named_code(release.code, release.target, release.handler, note=version_note(release))


def named_code(code: ImageCode | ZipCode, target: Target, handler: str, *, note: str) -> Code:
    """Mean an image or a zip by its name."""
    if isinstance(code, ImageCode):
        return Code(properties=_image(code.uri), note=note)
    place: Resource = {"S3Bucket": code.bucket, "S3Key": code.key}
    return Code(properties=_zip(place, target, handler), note=note)


def image_parameter() -> Code:
    """Mean an image that is named when the template is deployed."""
    uri = reference("ImageUri")
    parameter = _parameter("The function's image: REPOSITORY@sha256:DIGEST, in this region's ECR.")
    return Code(properties=_image(uri), note=uri, parameters={"ImageUri": parameter})


def zip_parameters(target: Target, handler: str) -> Code:
    """Mean a zip that is named when the template is deployed."""
    place: Resource = {"S3Bucket": reference("CodeBucket"), "S3Key": reference("CodeKey")}
    return Code(
        properties=_zip(place, target, handler),
        note=reference("CodeKey"),
        parameters={
            "CodeBucket": _parameter("The bucket that holds the function's zip, in this region."),
            "CodeKey": _parameter("The zip's key in it: another one for each build."),
        },
    )


def _image(uri: object) -> Resource:
    return {"PackageType": "Image", "Code": {"ImageUri": uri}}


def _zip(place: Resource, target: Target, handler: str) -> Resource:
    return {
        "PackageType": "Zip",
        "Code": place,
        "Runtime": target.runtime,
        "Handler": handler,
    }


def _parameter(description: str) -> Resource:
    # It is also in the version's description, which Lambda bounds at 256.
    return {"Type": "String", "Description": description, "MinLength": 1, "MaxLength": 230}
