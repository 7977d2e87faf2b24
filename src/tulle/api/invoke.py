"""Owns `invoke`: a function asked once, deployed or on this machine, and its answer read."""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from tulle.api.deployed import DeployedRequest, open_deployed
from tulle.api.local_function import (
    FunctionSettings,
    make_local_function,
    project_source,
)
from tulle.api.payload import ASYNC_BYTES, SYNC_BYTES, check_size, read_payload
from tulle.aws.endpoint import Endpoints
from tulle.aws.functions import Functions
from tulle.deploy.deployment import find_deployment
from tulle.deploy.live.answer import Failure, Prediction, read_failure, read_prediction
from tulle.deploy.live.function import LiveFunction, live_request, why_not_over_url
from tulle.deploy.live.function_failure import failed, refused_over_http
from tulle.deploy.names import LIVE
from tulle.deploy.observed.log_line import LogLine, read_log_line
from tulle.emulator.server import LocalLambda, ServerOptions
from tulle.errors import DeploymentNotFound, FunctionFailed, UsageError
from tulle.project.file import read_project

if TYPE_CHECKING:
    from tulle.aws.session import AwsSession
    from tulle.deploy.names import Names
    from tulle.emulator.invocation import Invocation
    from tulle.emulator.surroundings import Surroundings
    from tulle.project.project import Project

__all__ = [
    "Answered",
    "DeployedRequest",
    "Failure",
    "LogLine",
    "Prediction",
    "invoke",
    "invoke_here",
    "invoke_over_url",
    "read_payload",
    "submit",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of asking.

    Attributes:
        payload: the function's result as JSON; through a URL, the answer's body.
        prediction: what tulle's own handler says; None of any other result, and of a failure.
        failure: what Lambda says of a function that failed.
        error: the same, or an HTTP answer that is no success, in words.
        ms: from the request to the answer, as seen from here.
        version: which one ran; None where that is not said.
        status: that of an HTTP answer.
        log: the end of the invocation's log; none comes through a URL.
    """

    payload: bytes
    prediction: Prediction | None
    failure: Failure | None
    error: FunctionFailed | None
    ms: float
    request_id: str | None = None
    version: str | None = None
    status: int | None = None
    log: tuple[LogLine, ...] = ()


def invoke(request: DeployedRequest, payload: bytes) -> Answered:
    """Invoke a deployed function and wait for its answer.

    Raises:
        UsageError: the payload is too large.
        DeploymentNotFound: the stage is not deployed.
        AwsError: AWS cannot be asked, or refuses. That the function fails is no error of this.
    """
    check_size(payload, SYNC_BYTES)
    meant = open_deployed(request)
    functions = Functions(meant.session)
    begun_s = time.perf_counter()
    try:
        said = functions.invoke(meant.names.function, payload, qualifier=LIVE)
    except DeploymentNotFound as exc:
        raise _not_there(meant.session, meant.names, exc) from exc
    failure = read_failure(said.payload) if said.failed else None
    return Answered(
        payload=said.payload,
        prediction=None if failure else read_prediction(said.payload),
        failure=failure,
        error=failed(failure, meant.names.function) if failure else None,
        ms=(time.perf_counter() - begun_s) * 1e3,
        request_id=said.request_id,
        version=said.version,
        log=_read_log(said.log_tail),
    )


def submit(request: DeployedRequest, payload: bytes) -> str:
    """Have a deployed function invoked without waiting for it; give the request's id.

    Raises:
        UsageError, DeploymentNotFound, AwsError: as for `invoke`.
    """
    check_size(payload, ASYNC_BYTES)
    meant = open_deployed(request)
    try:
        return Functions(meant.session).submit(meant.names.function, payload, qualifier=LIVE)
    except DeploymentNotFound as exc:
        raise _not_there(meant.session, meant.names, exc) from exc


def invoke_over_url(request: DeployedRequest, payload: bytes) -> Answered:
    """Ask a deployed function through its URL, as its callers do.

    Raises:
        UsageError: it cannot be asked that way.
        DeploymentNotFound: the stage is not deployed.
        AwsError: AWS or the URL cannot be asked. That the answer is no success is no error of this.
    """
    check_size(payload, SYNC_BYTES)
    if request.name is not None:
        raise UsageError(
            "how the URL is asked stands in the project's folder, and only a name is given",
            hint="name the folder: --folder",
        )
    meant = open_deployed(request)
    api = read_project(request.folder, stage=request.stage).api
    live = LiveFunction.of_outputs(
        meant.names, api, find_deployment(meant.session, meant.names).stack.outputs
    )
    obstacle = why_not_over_url(live)
    if obstacle is not None:
        raise UsageError(
            f"{live.function} cannot be asked through its URL: {obstacle}",
            hint="leave out `--through url`, and Lambda is asked itself",
        )
    asked = live_request(live, payload, meant.session)
    begun_s = time.perf_counter()
    answer = Endpoints(meant.session).ask(asked)
    is_good = 200 <= answer.status < 300
    return Answered(
        payload=answer.body,
        prediction=read_prediction(answer.body) if is_good else None,
        failure=None,
        error=None if is_good else refused_over_http(asked.url, answer),
        ms=(time.perf_counter() - begun_s) * 1e3,
        request_id=answer.headers.get("apigw-requestid") or answer.headers.get("x-amzn-requestid"),
        status=answer.status,
    )


def invoke_here(project: Project, payload: bytes, surroundings: Surroundings) -> Answered:
    """Run a project's function once in the local Lambda, which starts for it and ends after it.

    Raises:
        TulleError: the function cannot be made. That it fails is no error of this.
    """
    check_size(payload, SYNC_BYTES)
    source = project_source(project, project.function.handler)
    settings = FunctionSettings(
        memory_mb=project.function.memory_mb,
        timeout_s=project.function.timeout_s,
        environment=project.function.environment,
    )
    begun_s = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="tulle-invoke-") as scratch:
        isolation = replace(surroundings.isolation, passing=Path(scratch))
        within = replace(surroundings, isolation=isolation)
        local = make_local_function(source, settings, within, Path(scratch))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            server = LocalLambda(local.function, ServerOptions(port=0, reload=False), within)
            said = runner.run(_invoke_once(server, payload))
    failure = read_failure(said.payload) if said.error_type is not None else None
    return Answered(
        payload=said.payload,
        prediction=None if failure else read_prediction(said.payload),
        failure=failure,
        error=failed(failure, project.name, here=True) if failure else None,
        ms=(time.perf_counter() - begun_s) * 1e3,
        request_id=said.request_id,
        log=_read_log(said.log_tail.decode(errors="replace")),
    )


async def _invoke_once(server: LocalLambda, payload: bytes) -> Invocation:
    async with server:
        return await server.invoke(payload)


def _read_log(tail: str) -> tuple[LogLine, ...]:
    return tuple(read_log_line(line) for line in tail.splitlines() if line.strip())


def _not_there(session: AwsSession, names: Names, error: DeploymentNotFound) -> DeploymentNotFound:
    """Tell a stage that is not deployed from a function that somebody took out of its stack."""
    deployment = find_deployment(session, names)
    return DeploymentNotFound(
        f"the stack {deployment.stack.name} is there, and its function is not: somebody deleted it by hand",
        hint="`tulle destroy` and then `tulle deploy` make it anew",
        detail=error.message,
    )
