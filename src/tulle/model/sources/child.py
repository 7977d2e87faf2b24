"""Owns the child process that reads a source: questions in, answers out, noise kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from typing import IO, TYPE_CHECKING, Any, Self

from tulle import errors
from tulle.errors import ConversionFailed, TulleError

if TYPE_CHECKING:
    from types import TracebackType

    from tulle.progress import Reporter

__all__ = ["SourceChild"]

_TAIL_LINES = 15


class SourceChild:
    """A child with heavy libraries in it, started on entry and gone on exit.

    Args:
        worker: the module that the child runs (`tulle.model.sources.worker` says how it talks).
        python: the interpreter that has the libraries.
        reporter: hears each step that the child takes.
        verbose: let all that the libraries print through to stderr, which is kept for errors otherwise.
    """

    def __init__(
        self, worker: str, python: str, reporter: Reporter, *, verbose: bool = False
    ) -> None:
        self._command = [python, "-P", "-m", worker]
        self._reporter = reporter
        self._verbose = verbose

    def __enter__(self) -> Self:
        self._noise: IO[bytes] = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if self._verbose else self._noise,
            encoding="utf-8",
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._process.kill()
        self._process.communicate()
        self._noise.close()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Put a question to the child, tell its steps as they come, and give its answer."""
        assert self._process.stdin is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._death() from None
        for line in self._process.stdout:
            message = json.loads(line)
            if "step" in message:
                self._reporter.step(message["step"])
            elif "note" in message:
                self._reporter.note(message["note"])
            elif "error" in message:
                raise _error(**message["error"])
            else:
                answer: dict[str, Any] = message["result"]
                return answer
        raise self._death()

    def _death(self) -> TulleError:
        status = self._process.wait()
        if status == -signal.SIGKILL:
            what = "was killed, as Linux does when memory runs out"
            hint = "free some memory and try again"
        elif status == -signal.SIGALRM:
            what = "was ended: the model takes minutes for one picture"
            hint = "the model's file may be damaged: copy or download it again"
        elif status < 0:
            what = f"crashed ({signal.Signals(-status).name})"
            hint = "the model's file may be damaged: copy or download it again"
        else:
            what, hint = f"ended with status {status}", "see all that it says with --verbose"
        return ConversionFailed(
            f"the process that reads the model {what}", hint=hint, detail=self._tail()
        )

    def _tail(self) -> str | None:
        self._noise.seek(max(0, self._noise.seek(0, os.SEEK_END) - 8192))
        lines = self._noise.read().decode("utf-8", "replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:]) or None


def _error(code: str, message: str, hint: str, detail: str | None) -> TulleError:
    """Make an error of the child's into one of this process."""
    kinds = {
        kind.code: kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, TulleError)
    }
    return kinds[code](message, hint=hint, detail=detail)
