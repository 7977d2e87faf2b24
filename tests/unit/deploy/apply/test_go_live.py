"""What `live` means around a deployment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tulle.aws.functions import Alias
from tulle.deploy.live.go_live import find_live, make_live, put_back, with_live_again
from tulle.errors import AwsRefused, DeploymentNotFound, SmokeTestFailed
from tulle.progress import SilentReporter

ONE = Alias(name="live", version="1", description="", revision="a")


@dataclass
class OneAlias:
    """A function's alias `live`, which may not be there, or not be moved."""

    now: Alias | None
    is_stuck: bool = False
    reasons: list[str] = field(default_factory=list)

    def alias(self, function: str, name: str) -> Alias:
        assert (function, name) == ("shop-dev", "live")
        if self.now is None:
            raise DeploymentNotFound("there is none", hint="deploy")
        return self.now

    def move_alias(self, function: str, alias: Alias, version: str, description: str) -> Alias:
        assert (function, alias) == ("shop-dev", self.now)
        if self.is_stuck:
            raise AwsRefused("somebody else changed it", hint="again")
        self.reasons.append(description)
        self.now = replace(alias, version=version)
        return self.now

    @property
    def version(self) -> str | None:
        return self.now.version if self.now else None


def test_nothing_is_live_before_the_first_deployment() -> None:
    assert find_live(OneAlias(None), "shop-dev") is None
    assert find_live(OneAlias(ONE), "shop-dev") == ONE


def test_the_stacks_version_is_made_live_where_another_one_was() -> None:
    functions = OneAlias(ONE)
    assert make_live(functions, "shop-dev", "2", SilentReporter())
    assert functions.version == "2"
    assert functions.reasons == ["deployed again after version 1"]
    assert not make_live(functions, "shop-dev", "2", SilentReporter())


def test_what_was_live_is_live_again() -> None:
    functions = OneAlias(replace(ONE, version="2"))
    said = put_back(functions, "shop-dev", ONE, "put back: smoke-test-failed")
    assert said == "Version 1 is live again, as it was before; version 2 is not called by anyone."
    assert functions.version == "1"
    assert functions.reasons == ["put back: smoke-test-failed"]


def test_what_still_is_live_is_left() -> None:
    functions = OneAlias(ONE)
    assert put_back(functions, "shop-dev", ONE, "") == "Version 1 is live, as it was before."
    assert functions.reasons == []


def test_after_the_first_deployment_there_is_no_way_back() -> None:
    functions = OneAlias(ONE)
    assert "no version to go back to" in put_back(functions, "shop-dev", None, "")
    assert functions.version == "1"


def test_an_error_says_what_is_live_now() -> None:
    error = SmokeTestFailed("it is wrong", hint="look", detail="said: cat")
    functions = OneAlias(replace(ONE, version="2"))
    told = with_live_again(error, functions, "shop-dev", ONE)
    assert type(told) is SmokeTestFailed
    assert (told.message, told.hint) == ("it is wrong", "look")
    assert told.detail is not None
    assert told.detail.startswith("said: cat\n\nVersion 1 is live again")


def test_an_error_says_that_the_way_back_failed_too() -> None:
    error = SmokeTestFailed("it is wrong", hint="look")
    functions = OneAlias(replace(ONE, version="2"), is_stuck=True)
    told = with_live_again(error, functions, "shop-dev", ONE)
    assert told.message == "it is wrong"
    assert told.detail is not None
    assert "could not be put back (somebody else changed it): `tulle rollback`" in told.detail
