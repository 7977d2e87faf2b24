"""Owns `cost`: from a project, and how its function behaves, to what a month of it costs on AWS."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tulle.api.behaviour import (
    OBSERVED_DAYS,
    Behaviour,
    Origin,
    observe_here,
    observe_on_aws,
)
from tulle.pricing.alternatives import (
    Alternative,
    Change,
    MemorySize,
    Quote,
    WhatIf,
    find_alternatives,
    quote,
    scaled_sizes,
)
from tulle.pricing.rates import Priced, Rates, find_rates
from tulle.pricing.workload import Workload
from tulle.project.api import ApiType
from tulle.project.project import PackageType
from tulle.target import Architecture
from tulle.tuning.prediction import too_small

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.project.project import Project

__all__ = [
    "OBSERVED_DAYS",
    "Alternative",
    "Behaviour",
    "Change",
    "Cost",
    "CostRequest",
    "Origin",
    "Priced",
    "Rates",
    "cost",
    "find_rates",
    "observe_here",
    "observe_on_aws",
]

_REQUESTS = 1_000_000
_COLD_SHARE = 0.01
# An answer's headers, and the JSON of ten scores.
_HEADER_BYTES, _ANSWER_BYTES = 400, 600
# START, END and REPORT, and what CloudWatch counts for three events.
_LOG_BYTES = 400
# The line of `access_logs`, and what CloudWatch counts for an event.
_ACCESS_LOG_BYTES = 350
_MIB = 1024 * 1024
# What is assumed of a package that is not built yet: of an image AWS's base too, all compressed.
_IMAGE_BYTES, _ZIP_BYTES = 250 * _MIB, 30 * _MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRequest:
    """What is to be priced; None takes what is known of the function, or what most have.

    Args:
        requests: how many come in a month.
        request_bytes: the size of a request's body.
        response_bytes: of an answer with its headers.
        log_bytes: what a request adds to the function's log.
        package_bytes: what is kept in ECR, or in S3.
        ephemeral_mb: the size of `/tmp`.
        provisioned: how many environments are kept ready all month.
    """

    project: Project
    region: str
    requests: int | None = None
    request_bytes: int = 0
    response_bytes: int | None = None
    log_bytes: int | None = None
    package_bytes: int | None = None
    ephemeral_mb: int = 512
    provisioned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a month costs, and what would change it.

    Args:
        assumptions: what is neither said nor known, in words.
        problem: why the function could not run so; None where nothing is known that would keep it.
    """

    project: Project
    rates: Rates
    behaviour: Behaviour
    quote: Quote
    alternatives: tuple[Alternative, ...]
    assumptions: tuple[str, ...]
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packages:
    """The sizes of a function's image and zip; those that are built are known."""

    image_bytes: int = _IMAGE_BYTES
    zip_bytes: int = _ZIP_BYTES
    known: frozenset[PackageType] = field(default_factory=frozenset)


def cost(request: CostRequest, behaviour: Behaviour) -> Cost:
    """Price a month of a project's function.

    Raises:
        RatesUnknown: the region's rates are not known.
    """
    rates = find_rates(request.region)
    packages = _find_packages(request.project)
    workload = _workload(request, behaviour, packages)
    own = MemorySize(
        memory_mb=workload.memory_mb, duration_ms=workload.duration_ms, init_ms=workload.init_ms
    )
    sizes = scaled_sizes(workload) if behaviour.sizes is None else behaviour.sizes
    what_if = WhatIf(
        memory_sizes=tuple(
            size for size in sizes if _problem(size, request.project, behaviour) is None
        ),
        image_bytes=packages.image_bytes,
        zip_bytes=packages.zip_bytes,
    )
    return Cost(
        project=request.project,
        rates=rates,
        behaviour=behaviour,
        quote=quote(workload, rates),
        alternatives=find_alternatives(workload, rates, what_if),
        assumptions=tuple(_assumptions(request, behaviour, packages, workload)),
        problem=_problem(own, request.project, behaviour),
    )


