"""Owns whether a handler is there, and whether all that it imports will be."""

from __future__ import annotations

import ast
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.bundle.audit.modules import module_files
from tulle.bundle.project_files import ORIGIN
from tulle.bundle.python_imports import Import, When, imports_of
from tulle.errors import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.bundle.bundle import Bundle, BundleFile

__all__ = ["find_import_problems"]

# https://docs.python.org/3/library/superseded.html and the "What's New" pages: what left the
# standard library with a version, and what came.
_REMOVED = {
    (3, 12): {"asynchat", "asyncore", "distutils", "imp", "smtpd"},
    (3, 13): {
        *("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap"),
        *("msilib", "nis", "nntplib", "ossaudiodev", "pipes", "sndhdr", "spwd", "sunau"),
        *("telnetlib", "uu", "xdrlib"),
    },
}
_ADDED = {(3, 14): {"annotationlib", "compression"}}

# AWS Lambda Developer Guide, "Working with Lambda functions in Python": the SDK with what it needs,
# and AWS's own client. They are in the managed runtimes and in AWS's base images.
_AWS_HAS = frozenset(
    {
        *("awslambdaric", "boto3", "botocore", "dateutil", "jmespath", "s3transfer"),
        *("simplejson", "six", "snapshot_restore_py", "urllib3"),
    }
)


def find_import_problems(bundle: Bundle, *, base_is_aws: bool) -> tuple[Finding, ...]:
    """Look for the handler, and follow the imports of the user's own modules and the function runtime's.

    Args:
        bundle: what would ship.
        base_is_aws: whether it runs on AWS's runtime or image. Another may have packages of its own.
    """
    audit = _Audit(bundle, module_files(bundle.files), base_is_aws)
    module, _, function = bundle.handler.rpartition(".")
    module = module.replace("/", ".")
    return (*audit.handler(module, function), *audit.follow(module))


@dataclass(frozen=True, slots=True)
class _Audit:
    bundle: Bundle
    modules: dict[str, BundleFile]
    base_is_aws: bool

    def handler(self, module: str, function: str) -> Iterator[Finding]:
        file = self.modules.get(module)
        if file is None:
            yield _error(
                "no-handler",
                f"the handler {self.bundle.handler} is not there: no {module.replace('.', '/')}.py",
                "name it as module.function, the module by its path in the project",
            )
        elif file.path.suffix == ".py":
            tree, _ = _parse(file)
            if tree is not None and not _defines(tree, function):
                yield _error(
                    "no-handler",
                    f"{file.path} has no function `{function}`, which the handler names",
                    "write it, or name another: module.function",
                    file,
                )

    def follow(self, module: str) -> Iterator[Finding]:
        """Go from module to module, over those that this project or tulle wrote."""
        waiting, seen = [module], {module}
        while waiting:
            name = waiting.pop()
            file = self.modules.get(name)
            if file is None or file.path.suffix != ".py" or not _is_ours(file):
                continue
            tree, problem = _parse(file)
            if tree is None:
                yield self._broken(file, problem)
                continue
            for needed in imports_of(tree, name, is_package=file.path.stem == "__init__"):
                if needed.optional:
                    continue
                if not self._is_there(needed.module):
                    yield self._missing(file, needed)
                near = [needed.module, *(f"{needed.module}.{part}" for part in needed.names)]
                new = [other for other in near if other in self.modules and other not in seen]
                seen.update(new)
                waiting += new

    def _is_there(self, module: str) -> bool:
        root = module.partition(".")[0]
        if root in _standard_library(self.bundle.target.python):
            return True
        if self.base_is_aws and root in _AWS_HAS:
            return True
        return any(name == module or name.startswith(f"{module}.") for name in self.modules)

    def _missing(self, file: BundleFile, needed: Import) -> Finding:
        root = needed.module.partition(".")[0]
        whole = not self._is_there(root)
        sure = whole and self.base_is_aws and (needed.when is When.AT_ONCE or not _is_users(file))
        return Finding(
            severity=Severity.ERROR if sure else Severity.WARNING,
            code="missing-import",
            message=f"{file.path}, line {needed.line}, imports {needed.module}, "
            "which the function would not have",
            hint=f"add the package that brings {root if whole else needed.module} "
            "to `requirements` under [function]",
            path=str(file.path),
        )

    def _broken(self, file: BundleFile, problem: str) -> Finding:
        """Report a syntax error; where the target's Python is newer than this one, it may be none."""
        newer = _version(self.bundle.target.python) > sys.version_info[:2]
        return Finding(
            severity=Severity.WARNING if newer else Severity.ERROR,
            code="syntax-error",
            message=f"{file.path} is no Python that could be read: {problem}",
            hint="correct that line",
            path=str(file.path),
        )


def _parse(file: BundleFile) -> tuple[ast.Module | None, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as of "\d": Python will warn whoever wrote it
            return ast.parse(file.read()), ""
    except SyntaxError as exc:
        return None, f"{exc.msg} (line {exc.lineno})"
    except ValueError as exc:
        return None, str(exc)


def _defines(tree: ast.Module, function: str) -> bool:
    """Say whether a module has a name at its top, however it came there."""
    for node in _at_top(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if name == function:
                return True
            case ast.Name(id=name, ctx=ast.Store()) if name == function:
                return True
            case ast.alias(name=name, asname=other) if (other or name) in {function, "*"}:
                return True
    return False


def _at_top(node: ast.AST) -> Iterator[ast.AST]:
    """Give all that is run when a module is imported."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _at_top(child)


def _is_users(file: BundleFile) -> bool:
    return file.origin == ORIGIN


def _is_ours(file: BundleFile) -> bool:
    return _is_users(file) or file.path.parts[0] == "tulle_runtime"


def _standard_library(python: str) -> frozenset[str]:
    target = _version(python)
    names = set(sys.stdlib_module_names).union(*_REMOVED.values(), *_ADDED.values())
    for version, removed in _REMOVED.items():
        if version <= target:
            names -= removed
    for version, added in _ADDED.items():
        if version > target:
            names -= added
    return frozenset(names)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _error(code: str, message: str, hint: str, file: BundleFile | None = None) -> Finding:
    path = None if file is None else str(file.path)
    return Finding(severity=Severity.ERROR, code=code, message=message, hint=hint, path=path)
