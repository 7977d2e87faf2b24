"""Owns what a file is that was taken for a model: people download pages, and pointers to files, in a file's place."""

from __future__ import annotations

__all__ = ["mistaken"]

_KINDS = (
    (
        b"version https://git-lfs",
        "a pointer of Git LFS to a file, not the file itself",
        "run `git lfs pull` where it was cloned, or download it from its page there",
    ),
    (
        b"<",
        "a web page or a server's refusal, not a model",
        "download the file itself: on GitHub, by the button 'Download raw file'",
    ),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes", "give its name the ending .h5"),
    (
        b"PK\x03\x04",
        "a zip archive",
        "unpack it; if Keras saved it, give its name the ending .keras",
    ),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
)


def mistaken(content: bytes) -> tuple[str, str] | None:
    """Tell what a file is, and what to do about it; None where nothing is known of it."""
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return next(((what, hint) for magic, what, hint in _KINDS if start.startswith(magic)), None)