def _problem(size: MemorySize, project: Project, behaviour: Behaviour) -> str | None:
    """Say why a function cannot have a memory size, as far as that is known."""
    held_mb, timeout_s = behaviour.max_memory_used_mb, project.function.timeout_s
    if held_mb is not None and (reason := too_small(held_mb, size.memory_mb)):
        return f"{size.memory_mb} MB are {reason}"
    if size.duration_ms > timeout_s * 1000:
        return (
            f"a request takes {size.duration_ms / 1000:.0f} s at {size.memory_mb} MB, "
            f"and the time limit is {timeout_s} s"
        )
    return None


def _workload(request: CostRequest, behaviour: Behaviour, packages: _Packages) -> Workload:
    project = request.project
    api, is_zip = project.api.type, project.package.type is PackageType.ZIP
    log_bytes = _first(request.log_bytes, behaviour.log_bytes, _LOG_BYTES)
    answer_bytes = _HEADER_BYTES + _first(behaviour.answer_bytes, _ANSWER_BYTES)
    alarms = project.deploy.alarms
    return Workload(
        requests=_first(request.requests, behaviour.requests, _REQUESTS),
        duration_ms=behaviour.duration_ms,
        init_ms=behaviour.init_ms,
        cold_share=_COLD_SHARE if behaviour.cold_share is None else behaviour.cold_share,
        memory_mb=project.function.memory_mb,
        architecture=Architecture(project.function.architecture),
        ephemeral_mb=request.ephemeral_mb,
        provisioned=request.provisioned,
        api=api,
        request_bytes=request.request_bytes,
        response_bytes=0 if api is ApiType.NONE else _first(request.response_bytes, answer_bytes),
        log_bytes=log_bytes + (_ACCESS_LOG_BYTES if project.api.access_logs else 0),
        log_days=project.deploy.log_retention_days,
        alarms=sum(
            threshold is not None for threshold in (alarms.errors, alarms.throttles, alarms.p95_ms)
        ),
        image_bytes=0 if is_zip else _first(request.package_bytes, packages.image_bytes),
        zip_bytes=_first(request.package_bytes, packages.zip_bytes) if is_zip else 0,
    )


def _first(*sizes: int | None) -> int:
    """Take the first that is known."""
    return next(size for size in sizes if size is not None)


def _find_packages(project: Project) -> _Packages:
    """Look at what `tulle build` left in the project's `dist`."""
    folder = project.folder / "dist"
    blobs = folder / f"{project.name}-image" / "blobs"
    image_bytes = sum(path.stat().st_size for path in blobs.glob("*/*") if path.is_file())
    archive = folder / f"{project.name}.zip"
    zip_bytes = archive.stat().st_size if archive.is_file() else 0
    known = {PackageType.IMAGE: image_bytes, PackageType.ZIP: zip_bytes}
    return _Packages(
        image_bytes=image_bytes or _IMAGE_BYTES,
        zip_bytes=zip_bytes or _ZIP_BYTES,
        known=frozenset(kind for kind, size in known.items() if size),
    )


def _assumptions(
    request: CostRequest, behaviour: Behaviour, packages: _Packages, workload: Workload
) -> Iterator[str]:
    """Say what is neither said nor known."""
    if behaviour.cold_share is None and not workload.provisioned:
        yield f"{_COLD_SHARE * 100:g} % of the requests meet a cold start (--cold-share)"
    if behaviour.origin is Origin.GIVEN and not behaviour.init_ms and not workload.provisioned:
        yield "a cold start takes no longer than another request (--init-ms)"
    if behaviour.architecture not in {None, workload.architecture}:
        yield f"{workload.architecture} takes as long as {behaviour.architecture}, which it ran on here"
    answer_is_known = request.response_bytes is not None or behaviour.answer_bytes is not None
    if workload.response_bytes and not answer_is_known:
        yield f"an answer has {workload.response_bytes} bytes with its headers (--response-kb)"
    if request.log_bytes is None and behaviour.log_bytes is None:
        yield f"a request adds {_LOG_BYTES} bytes to the log (--log-bytes)"
    kind = PackageType.ZIP if workload.zip_bytes else PackageType.IMAGE
    if request.package_bytes is None and kind not in packages.known:
        size_mb = (workload.zip_bytes or workload.image_bytes) / _MIB
        yield f"the {kind} has {size_mb:.0f} MB, for none is built yet (--package-mb)"
    if workload.image_bytes:
        yield "ECR keeps one image; each further one adds the layers in which it differs"
