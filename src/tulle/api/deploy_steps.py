"""Owns the steps of a deployment: its stack brought up, the live function tried out, and the way back from both."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.aws.versions import Versions
from tulle.deploy.code.retention import versions_to_delete
from tulle.deploy.live.function_check import check_function
from tulle.deploy.live.go_live import with_live_again
from tulle.deploy.live.smoke_test import asking, smoke_test
from tulle.deploy.release import read_version_note
from tulle.deploy.stack.change import StackChange, change_stack, request_change
from tulle.deploy.stack.plan import show
from tulle.deploy.stack.state import Situation, find_situation
from tulle.deploy.template.template import make_template
from tulle.errors import AwsError, DeploymentFailed, ReplacementNotAllowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tulle.api.publication import Publisher
    from tulle.api.smoke_test import PreparedTest
    from tulle.aws.cloudformation import Stacks
    from tulle.aws.functions import Alias, Functions
    from tulle.aws.stack import ChangeSetRequest, Stack
    from tulle.deploy.live.function import LiveFunction
    from tulle.deploy.live.smoke_test import SmokeTest
    from tulle.deploy.names import Names
    from tulle.deploy.permissions import Place
    from tulle.deploy.release import Release
    from tulle.deploy.stack.apply import Watcher
    from tulle.deploy.stack.plan import StackPlan
    from tulle.project.project import Project

__all__ = ["Consent", "DeploySteps"]


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether callers and records may lose something.

    Args:
        agree: who is asked; None is nobody.
        is_given: whether it was given beforehand.
    """

    agree: Callable[[StackPlan], bool] | None = None
    is_given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploySteps:
    """A deployment under way: what it is of, and whom it asks."""

    project: Project
    stage: str
    publisher: Publisher
    stacks: Stacks
    functions: Functions
    watcher: Watcher

    @property
    def names(self) -> Names:
        """What the stage's things are called."""
        return self.publisher.names

    @property
    def place(self) -> Place:
        """The account and the region."""
        return self.publisher.place

    def check_function(self, stack: Stack | None) -> None:
        """Refuse what the stack's function cannot become, or that it is gone."""
        if find_situation(stack) is Situation.READY:
            check_function(self.functions, self.names, self.project.package.type)

    def request(self, stack: Stack | None, release: Release) -> ChangeSetRequest:
        """Write what CloudFormation will be asked; what it could not be asked is refused, so also before publishing."""
        template = make_template(self.project, self.stage, release)
        name = f"tulle-{uuid.uuid4().hex[:16]}"
        return request_change(self.names, template, stack, self.publisher.environ, change_set=name)

    @contextmanager
    def changing(self, stack: Stack | None, release: Release) -> Iterator[StackChange]:
        """Say what the stack shall become."""
        with self.publisher.reachable(self.request(stack, release)) as reachable:
            yield StackChange(request=reachable, stack=stack, region=self.place.region)

    def bring_up(
        self,
        stack: Stack | None,
        release: Release,
        before: Alias | None,
        consent: Consent,
    ) -> tuple[Stack, StackPlan]:
        """Make the stack what it shall be, or leave it and what is live as they were."""

        def decide(plan: StackPlan) -> None:
            self._show(plan)
            _check_consent(plan, consent)

        with self.changing(stack, release) as change:
            try:
                return change_stack(self.stacks, change, self.watcher, decide=decide)
            except DeploymentFailed as exc:
                if before is None:
                    raise
                raise with_live_again(
                    exc, self.functions, self.names.function, before
                ) from exc.__cause__

    def try_out(self, test: PreparedTest, live: LiveFunction, before: Alias | None) -> SmokeTest:
        """Ask the live function; where it does not answer as it should, let what was live before be live again."""
        reporter = self.watcher.reporter
        reporter.step("Ask the live function about a picture")
        ask = asking(self.publisher.session, reporter)
        try:
            tested = smoke_test(live, test.picture, test.expected, ask, event=test.event)
        except AwsError as exc:
            raise with_live_again(
                exc, self.functions, self.names.function, before
            ) from exc.__cause__
        except KeyboardInterrupt:
            back = ", and `tulle rollback` goes back" if before else ""
            reporter.warn(
                f"the new version is live, and not tested to the end: `tulle deploy` tests it again{back}"
            )
            raise
        if tested.remark:
            reporter.warn(tested.remark)
        return tested

    def forget_old_versions(self, live: str) -> None:
        """Delete the versions that are too old to go back to; what AWS refuses to delete stays."""
        function = self.names.function
        old = versions_to_delete(
            self.functions.versions(function), keep=self.project.deploy.keep, live=live
        )
        versions = Versions(self.publisher.session, function)
        for version in old:
            try:
                versions.delete(version)
            except AwsError as exc:
                self.watcher.reporter.warn(f"version {version} is old, and stays: {exc.message}")
            else:
                self.watcher.reporter.note(f"version {version} is deleted, for it is too old")

    def digests_in_use(self, live: Alias | None) -> frozenset[str]:
        """Name the image that is live: it must stay whatever its age."""
        if live is None:
            return frozenset()
        said = self.functions.version(self.names.function, live.version).description
        digest = read_version_note(said).digest
        return frozenset({digest} if digest else ())

    def _show(self, plan: StackPlan) -> None:
        """Show what an update changes; of a new stack all is new, and its events tell what that is."""
        if not plan.creates:
            for line in show(plan):
                self.watcher.reporter.note(line)


def _check_consent(plan: StackPlan, consent: Consent) -> None:
    if not plan.consequences or consent.is_given:
        return
    if consent.agree is not None and consent.agree(plan):
        return
    raise ReplacementNotAllowed(
        f"this would take away what callers or records of {plan.stack} depend on; nothing was changed",
        hint="`tulle deploy --plan` shows it all; --allow-replacement does it",
        detail="\n".join(
            f"{each.resource} ({each.type}): {each.loss}" for each in plan.consequences
        ),
    )
