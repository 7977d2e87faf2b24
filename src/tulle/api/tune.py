"""Owns `tune`: from a project to the memory size that suits it, by trials here or on AWS."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tulle.api.local_measurement import find_payloads, measure_here
from tulle.deploy.code.ownership import check_function_owner
from tulle.deploy.names import name_deployment
from tulle.errors import RatesUnknown
from tulle.pricing.estimate import estimate
from tulle.pricing.rates import find_rates
from tulle.pricing.workload import Workload
from tulle.project.file import read_project
from tulle.target import Architecture
from tulle.tuning.local import Plan
from tulle.tuning.prediction import predict
from tulle.tuning.project_file import MemoryChange, write_memory
from tulle.tuning.recommendation import Option, Recommendation, Strategy, recommend
from tulle.tuning.report.page import write_html_report
from tulle.tuning.result import Origin, Tuning, assumed_here, assumed_of_deployed
from tulle.tuning.trial import Timing
from tulle.tuning.version_trial import Calls

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tulle.aws.session import AwsSession
    from tulle.emulator.surroundings import Surroundings
    from tulle.pricing.rates import Rates
    from tulle.progress import Reporter
    from tulle.project.project import Project
    from tulle.tuning.deployed import DeployedPlan
    from tulle.tuning.version_trial import VersionTrial

__all__ = [
    "Calls",
    "MemoryChange",
    "Option",
    "Origin",
    "Plan",
    "Recommendation",
    "Strategy",
    "Timing",
    "TuneRequest",
    "Tuning",
    "plan_deployed",
    "read_project",
    "tune_deployed",
    "tune_here",
    "write_html_report",
    "write_memory",
]

_SIZES = (128, 256, 512, 768, 1024, 1536, 1769, 2048, 3008)
_REGION = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneRequest:
    """What is to be tuned, and for what.

    Args:
        sizes: the memory sizes to try, in MB; None takes the usual ones and the project's own.
        weight: of the cost in the balance: 0 to 1.
        pictures: a folder of pictures to send; None sends the samples that tulle has.
        event: a file with an event to send in their place.
        region: whose rates are taken; None takes those of us-east-1.
    """

    project: Project
    sizes: tuple[int, ...] | None = None
    strategy: Strategy = Strategy.BALANCED
    weight: float = 0.5
    pictures: Path | None = None
    event: Path | None = None
    region: str | None = None


def tune_here(request: TuneRequest, plan: Plan, surroundings: Surroundings) -> Tuning:
    """Run the function on this machine, and predict what it would do at each size.

    Raises:
        UsageError: there is nothing to send, or it cannot be read.
        MeasurementFailed: the function fails.
        TuningFailed: no size suits it.
    """
    project, reporter = request.project, surroundings.reporter
    payloads = _payloads(request, reporter)
    rates = _rates(request.region, reporter)
    measurement = measure_here(project, payloads, plan, surroundings)
    timeout_s = project.function.timeout_s
    trials = [
        predict(measurement, memory_mb=memory_mb, timeout_s=timeout_s)
        for memory_mb in _sizes(request, project.function.memory_mb)
    ]
    is_arm = platform.machine() in {"aarch64", "arm64"}
    machine = Architecture.ARM64 if is_arm else Architecture.X86_64
    architecture = Architecture(project.function.architecture)
    return Tuning(
        name=project.name,
        origin=Origin.PREDICTED,
        recommendation=recommend(
            trials,
            rates,
            architecture=architecture,
            strategy=request.strategy,
            weight=request.weight,
        ),
        current_mb=project.function.memory_mb,
        assumptions=assumed_here(measurement, machine=machine, architecture=architecture),
    )


def plan_deployed(
    request: TuneRequest, calls: Calls, session: AwsSession, *, stage: str, reporter: Reporter
) -> DeployedPlan:
    """Say what trying a stage's function at each size will do and can cost; nothing is changed.

    Raises:
        DeploymentNotFound: the stage is not deployed.
        ForeignResource: a function of that name is somebody else's.
        AwsError: AWS cannot be asked.
    """
    from tulle.aws.functions import Functions  # noqa: PLC0415 (boto3 is heavy)
    from tulle.aws.versions import Versions  # noqa: PLC0415
    from tulle.tuning.deployed import plan_trials  # noqa: PLC0415

    names = name_deployment(request.project.name, stage)
    function = names.function
    Functions(session).version(function)  # which says more of one that is not there
    settings = Versions(session, function).settings()
    check_function_owner(names, settings.tags)
    return plan_trials(
        function,
        settings,
        _sizes(request, settings.memory_mb),
        calls,
        _rates(session.region, reporter),
        region=session.region,
    )


def tune_deployed(
    request: TuneRequest, plan: DeployedPlan, session: AwsSession, reporter: Reporter
) -> Tuning:
    """Carry the plan out. The function's settings are put back, whatever happens.

    Raises:
        AwsError: AWS refuses.
        MeasurementFailed: the function fails.
        TuningFailed: no size suits it.
    """
    from tulle.tuning.deployed import DeployedTuning  # noqa: PLC0415 (boto3 is heavy)

    payloads = _payloads(request, reporter)
    rates = _rates(session.region)
    trials = DeployedTuning(session, plan, reporter).run(payloads)
    return Tuning(
        name=plan.function,
        origin=Origin.MEASURED,
        recommendation=recommend(
            [each.trial for each in trials],
            rates,
            architecture=plan.architecture,
            strategy=request.strategy,
            weight=request.weight,
        ),
        current_mb=plan.memory_mb,
        assumptions=assumed_of_deployed(plan),
        spent_usd=_spent_usd(trials, plan.architecture, rates),
    )


def _spent_usd(trials: Sequence[VersionTrial], architecture: Architecture, rates: Rates) -> Decimal:
    workloads = (
        Workload(
            requests=each.calls,
            duration_ms=each.billed_ms / each.calls,
            memory_mb=each.trial.memory_mb,
            architecture=architecture,
        )
        for each in trials
        if each.calls
    )
    return sum(
        (estimate(workload, rates, free_tier=False).total_usd for workload in workloads), Decimal(0)
    )


def _payloads(request: TuneRequest, reporter: Reporter) -> tuple[bytes, ...]:
    return find_payloads(
        request.project, pictures=request.pictures, event=request.event, reporter=reporter
    )


def _sizes(request: TuneRequest, current_mb: int) -> tuple[int, ...]:
    return request.sizes or tuple(sorted({*_SIZES, current_mb}))


def _rates(region: str | None, reporter: Reporter | None = None) -> Rates:
    if region is None:
        return find_rates(_REGION)
    try:
        return find_rates(region)
    except RatesUnknown:
        if reporter is not None:
            reporter.warn(f"the rates of {region} are not known here; those of {_REGION} are taken")
        return find_rates(_REGION)
