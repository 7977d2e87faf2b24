"""Owns the errors about the local Lambda, where it cannot start or go on."""

from __future__ import annotations

from tulle.errors.error import TulleError

__all__ = [
    "AddressUnavailable",
    "DeadLetterFileUnusable",
    "EmulatorError",
    "ImageNotRunnable",
    "PortInUse",
    "TooManyInvocations",
]


class EmulatorError(TulleError):
    """The local Lambda cannot start or go on."""

    code = "emulator"
    exit_code = 6


class AddressUnavailable(EmulatorError):
    """The local Lambda cannot listen where it was told to."""

    code = "address-unavailable"


class DeadLetterFileUnusable(EmulatorError):
    """Events that are given up cannot be kept where they should be."""

    code = "dead-letter-file-unusable"


class ImageNotRunnable(EmulatorError):
    """An image cannot have a root of its own here, for this system does not allow it."""

    code = "image-not-runnable"


class PortInUse(EmulatorError):
    """Another program listens on the port that the local Lambda was given."""

    code = "port-in-use"


class TooManyInvocations(EmulatorError):
    """As many invocations run as the function may have at once."""

    code = "too-many-invocations"
