"""Options and paths that all tests share."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from debian_programs import missing_programs

ROOT = Path(__file__).parent.parent
PHOTOGRAPHS = Path(os.environ.get("TULLE_PHOTOGRAPHS", ROOT.parent / "shared/data/clothing"))
SAMPLES = ROOT / "src/tulle/model/builtin/samples"

# TensorFlow has no release for Python 3.14 yet; tulle converts under 3.11 to 3.13 and serves under all four.
WITHOUT_TENSORFLOW = sys.version_info >= (3, 14)
collect_ignore_glob = (
    [
        "integration/test_convert*.py",
        "integration/test_clothing_example.py",
        "integration/test_recipes.py",
        "integration/*/test_keras*.py",
    ]
    if WITHOUT_TENSORFLOW
    else []
)


# Where several workers share the files, those that take longest begin first, so that none is alone with one at the end.
LONGEST_FIRST = (
    "integration/test_recipes.py",
    "integration/test_convert",
    "integration/deploy/test_keras_story.py",
    "browser/",
    "integration/deploy/",
    "integration/emulator/",
    "integration/",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Have the tests that need an AWS account run by nobody who does not ask for them."""
    parser.addoption("--aws", action="store_true", help="run the tests that need an AWS account")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what needs an account."""
    needs_account = ROOT / "tests/aws" in (collection_path, *collection_path.parents)
    return True if needs_account and not config.getoption("--aws") else None


def pytest_configure(config: pytest.Config) -> None:
    """Make what all workers share, and let signals through.

    A shell has a job in the background, and its children, ignore some signals, and so does `nohup`.
    """
    if not hasattr(config, "workerinput"):  # workers inherit the variable
        cache = TemporaryDirectory(prefix="tulle-cache-")
        os.environ["TULLE_TEST_CACHE"] = cache.name
        config.add_cleanup(cache.cleanup)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Give each processor a worker, and one more, for many tests wait; some need a gigabyte, so eight are enough."""
    return min(8, (os.cpu_count() or 1) + 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the files for workers; a run in one process keeps the order in which they are found."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _place_in_line(str(item.path.relative_to(ROOT / "tests"))))


def pytest_collection_finish() -> None:
    """Refuse test files that load TensorFlow as they are read: each worker would, in seconds and with a gigabyte."""
    if "tensorflow" in sys.modules:
        raise pytest.UsageError("a test file imports TensorFlow: do so in a test, or in a child")


def _place_in_line(path: str) -> int:
    places = (place for place, start in enumerate(LONGEST_FIRST) if path.startswith(start))
    return next(places, len(LONGEST_FIRST))


def _photographs() -> tuple[Path, ...]:
    return tuple(sorted((PHOTOGRAPHS / "validation").glob("*/*.jpg")))


def pytest_report_header() -> list[str]:
    """Say what this run has and what it leaves out."""
    count = len(_photographs())
    none = "none, so the drawn samples are used (TULLE_PHOTOGRAPHS names a folder of them)"
    lines = [f"photographs: {count or none}"]
    if missing := missing_programs():
        lines.append(f"skipped, for Debian's packages are not installed: {', '.join(missing)}")
    if WITHOUT_TENSORFLOW:
        lines.append(
            f"left out, for TensorFlow has no release for this Python: {collect_ignore_glob}"
        )
    return lines


@pytest.fixture(scope="session")
def photographs() -> tuple[Path, ...]:
    """Give photographs of garments where a data set is at hand, the project's own drawn pictures otherwise."""
    return _photographs() or tuple(sorted(SAMPLES.glob("*.jpg")))
