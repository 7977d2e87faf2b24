"""Owns `Versions`: what a function has at `$LATEST`, versions published from it, and taking versions away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tulle.aws.failure import translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tulle.aws.session import AwsSession

__all__ = ["LatestSettings", "Versions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestSettings:
    """What a function has at `$LATEST`, from which versions are published.

    Args:
        revision: changes whenever the function does; AWS refuses a change that was made for another.
        reserved_concurrency: how many may run at once; None where nothing but the account bounds them.
        tags: the function's; CloudFormation gives it those of its stack.
    """

    memory_mb: int
    timeout_s: int
    architecture: str
    description: str
    revision: str
    reserved_concurrency: int | None
    tags: Mapping[str, str] = field(default_factory=dict)


class Versions:
    """Publishes and deletes versions of one function. What its aliases mean is never touched."""

    def __init__(self, session: AwsSession, function: str) -> None:
        self._function = function
        self._client = session.function_settings()

    def settings(self) -> LatestSettings:
        """Read what is at `$LATEST`."""
        with translated("lambda"):
            said = self._client.get_function(FunctionName=self._function)
            settings = said["Configuration"]
            if (
                "TagsError" in said
            ):  # lambda:ListTags is denied: asked for alone, AWS says so as an error
                said["Tags"] = self._client.list_tags(Resource=settings["FunctionArn"])["Tags"]
        return LatestSettings(
            memory_mb=settings["MemorySize"],
            timeout_s=settings["Timeout"],
            architecture=(settings.get("Architectures") or ["x86_64"])[0],
            description=settings.get("Description", ""),
            revision=settings.get("RevisionId", ""),
            reserved_concurrency=said.get("Concurrency", {}).get("ReservedConcurrentExecutions"),
            tags=said.get("Tags", {}),
        )

    def settle(self) -> None:
        """Wait until no change of the function is under way."""
        with translated("lambda"):
            waiter = self._client.get_waiter("function_updated_v2")
            waiter.wait(FunctionName=self._function, WaiterConfig={"Delay": 1, "MaxAttempts": 300})

    def change(self, *, memory_mb: int, description: str, revision: str) -> str:
        """Change what is at `$LATEST`, wait until that is done, and give its new revision.

        Raises:
            AwsRefused: somebody else has changed it since, or AWS does not offer this size.
        """
        with translated("lambda"):
            self._client.update_function_configuration(
                FunctionName=self._function,
                MemorySize=memory_mb,
                Description=description,
                RevisionId=revision,
            )
        self.settle()
        return self.settings().revision

    def publish(self, *, description: str, revision: str) -> str:
        """Publish what is at `$LATEST`; give the version's number.

        Raises:
            AwsRefused: somebody else has changed it since.
        """
        with translated("lambda"):
            said = self._client.publish_version(
                FunctionName=self._function, Description=description, RevisionId=revision
            )
        return said["Version"]

    def delete(self, version: str) -> None:
        """Delete a published version; AWS refuses where an alias means it."""
        if not version.isdecimal():  # without a number it would be the function that goes
            raise ValueError(f"{version!r} is no published version")
        with translated("lambda"):
            self._client.delete_function(FunctionName=self._function, Qualifier=version)
