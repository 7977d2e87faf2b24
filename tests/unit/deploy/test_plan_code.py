"""Where a function's code will be is known before anything is asked of AWS."""

from __future__ import annotations

import pytest

from tulle.deploy.code.publish import plan_code
from tulle.deploy.names import Names
from tulle.deploy.permissions import Place
from tulle.deploy.release import ImageCode, ZipCode
from tulle.errors import UsageError
from tulle.project.project import PackageType

NAMES = Names(project="Clothing_2", stage="prod")
PLACE = Place(partition="aws", region="eu-west-1", account="123456789012")
CHINA = Place(partition="aws-cn", region="cn-north-1", account="123456789012")
DIGEST = f"sha256:{'ab' * 32}"


@pytest.mark.parametrize(
    ("place", "host"),
    [
        (PLACE, "123456789012.dkr.ecr.eu-west-1.amazonaws.com"),
        (CHINA, "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_an_image_is_named_by_its_digest(place: Place, host: str) -> None:
    code = plan_code(PackageType.IMAGE, DIGEST, NAMES, place)
    assert code == ImageCode(uri=f"{host}/tulle/clothing-2-prod@{DIGEST}")


def test_a_zip_is_named_by_its_digest_under_its_stage() -> None:
    code = plan_code(PackageType.ZIP, DIGEST, NAMES, PLACE)
    key = f"Clothing-2-prod/{'ab' * 32}.zip"
    assert code == ZipCode(bucket="tulle-123456789012-eu-west-1", key=key)


def test_a_dockerfile_cannot_be_deployed() -> None:
    with pytest.raises(UsageError, match="a dockerfile cannot be deployed") as caught:
        plan_code(PackageType.DOCKERFILE, DIGEST, NAMES, PLACE)
    assert "[package] type" in caught.value.hint
