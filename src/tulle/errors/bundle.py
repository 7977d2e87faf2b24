"""Owns the errors about functions that cannot be packed or shipped."""

from __future__ import annotations

from tulle.errors.error import TulleError

__all__ = [
    "ArtifactTooLarge",
    "ArtifactUnusable",
    "AuditFailed",
    "BundleChanged",
    "BundleError",
    "DigestMismatch",
    "ImageNotFound",
    "IndexUnavailable",
    "InvalidBase",
    "InvalidCredentials",
    "InvalidLock",
    "InvalidRequirement",
    "LockedPackageGone",
    "NoWheelFits",
    "OnlySource",
    "OutputUnavailable",
    "PackagesConflict",
    "PackagesError",
    "RegistryDenied",
    "RegistryError",
    "RegistryRefused",
    "RegistryUnavailable",
]


class BundleError(TulleError):
    """A function cannot be packed or shipped."""

    code = "bundle"
    exit_code = 5


class AuditFailed(BundleError):
    """A bundle would not run, or must not ship."""

    code = "audit"


class OutputUnavailable(BundleError):
    """An artifact cannot be written where it is to go."""

    code = "output-unavailable"


class ArtifactTooLarge(BundleError):
    """What was built is larger than Lambda takes."""

    code = "artifact-too-large"


class ArtifactUnusable(BundleError):
    """What was built cannot be run on this machine."""

    code = "artifact-unusable"


class BundleChanged(BundleError):
    """A file changed while it was being packed."""

    code = "bundle-changed"


class InvalidBase(BundleError):
    """An image cannot be the base of a function."""

    code = "invalid-base"


class PackagesError(BundleError):
    """The packages that a function needs cannot be found."""

    code = "packages"


class IndexUnavailable(PackagesError):
    """The package index cannot be reached."""

    code = "index-unavailable"


class InvalidLock(PackagesError):
    """The file that holds the choice of packages cannot be read."""

    code = "invalid-lock"


class InvalidRequirement(PackagesError):
    """A requirement is written in a way that names no package of an index."""

    code = "invalid-requirement"


class LockedPackageGone(PackagesError):
    """A file that was chosen earlier is no longer offered."""

    code = "locked-package-gone"


class NoWheelFits(PackagesError):
    """A package has no version whose files would load on the target."""

    code = "no-wheel-fits"


class OnlySource(PackagesError):
    """A package is offered as source code alone."""

    code = "only-source"


class PackagesConflict(PackagesError):
    """Requirements contradict each other, or ask for what does not exist."""

    code = "packages-conflict"


class RegistryError(BundleError):
    """A registry of images fails or refuses."""

    code = "registry"


class DigestMismatch(RegistryError):
    """What was stored or sent is not what its digest says."""

    code = "digest-mismatch"


class ImageNotFound(RegistryError):
    """No image of a name is there."""

    code = "image-not-found"


class InvalidCredentials(RegistryError):
    """The credentials for a registry cannot be read."""

    code = "invalid-credentials"


class RegistryDenied(RegistryError):
    """A registry does not let this user do what was asked."""

    code = "registry-denied"


class RegistryRefused(RegistryError):
    """A registry refuses what it was sent."""

    code = "registry-refused"


class RegistryUnavailable(RegistryError):
    """A registry cannot be reached, or fails again and again."""

    code = "registry-unavailable"
