"""Write `src/tulle/bundle/wheels/litert.json`: of each LiteRT version that may ship, the newest symbols it needs.

python tools/update_litert.py 2.1.0 2.1.2 …   # name all versions that the binding's tests pass with
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tulle.bundle.elf.reading import read_compiled
from tulle.bundle.elf.system import newest_symbols
from tulle.bundle.wheels.pip_settings import with_pip_settings
from tulle.bundle.wheels.runtime_needs import LITERT, LITERT_LIBRARY, LITERT_PYTHON
from tulle.bundle.wheels.uv import Uv
from tulle.target import Architecture, find_target

DATA = Path(__file__).parents[1] / "src/tulle/bundle/wheels/litert.json"


def read_symbols(uv: Uv, version: str, architecture: Architecture) -> list[str]:
    """Read what a version's library for a processor needs."""
    target = find_target(f"python{LITERT_PYTHON}", architecture)
    wheels = uv.resolve((f"{LITERT}=={version}",), target, constraints=(), of_runtime=True)
    with tempfile.TemporaryDirectory() as folder:
        uv.unpack(wheels, target, Path(folder))
        compiled = read_compiled(Path(folder, LITERT_LIBRARY))
    return [symbol.name for symbol in newest_symbols(compiled.symbols)] if compiled else []


def main() -> None:
    """Read all versions that are named."""
    uv = Uv(environ=with_pip_settings(os.environ), folder=Path.cwd())
    content = {
        "source": "the wheels' own libLiteRt.so, read by tools/update_litert.py",
        "date": datetime.now(tz=UTC).date().isoformat(),
        "versions": {
            version: {str(one): read_symbols(uv, version, one) for one in Architecture}
            for version in sys.argv[1:]
        },
    }
    DATA.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
