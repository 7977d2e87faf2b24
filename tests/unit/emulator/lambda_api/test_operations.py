"""The table of operations, held against the model in boto3."""

from __future__ import annotations

import botocore.session
import pytest

from tulle.emulator.lambda_api.operations import Operation, Operations

MODEL = botocore.session.get_session().get_service_model("lambda")


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_every_operation_of_boto3_is_known(name: str) -> None:
    http = MODEL.operation_model(name).http
    path, _, query = http["requestUri"].partition("?")
    filled = path.replace("{", "of-").replace("}", "")
    found = Operations().find(http["method"], filled)
    assert found is not None
    assert found.name == name or query


def test_a_path_has_parameters() -> None:
    operations = Operations()
    path = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aa%2Fb/configuration"
    assert operations.find("GET", path) == Operation(
        name="GetFunctionConfiguration", parameters={"FunctionName": "arn:aws:lambda:a/b"}
    )
    assert operations.find("GET", "/2015-03-31/functions/") == Operation(
        name="ListFunctions", parameters={}
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/2015-03-31"),
        ("GET", "/2015-03-31/functions//configuration"),
        ("GET", "/2015-03-31/functions/name/configuration/more"),
        ("PATCH", "/2015-03-31/functions/name"),
        ("GET", "/2019-01-01/functions/name"),
    ],
)
def test_what_is_no_operation_is_none(method: str, path: str) -> None:
    assert Operations().find(method, path) is None


def test_a_path_has_methods() -> None:
    assert Operations().methods("/2015-03-31/functions/name") == ("DELETE", "GET")
