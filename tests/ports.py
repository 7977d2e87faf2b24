"""Owns ports for programs that must be told one: nobody takes them meanwhile, however many tests run at once."""

from __future__ import annotations

import itertools
import os
import socket

__all__ = ["free_ports"]

# Below those that systems give to whoever asks for any; each process begins elsewhere, and tries none twice in a row.
_FIRST, _NUMBER, _OF_EACH = 10_000, 22_000, 64
_candidates = (_FIRST + step % _NUMBER for step in itertools.count(os.getpid() * _OF_EACH))


def free_ports(count: int) -> list[int]:
    """Find so many ports of 127.0.0.1 at which nobody listens."""
    return list(itertools.islice(filter(_is_free, _candidates), count))


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
