"""Owns the cases of handlers that cannot be loaded, or do something while they are."""

from __future__ import annotations

import re

from integration.emulator.differential.case import Case, Difference
from integration.emulator.differential.cases_of_failures import STATUS_502
from integration.emulator.differential.sides import Setup

__all__ = ["CASES"]


def _error(error_type: str, message: str, stack: str = "") -> str:
    return (
        f'{{"errorMessage": "{message}", "errorType": "{error_type}", '
        f'"requestId": "", "stackTrace": [{stack}]}}'
    )


# What AWS's Python client 4.2.2 gives for each; init errors have no id.
_UNLOADABLE: dict[str, str | None] = {
    "init_raises.handler": None,
    "init_chain.handler": None,
    "init_getattr_raises.handler": None,
    "init_imports_what_is_missing.handler": _error(
        "Runtime.ImportModuleError",
        "Unable to import module 'init_imports_what_is_missing': No module named 'absent_module'",
    ),
    "init_imports_a_name_that_is_missing.handler": None,
    "init_syntax.handler": _error(
        "Runtime.UserCodeSyntaxError",
        "Syntax error in module 'init_syntax': invalid syntax (init_syntax.py, line 1)",
        '"  File \\"/var/task/init_syntax.py\\" Line 1\\n    def\\n"',
    ),
    "app.absent": _error("Runtime.HandlerNotFound", "Handler 'absent' missing on module 'app'"),
    "app": _error(
        "Runtime.MalformedHandlerName",
        "Bad handler 'app': not enough values to unpack (expected 2, got 1)",
    ),
    "app.": _error("Runtime.HandlerNotFound", "Handler '' missing on module 'app'"),
    ".handler": None,
    "sys.exit": _error(
        "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"
    ),
    "absent.handler": _error(
        "Runtime.ImportModuleError", "Unable to import module 'absent': No module named 'absent'"
    ),
    "package.handler": _error(
        "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'package'"
    ),
    "odd.Callable.method": None,
    "ünï.händler": None,
}

_ENDS_IN_INIT = {
    "init_leaves.handler": "without providing a reason",
    "init_leaves_with_3.handler": "with error: exit status 3",
    "init_leaves_at_once.handler": "with error: exit status 9",
    "init_dies.handler": "with error: signal: killed",
    "init_is_interrupted.handler": "with error: signal: interrupt",
}
_SAYS_WHY = {"init_is_interrupted.handler"}  # by a traceback of Python's
_EMPTY = "AWS names Runtime.ExitError, as for an exit in the handler: LocalStack's recordings, 2025-11-25"

_ONCE_FOR_EACH_CALL = Difference(
    where="log",
    rie=re.compile(r"(.+)\n\1", re.DOTALL),
    fact="AWS runs an init that failed again within the invocation: logs of AWS with two INIT_REPORTs, "
    "`Phase: init` and `Phase: invoke`, before START, such as one of python3.12 of 2026-04-22; and "
    "only that one in an environment that is not new (AWS's guide: suppressed init)",
)

_LOADABLE = (
    "package.inner.module.handler", "package/inner/module.handler", "init_says.handler",
    "init_closes_stdout.handler", "init_moves.handler", "init_slow.handler",
)  # fmt: skip

CASES = (
    *(
        Case(
            name=f"init: {handler}",
            body=b"{}",
            setup=Setup(handler=handler),
            fails=True,
            aws=payload,
            then=b"{}",
            differences=(STATUS_502, _ONCE_FOR_EACH_CALL),
        )
        for handler, payload in _UNLOADABLE.items()
    ),
    *(
        Case(
            name=f"init: {handler}",
            body=b"{}",
            setup=Setup(handler=handler),
            fails=True,
            aws='{"errorType":"Runtime.ExitError",'
            f'"errorMessage":"RequestId: <id> Error: Runtime exited {reason}"}}',
            then=b"{}",
            differences=(
                STATUS_502,
                Difference(where="payload", rie="", fact=_EMPTY),
                Difference(where="then", rie="", fact=_EMPTY),
                *([_ONCE_FOR_EACH_CALL] if handler in _SAYS_WHY else []),
            ),
        )
        for handler, reason in _ENDS_IN_INIT.items()
    ),
    *(
        Case(name=f"init: {handler}", body=b"{}", setup=Setup(handler=handler), then=b"{}")
        for handler in _LOADABLE
    ),
)
