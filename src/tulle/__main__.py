"""Owns the start of the command: one that is interrupted while it loads says so, and nothing else."""

import sys

__all__ = ["main"]

_INTERRUPTED = 130


def main() -> None:
    """Load the command line and run it."""
    try:
        from tulle.cli import main as run  # noqa: PLC0415 (takes long enough to be interrupted)
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted\n")
        sys.exit(_INTERRUPTED)
    run()


if __name__ == "__main__":
    main()
