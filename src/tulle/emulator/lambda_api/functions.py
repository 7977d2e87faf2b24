"""Owns `FunctionsApi`: what the Lambda API says of the function, as it is run here."""

from __future__ import annotations

import asyncio
import platform
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tulle.emulator.function import ACCOUNT_ID, runtime_version_arn
from tulle.emulator.http_body import json_response
from tulle.emulator.lambda_api.code_folder import read_code
from tulle.emulator.lambda_api.error import validation_error
from tulle.emulator.lambda_api.naming import LATEST, complaint
from tulle.limits import ACCOUNT_CONCURRENCY, CODE_STORAGE_BYTES, ZIP_BYTES, ZIP_UNPACKED_BYTES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp import web

    from tulle.emulator.function import Function
    from tulle.emulator.lambda_api.call import Call
    from tulle.emulator.lambda_api.code_folder import CodeFolder

__all__ = ["FunctionsApi"]

# What is said of zips alone.
_OF_ZIPS = ("Handler", "Runtime", "RuntimeVersionConfig")
# What a function's answer leaves out where many functions are listed.
_ONLY_ALONE = ("LastUpdateStatus", "RuntimeVersionConfig", "State")


class FunctionsApi:
    """Describes the one function that there is."""

    def __init__(self, function: Function) -> None:
        self._function = function

    @property
    def operations(self) -> Mapping[str, Callable[[Call], Awaitable[web.Response]]]:
        """The operations that it answers."""
        return {
            "GetAccountSettings": self._account_settings,
            "GetFunction": self._function_with_code,
            "GetFunctionConcurrency": self._concurrency,
            "GetFunctionConfiguration": self._configuration,
            "ListAliases": self._aliases,
            "ListFunctions": self._functions,
            "ListTags": self._tags,
            "ListVersionsByFunction": self._versions,
        }

    async def _function_with_code(self, call: Call) -> web.Response:
        arn = call.known_arn(self._function)
        return _answer(
            {
                "Configuration": _describe(self._function, await self._code(), arn),
                "Code": _where(self._function),
                "Concurrency": {"ReservedConcurrentExecutions": self._function.concurrency},
            }
        )

    async def _configuration(self, call: Call) -> web.Response:
        arn = call.known_arn(self._function)
        return _answer(_describe(self._function, await self._code(), arn))

    async def _functions(self, call: Call) -> web.Response:
        versions = call.http.query.get("FunctionVersion")
        if versions not in {None, "ALL"}:
            constraint = "Member must satisfy enum value set: [ALL]"
            raise validation_error(complaint("functionVersion", versions, constraint))
        suffix = f":{LATEST}" if versions else ""
        return _answer({"Functions": [await self._listed(suffix)]})

    async def _versions(self, call: Call) -> web.Response:
        call.known_arn(self._function)
        return _answer({"Versions": [await self._listed(f":{LATEST}")]})

    async def _aliases(self, call: Call) -> web.Response:
        call.known_arn(self._function)
        return _answer({"Aliases": []})

    async def _concurrency(self, call: Call) -> web.Response:
        call.known_arn(self._function)
        return _answer({"ReservedConcurrentExecutions": self._function.concurrency})

    async def _tags(self, _call: Call) -> web.Response:
        return _answer({"Tags": {}})

    async def _account_settings(self, _call: Call) -> web.Response:
        code = await self._code()
        unreserved = max(ACCOUNT_CONCURRENCY - self._function.concurrency, 0)
        return _answer(
            {
                "AccountLimit": {
                    "TotalCodeSize": CODE_STORAGE_BYTES,
                    "CodeSizeUnzipped": ZIP_UNPACKED_BYTES,
                    "CodeSizeZipped": ZIP_BYTES,
                    "ConcurrentExecutions": ACCOUNT_CONCURRENCY,
                    "UnreservedConcurrentExecutions": unreserved,
                },
                "AccountUsage": {"TotalCodeSize": code.size_bytes, "FunctionCount": 1},
            }
        )

    async def _listed(self, suffix: str) -> dict[str, object]:
        description = _describe(self._function, await self._code(), self._function.arn + suffix)
        return {key: value for key, value in description.items() if key not in _ONLY_ALONE}

    async def _code(self) -> CodeFolder:
        return await asyncio.to_thread(read_code, self._function)


def _where(function: Function) -> dict[str, object]:
    image = function.image
    if image is None:
        return {"RepositoryType": "S3", "Location": function.folder.as_uri()}
    resolved = f"{image.name}@{image.digest}"
    return {"RepositoryType": "ECR", "ImageUri": image.name, "ResolvedImageUri": resolved}


def _describe(function: Function, code: CodeFolder, arn: str) -> dict[str, object]:
    """Describe a function with the keys of AWS's FunctionConfiguration."""
    description: dict[str, object] = {
        "FunctionName": function.name,
        "FunctionArn": arn,
        "Runtime": function.runtime,
        "Role": f"arn:aws:iam::{ACCOUNT_ID}:role/local",
        "Handler": function.handler,
        "CodeSize": code.size_bytes,
        "Description": "",
        "Timeout": function.timeout_s,
        "MemorySize": function.memory_mb,
        "LastModified": _timestamp(code.modified_s),
        "CodeSha256": code.sha256_base64,
        "Version": LATEST,
        "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": str(uuid.UUID(bytes=code.sha256[:16])),
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": [_architecture()],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "RuntimeVersionConfig": {"RuntimeVersionArn": runtime_version_arn()},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.name}"},
    }
    if function.image is not None:
        description.update(PackageType="Image", CodeSha256=code.sha256.hex())
        for key in _OF_ZIPS:
            del description[key]
    if function.environment:  # without any, AWS leaves the key out
        description["Environment"] = {"Variables": dict(function.environment)}
    return description


def _architecture() -> str:
    return "arm64" if platform.machine() in {"aarch64", "arm64"} else "x86_64"


def _timestamp(now_s: float) -> str:
    """Write a time as AWS writes LastModified."""
    moment = datetime.fromtimestamp(now_s, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def _answer(value: object) -> web.Response:
    return json_response(value, status=200)
