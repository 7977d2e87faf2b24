"""Owns `Functions`: Lambda, as far as tulle asks it about functions that are there, and invokes them."""

from __future__ import annotations

import base64
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from tulle.aws.failure import code_of, message_of, translated
from tulle.errors import AwsThrottled, DeploymentNotFound, FunctionUnready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_lambda.type_defs import (
        AliasConfigurationResponseTypeDef,
        AliasConfigurationTypeDef,
        FunctionConfigurationResponseTypeDef,
        FunctionConfigurationTypeDef,
    )

    from tulle.aws.session import AwsSession

__all__ = ["LATEST", "Alias", "FunctionVersion", "Functions", "Invoked"]

LATEST = "$LATEST"
"""The version that is not published yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionVersion:
    """A function's settings at one version.

    Args:
        version: a number, or `$LATEST`.
        description: what was said when it was published.
        modified: when the settings were last changed; of a published version, when it was published.
        log_group: where its log goes.
        is_image: whether its code is an image; else it is a zip.
        state: AWS's word, such as `Active` or `Failed`; empty where versions are listed.
        state_reason: why it is in that state.
    """

    function: str
    version: str
    description: str
    modified: datetime
    memory_mb: int
    timeout_s: int
    architecture: str
    log_group: str
    is_image: bool = False
    state: str = ""
    state_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A name for one of a function's versions.

    Args:
        version: the published version that it means.
        description: what whoever set it said.
        revision: changes whenever the alias does; AWS refuses a change that was made for another.
    """

    name: str
    version: str
    description: str
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoked:
    """What came of an invocation.

    Args:
        payload: the function's result, or the JSON that describes its error; empty for an asynchronous call.
        failed: whether the function failed.
        version: the version that ran.
        log_tail: the last 4 KB of the invocation's log.
    """

    request_id: str
    payload: bytes
    failed: bool
    version: str
    log_tail: str


