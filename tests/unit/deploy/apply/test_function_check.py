"""Whether the function that a stack has can become what is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from tulle.aws.functions import FunctionVersion
from tulle.deploy.live.function_check import check_function
from tulle.deploy.names import name_deployment
from tulle.errors import DeploymentNotFound, ReplacementNotAllowed
from tulle.project.project import PackageType

NAMES = name_deployment("shop", "prod")


@dataclass(frozen=True)
class OneFunction:
    """Lambda with one function, or without it."""

    is_image: bool | None

    def version(self, function: str, qualifier: str) -> FunctionVersion:
        assert (function, qualifier) == ("shop-prod", "live")
        if self.is_image is None:
            raise DeploymentNotFound("Lambda has no such function", hint="`tulle deploy` makes it")
        return FunctionVersion(
            function=function,
            version="3",
            description="",
            modified=datetime(2026, 1, 1, tzinfo=UTC),
            memory_mb=1024,
            timeout_s=30,
            architecture="x86_64",
            log_group="",
            is_image=self.is_image,
        )


def test_a_function_that_stays_what_it_is_passes() -> None:
    check_function(OneFunction(is_image=True), NAMES, PackageType.IMAGE)
    check_function(OneFunction(is_image=False), NAMES, PackageType.ZIP)


@pytest.mark.parametrize(
    ("is_image", "wanted", "said"),
    [
        (False, PackageType.IMAGE, "packed as a zip, and Lambda cannot make an image of it"),
        (True, PackageType.ZIP, "packed as an image, and Lambda cannot make a zip of it"),
    ],
)
def test_an_image_becomes_no_zip(is_image: bool, wanted: PackageType, said: str) -> None:
    with pytest.raises(ReplacementNotAllowed, match=said) as caught:
        check_function(OneFunction(is_image=is_image), NAMES, wanted)
    assert "`tulle destroy --stage prod` first" in caught.value.hint


def test_a_function_that_was_deleted_by_hand_is_not_said_to_be_made_by_deploying() -> None:
    with pytest.raises(DeploymentNotFound, match="somebody deleted its function shop-prod") as gone:
        check_function(OneFunction(is_image=None), NAMES, PackageType.ZIP)
    assert gone.value.hint.startswith("`tulle destroy --stage prod` takes away")
