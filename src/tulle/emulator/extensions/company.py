"""Owns `Company`: what runs beside a function's runtime in one start of an execution environment."""

from __future__ import annotations

import asyncio
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.emulator.extensions.extension import SHUTDOWN, State
from tulle.emulator.extensions.extensions import MOST, Extensions
from tulle.emulator.extensions.extensions_api import ExtensionsApi, Identity
from tulle.emulator.extensions.external import Program, program_names
from tulle.emulator.function import ACCOUNT_ID
from tulle.emulator.outcome import Exit, ExtensionFault, describe_exit, exit_reason
from tulle.emulator.telemetry import records
from tulle.emulator.telemetry.telemetry_api import TelemetryApi

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tulle.emulator.child import Child
    from tulle.emulator.extensions.extension import Extension
    from tulle.emulator.function import Function
    from tulle.emulator.runtime_api import Delivery
    from tulle.emulator.sandbox.sandbox import Sandbox
    from tulle.emulator.telemetry.telemetry import Telemetry

__all__ = ["Company", "Moved"]

# How long all may take to end. (AWS Lambda Developer Guide, "Lambda execution environment lifecycle")
_WINDOW_S = {"internal": 0.5, "external": 2.0}
_RUNTIMES_SHARE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An extension has registered, or asks for its next event."""


class Company:
    """The extensions of one start of an execution environment, and the programs of the external ones.

    Args:
        telemetry: hears of what the programs write, and of where extensions stand.
        line: logs the same, and Lambda's own lines on extensions.
        hear: hears of each move, and of a program that ended, at once.
    """

    def __init__(
        self,
        function: Function,
        *,
        telemetry: Telemetry,
        line: Callable[[str], None],
        hear: Callable[[Moved | ExtensionFault], None],
    ) -> None:
        self._function = function
        self._telemetry = telemetry
        self._line = line
        self._hear = hear
        self._programs: list[Program] = []
        self.extensions = Extensions(lambda: hear(Moved()))
        self.api = ExtensionsApi(
            self.extensions, _identity(function), TelemetryApi(telemetry, line)
        )

    @property
    def wanted(self) -> tuple[str, ...]:
        """List the programs that the function has."""
        return program_names(self._function.image)

    async def start(
        self, sandbox: Sandbox, names: tuple[str, ...], variables: Mapping[str, str]
    ) -> ExtensionFault | None:
        """Start the programs, or say why one of them does not start."""
        for name in names:
            extension = self.extensions.add(name, is_external=True)
            if len(self.extensions) > MOST:
                return _not_launched(extension, "TooManyExtensions", "ErrTooManyExtensions")
            try:
                program = await Program.start(name, sandbox, variables=variables, line=self._log)
            except OSError as exc:
                kind = "PermissionDenied" if isinstance(exc, PermissionError) else "UnknownError"
                reason = (exc.strerror or str(exc)).lower()
                return _not_launched(extension, kind, f"fork/exec /opt/extensions/{name}: {reason}")
            program.exited.add_done_callback(self._note_exit)
            self._programs.append(program)
        return None

    def log_states(self) -> None:
        """Log where each extension stands, as Lambda does when the init phase is over."""
        for extension in self.extensions.all:
            self._line(extension.line())
            self._telemetry.publish("platform.extension", records.extension(extension))

    def blame(self, exited: Exit) -> Exit | ExtensionFault:
        """Say whose fault the end of the runtime is: an extension's, if one has complained."""
        error_type = self.extensions.first_error
        if error_type is None:
            return exited
        return ExtensionFault(error_type=error_type, reason=exit_reason(exited.code))

    def tell_of_invocation(self, delivery: Delivery) -> None:
        """Tell the extensions that asked for it of an invocation."""
        self.extensions.tell_of_invocation(delivery)

    async def shut_down(
        self, sandbox: Sandbox, child: Child | None, *, reason: str, now_s: float
    ) -> None:
        """Let the runtime and then the extensions end by themselves, within their window; then end all."""
        for program in self._programs:
            program.exited.remove_done_callback(self._note_exit)
        window_s = _WINDOW_S["external" if self._programs else "internal"]
        ends_s = time.perf_counter() + window_s
        await self._telemetry.flush(limit_s=window_s * _RUNTIMES_SHARE)
        if child is not None:
            await child.terminate(limit_s=window_s * _RUNTIMES_SHARE)
        self.extensions.tell_of_shutdown(reason, deadline_ms=int((now_s + window_s) * 1000))
        leaving = [program for program in self._programs if self._is_told_of_the_end(program)]
        for program in self._programs:
            if program not in leaving:
                sandbox.signal(signal.SIGKILL, program.companion)
        if leaving:
            left_s = max(ends_s - time.perf_counter(), 0)
            await asyncio.wait({program.exited for program in leaving}, timeout=left_s)
        sandbox.kill()
        for program in self._programs:
            await program.exited
            program.pipe.close()

    def _log(self, line: str) -> None:
        self._line(line)
        self._telemetry.publish("extension", f"{line}\n")

    def _is_told_of_the_end(self, program: Program) -> bool:
        extension = self.extensions.named(program.name)
        return extension is not None and SHUTDOWN in extension.events

    def _note_exit(self, exited: asyncio.Future[int]) -> None:
        code = exited.result()
        self._hear(
            ExtensionFault(
                error_type=self.extensions.first_error or "Extension.Crash",
                reason=describe_exit(code) if code else "exit code 0",
            )
        )


def _identity(function: Function) -> Identity:
    image = function.image
    return Identity(
        function=function.name,
        version="$LATEST",
        handler=function.handler if image is None else "".join(image.command[-1:]),
        account=ACCOUNT_ID,
    )


def _not_launched(extension: Extension, error_type: str, reason: str) -> ExtensionFault:
    extension.state = State.LAUNCH_ERROR
    extension.error_type = error_type
    return ExtensionFault(error_type="Extension.LaunchError", reason=reason)