class Functions:
    """Asks Lambda about functions by name, and invokes them."""

    def __init__(self, session: AwsSession) -> None:
        self._region = session.region
        self._settings = session.function_settings()
        self._calls = session.functions()

    def version(self, function: str, qualifier: str = LATEST) -> FunctionVersion:
        """Give the settings of one version, named by its number or an alias.

        Raises:
            DeploymentNotFound: there is no such function, version or alias.
        """
        with self._asking(function):
            said = self._settings.get_function_configuration(
                FunctionName=function, Qualifier=qualifier
            )
        return _version(said)

    def versions(self, function: str) -> tuple[FunctionVersion, ...]:
        """List the published versions, the oldest first.

        Raises:
            DeploymentNotFound: there is no such function.
        """
        with self._asking(function):
            pages = self._settings.get_paginator("list_versions_by_function").paginate(
                FunctionName=function
            )
            found = [_version(said) for page in pages for said in page["Versions"]]
        published = (each for each in found if each.version != LATEST)
        return tuple(sorted(published, key=lambda each: int(each.version)))

    def alias(self, function: str, name: str) -> Alias:
        """Find what an alias means.

        Raises:
            DeploymentNotFound: there is no such function or alias.
        """
        with self._asking(function):
            return _alias(self._settings.get_alias(FunctionName=function, Name=name))

    def move_alias(self, function: str, alias: Alias, version: str, description: str) -> Alias:
        """Let an alias mean another version, for all callers at once.

        Args:
            function: whose.
            alias: as it was when the change was decided on.
            version: a published one.
            description: why, in at most 256 characters.

        Raises:
            AwsRefused: somebody else has changed it since.
        """
        with self._asking(function):
            said = self._settings.update_alias(
                FunctionName=function,
                Name=alias.name,
                FunctionVersion=version,
                Description=description[:256],
                RevisionId=alias.revision,
                RoutingConfig={"AdditionalVersionWeights": {}},
            )
        return _alias(said)

    def wait_until_ready(self, function: str, qualifier: str) -> None:
        """Wait until a version can be invoked; an image takes Lambda a moment to prepare.

        Raises:
            DeploymentNotFound: there is no such function, version or alias.
            FunctionUnready: Lambda gave it up, or takes longer than a quarter of an hour.
        """
        self.version(function, qualifier)  # a waiter does not say plainly what keeps it from asking
        waiter = self._settings.get_waiter("published_version_active")
        with self._asking(function):
            try:
                waiter.wait(
                    FunctionName=function,
                    Qualifier=qualifier,
                    WaiterConfig={"Delay": 2, "MaxAttempts": 450},
                )
            except boto.WaiterError as exc:
                reason = exc.last_response.get("StateReason") or exc
                raise FunctionUnready(
                    f"`{function}` does not become ready: {reason}",
                    hint="put right what it says and deploy again",
                ) from exc

    def invoke(self, function: str, payload: bytes, *, qualifier: str) -> Invoked:
        """Invoke a function and wait for its result, which may be an error of its own.

        Raises:
            DeploymentNotFound: there is no such function or alias.
            AwsThrottled: as many run as may at once.
            FunctionUnready: it cannot be invoked for now.
        """
        with self._asking(function):
            said = self._calls.invoke(
                FunctionName=function, Qualifier=qualifier, Payload=payload, LogType="Tail"
            )
            result = said["Payload"].read()
        return Invoked(
            request_id=said["ResponseMetadata"]["RequestId"],
            payload=result,
            failed="FunctionError" in said,
            version=said.get("ExecutedVersion", qualifier),
            log_tail=base64.b64decode(said.get("LogResult", "")).decode(errors="replace"),
        )

    def submit(self, function: str, payload: bytes, *, qualifier: str) -> str:
        """Have a function invoked without waiting for it; give the request's id.

        Raises:
            DeploymentNotFound, AwsThrottled, FunctionUnready: as for `invoke`.
        """
        with self._asking(function):
            said = self._calls.invoke(
                FunctionName=function,
                Qualifier=qualifier,
                Payload=payload,
                InvocationType="Event",
            )
        return said["ResponseMetadata"]["RequestId"]

    @contextmanager
    def _asking(self, function: str) -> Iterator[None]:
        with translated("lambda"):
            try:
                yield
            except boto.ClientError as exc:
                self._know(exc, function)
                raise

    def _know(self, error: boto.ClientError, function: str) -> None:
        """Raise what is known of an answer that has to do with the function itself."""
        code, message = code_of(error), message_of(error)
        if code == "ResourceNotFoundException":
            raise DeploymentNotFound(
                f"Lambda in {self._region} has no `{function}` as it is asked for: {message}",
                hint="`tulle status` lists what is deployed, and `tulle deploy` makes it; is it the right --region?",
            ) from error
        if code == "TooManyRequestsException" and error.operation_name == "Invoke":
            reason = error.response.get("Reason", "")
            raise AwsThrottled(
                f"`{function}` has no room for another invocation{f' ({reason})' if reason else ''}",
                hint="wait until others are done; `reserved_concurrency` or the account's quota bounds them",
            ) from error
        unready = code in {"ResourceConflictException", "CodeArtifactUserPendingException"}
        if unready and error.operation_name == "Invoke":
            raise FunctionUnready(
                f"`{function}` cannot be invoked now: {message}",
                hint="wait a minute and call again; Lambda is preparing it",
            ) from error


def _version(
    said: FunctionConfigurationResponseTypeDef | FunctionConfigurationTypeDef,
) -> FunctionVersion:
    name = said["FunctionName"].partition(":")[0]
    return FunctionVersion(
        function=name,
        version=said["Version"],
        description=said.get("Description", ""),
        modified=datetime.fromisoformat(said["LastModified"]),
        memory_mb=said["MemorySize"],
        timeout_s=said["Timeout"],
        architecture=(said.get("Architectures") or ["x86_64"])[0],
        log_group=said.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}",
        is_image=said.get("PackageType") == "Image",
        state=said.get("State", ""),
        state_reason=said.get("StateReason", ""),
    )


def _alias(said: AliasConfigurationResponseTypeDef | AliasConfigurationTypeDef) -> Alias:
    return Alias(
        name=said["Name"],
        version=said["FunctionVersion"],
        description=said.get("Description", ""),
        revision=said["RevisionId"],
    )
