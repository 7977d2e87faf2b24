"""Owns trying a deployed function at several memory sizes, as AWS Lambda Power Tuning does.

For each size a version is published and invoked. No alias is touched, so callers notice nothing; in the end
the settings are what they were, and the versions are gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tulle.aws.functions import Functions
from tulle.aws.versions import Versions
from tulle.errors import AwsRefused, TulleError, TuningFailed
from tulle.pricing.estimate import estimate
from tulle.pricing.workload import Workload
from tulle.target import Architecture
from tulle.tuning.patience import let_finish, stopped_as_interrupted
from tulle.tuning.trial import Trial
from tulle.tuning.version_trial import Calls, VersionTrial, try_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tulle.aws.functions import Invoked
    from tulle.aws.session import AwsSession
    from tulle.aws.versions import LatestSettings
    from tulle.pricing.rates import Rates
    from tulle.progress import Reporter

__all__ = ["DeployedPlan", "DeployedTuning", "plan_trials"]

_MARK = re.compile(r"tulle tune: trial of \d+ MB in place of (\d+) MB; (.*)", re.DOTALL)
_DESCRIPTION_LENGTH = 256  # Lambda's bound


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedPlan:
    """What trying a deployed function will do.

    Args:
        memory_mb: what it has now, and will have again.
        description: likewise.
        sizes: those to try, in MB.
        calls: how each is called.
        most_usd: what Lambda asks if every call takes the whole time limit.
        second_usd: what it asks if every call takes a second.
    """

    function: str
    region: str
    architecture: Architecture
    memory_mb: int
    description: str
    timeout_s: int
    reserved_concurrency: int | None
    sizes: tuple[int, ...]
    calls: Calls
    most_usd: Decimal
    second_usd: Decimal

    @property
    def invocations(self) -> int:
        """How many calls there will be."""
        return len(self.sizes) * self.calls.count


def plan_trials(
    function: str,
    settings: LatestSettings,
    sizes: Sequence[int],
    calls: Calls,
    rates: Rates,
    *,
    region: str,
) -> DeployedPlan:
    """Say what will be done, and what that can cost.

    Settings that an interrupted trial left are taken for what they were before it.
    """
    left = _MARK.fullmatch(settings.description)
    architecture = Architecture(settings.architecture)

    def cost_usd(duration_ms: int) -> Decimal:
        workloads = (
            Workload(
                requests=calls.count,
                duration_ms=duration_ms,
                memory_mb=memory_mb,
                architecture=architecture,
            )
            for memory_mb in sizes
        )
        return sum(
            (estimate(workload, rates, free_tier=False).total_usd for workload in workloads),
            Decimal(0),
        )

    return DeployedPlan(
        function=function,
        region=region,
        architecture=architecture,
        memory_mb=int(left[1]) if left else settings.memory_mb,
        description=left[2] if left else settings.description,
        timeout_s=settings.timeout_s,
        reserved_concurrency=settings.reserved_concurrency,
        sizes=tuple(sizes),
        calls=calls,
        most_usd=cost_usd(settings.timeout_s * 1000),
        second_usd=cost_usd(1000),
    )


class DeployedTuning:
    """Carries out a plan on AWS."""

    def __init__(self, session: AwsSession, plan: DeployedPlan, reporter: Reporter) -> None:
        self._plan = plan
        self._reporter = reporter
        self._functions = Functions(session)
        self._versions = Versions(session, plan.function)

    def run(self, payloads: Sequence[bytes]) -> tuple[VersionTrial, ...]:
        """Try every size of the plan; whatever happens, leave the function as it was.

        Raises:
            AwsError: AWS refuses.
        TuningFailed: somebody else changes the function meanwhile.
            MeasurementFailed: the function fails by itself.
        """
        trials: list[VersionTrial] = []
        with stopped_as_interrupted():
            self._versions.settle()
            try:
                for memory_mb in self._plan.sizes:
                    self._reporter.step(f"Try {memory_mb} MB: {self._plan.calls.count} calls")
                    trials.append(self._try(memory_mb, payloads))
            finally:
                with let_finish(self._reporter):
                    self._put_all_back()
        return tuple(trials)

    def _publish(self, memory_mb: int) -> str:
        """Publish a version of a size, and wait until it can be called."""
        note = self._mark(memory_mb)
        settings = self._versions.settings()
        if settings.description != self._plan.description and not _is_trial(settings.description):
            raise TuningFailed(
                f"somebody else has changed `{self._plan.function}` meanwhile",
                hint="wait until that is done, and run the command again; what they did stays",
            )
        revision = self._versions.change(
            memory_mb=memory_mb, description=note, revision=settings.revision
        )
        version = self._versions.publish(description=note, revision=revision)
        self._functions.wait_until_ready(self._plan.function, version)
        return version

    def _try(self, memory_mb: int, payloads: Sequence[bytes]) -> VersionTrial:
        try:
            version = self._publish(memory_mb)
        except AwsRefused as exc:
            if "MemorySize" not in exc.message:
                raise
            return _not_on_offer(memory_mb)

        def invoke(payload: bytes) -> Invoked:
            return self._functions.invoke(self._plan.function, payload, qualifier=version)

        return try_version(invoke, payloads, self._plan.calls, memory_mb=memory_mb)

    def _mark(self, memory_mb: int) -> str:
        """Describe a trial so that its remains can be told, and what was there before it."""
        plan = self._plan
        text = f"tulle tune: trial of {memory_mb} MB in place of {plan.memory_mb} MB; {plan.description}"
        return text[:_DESCRIPTION_LENGTH]

    def _put_all_back(self) -> None:
        """Give the function its settings again, and delete all versions that trials left, also earlier ones."""
        self._reporter.step("Put the function's settings back, and delete the trial versions")
        try:
            self._put_settings_back()
            self._delete_versions()
        except TulleError:
            self._reporter.warn(
                "not all of the trials could be cleared away: run the command again once AWS can be asked; "
                "what callers get has not changed"
            )
            raise

    def _put_settings_back(self) -> None:
        self._versions.settle()
        settings = self._versions.settings()
        if _is_trial(settings.description):  # else somebody has deployed meanwhile
            self._versions.change(
                memory_mb=self._plan.memory_mb,
                description=self._plan.description,
                revision=settings.revision,
            )

    def _delete_versions(self) -> None:
        for version in self._functions.versions(self._plan.function):
            if not _is_trial(version.description):
                continue
            try:
                self._versions.delete(version.version)
            except TulleError as exc:
                self._reporter.warn(f"version {version.version} stays, for {exc.message}")


def _not_on_offer(memory_mb: int) -> VersionTrial:
    trial = Trial(
        memory_mb=memory_mb,
        warm=None,
        cold=None,
        max_memory_used_mb=0,
        problem="AWS does not offer this size to the account: Service Quotas takes requests",
    )
    return VersionTrial(trial=trial, billed_ms=0, calls=0)


def _is_trial(description: str) -> bool:
    return _MARK.fullmatch(description) is not None
