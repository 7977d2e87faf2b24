"""Owns every error that tulle raises on purpose.

TulleError                 exit 1
├── UsageError             exit 2   what was asked for cannot be meant
│   ├── InvalidFunction
│   ├── InvalidReference
│   ├── ModelNotFound
│   ├── PictureNotFound
│   ├── UnknownCategories
│   ├── UnknownPreprocessing
│   ├── UnknownTarget
│   └── UnreadablePicture
├── ProjectError           exit 3   a project file that cannot be meant
│   └── InvalidProject
├── ModelError             exit 4   a model that cannot be read, converted or trusted
│   ├── ConversionFailed
│   ├── InvalidLabels
│   ├── MissingExtra
│   ├── ModelStopped
│   ├── NotAModel
│   ├── ParityFailed
│   └── UnsupportedModel
├── BundleError            exit 5   a function that cannot be packed or shipped
│   ├── AuditFailed
│   ├── BundleChanged
│   ├── InvalidBase
│   ├── OutputUnavailable
│   ├── PackagesError               the packages of a function cannot be found
│   │   ├── IndexUnavailable
│   │   ├── InvalidLock
│   │   ├── InvalidRequirement
│   │   ├── LockedPackageGone
│   │   ├── NoWheelFits
│   │   ├── OnlySource
│   │   └── PackagesConflict
│   └── RegistryError               a registry of images fails or refuses
│       ├── DigestMismatch
│       ├── ImageNotFound
│       ├── InvalidCredentials
│       ├── RegistryDenied
│       ├── RegistryRefused
│       └── RegistryUnavailable
└── EmulatorError          exit 6   the local Lambda cannot start
    ├── AddressUnavailable
    └── PortInUse

What is looked at as a whole (a project file, a bundle) gives `Finding`s instead, all at once; whoever asked raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "AddressUnavailable",
    "AuditFailed",
    "BundleChanged",
    "BundleError",
    "ConversionFailed",
    "DigestMismatch",
    "EmulatorError",
    "Finding",
    "ImageNotFound",
    "IndexUnavailable",
    "InvalidBase",
    "InvalidCredentials",
    "InvalidFunction",
    "InvalidLabels",
    "InvalidLock",
    "InvalidProject",
    "InvalidReference",
    "InvalidRequirement",
    "LockedPackageGone",
    "MissingExtra",
    "ModelError",
    "ModelNotFound",
    "ModelStopped",
    "NoWheelFits",
    "NotAModel",
    "OnlySource",
    "OutputUnavailable",
    "PackagesConflict",
    "PackagesError",
    "ParityFailed",
    "PictureNotFound",
    "PortInUse",
    "ProjectError",
    "RegistryDenied",
    "RegistryError",
    "RegistryRefused",
    "RegistryUnavailable",
    "Severity",
    "TulleError",
    "UnknownCategories",
    "UnknownPreprocessing",
    "UnknownTarget",
    "UnreadablePicture",
    "UnsupportedModel",
    "UsageError",
    "describe_findings",
]


class Severity(StrEnum):
    """Whether the work may go on with a finding."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, of perhaps many that are looked for at once.

    Attributes:
        code: what kind of thing, in kebab-case.
        message: what is wrong, in one sentence without a full stop.
        hint: what the reader can do next.
        path: the file that it is about; None where it is about none.
    """

    severity: Severity
    code: str
    message: str
    hint: str
    path: str | None = None


def describe_findings(findings: Iterable[Finding]) -> str:
    """Put findings into lines, each with its hint below it."""
    return "\n".join(
        f"{finding.severity}[{finding.code}]: {finding.message}\n  hint: {finding.hint}"
        for finding in findings
    )


class TulleError(Exception):
    """Base of every error that tulle raises on purpose.

    Args:
        message: what is wrong, in one sentence without a full stop.
        hint: what the reader can do next.
        detail: lines that help, shown as they are (a child's last output, a table).
    """

    code: ClassVar[str] = "tulle-error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" not in cls.__dict__ or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cls.code):
            raise TypeError(f"{cls.__name__} needs a kebab-case `code` of its own")


class UsageError(TulleError):
    """What was asked for cannot be meant."""

    code = "usage"
    exit_code = 2


class PictureNotFound(UsageError):
    """A picture named on the command line is not there."""

    code = "picture-not-found"


class InvalidFunction(UsageError):
    """A function is described in a way that Lambda would refuse."""

    code = "invalid-function"


class InvalidReference(UsageError):
    """The name of a container image cannot be read."""

    code = "invalid-reference"


class ModelNotFound(UsageError):
    """A model named on the command line is not there."""

    code = "model-not-found"


class UnknownCategories(UsageError):
    """Folders of pictures are named after no label of a model."""

    code = "unknown-categories"


class UnknownPreprocessing(UsageError):
    """A preprocessing is named that no model is trained with."""

    code = "unknown-preprocessing"


class UnknownTarget(UsageError):
    """A runtime or a processor is named that Lambda does not have."""

    code = "unknown-target"


class UnreadablePicture(UsageError):
    """A picture to compare models on cannot be read."""

    code = "unreadable-picture"


class ProjectError(TulleError):
    """A project file cannot be meant."""

    code = "project"
    exit_code = 3


class InvalidProject(ProjectError):
    """A project file is not TOML, or says what cannot be."""

    code = "invalid-project"


class ModelError(TulleError):
    """A model cannot be read, converted or trusted."""

    code = "model"
    exit_code = 4


class NotAModel(ModelError):
    """A file holds no model that can be read."""

    code = "not-a-model"


class UnsupportedModel(ModelError):
    """A model is of a kind that cannot be served as it is."""

    code = "unsupported-model"


class InvalidLabels(ModelError):
    """Labels are repeated or empty, or not one for each of the model's outputs."""

    code = "invalid-labels"


class MissingExtra(ModelError):
    """A part of tulle is wanted that its installation left out."""

    code = "missing-extra"


class ModelStopped(ModelError):
    """A process that ran a model was killed."""

    code = "model-stopped"


class ConversionFailed(ModelError):
    """A model could not be turned into TF-Lite."""

    code = "conversion-failed"


class ParityFailed(ModelError):
    """A converted model does not answer as the model that it was made from."""

    code = "parity"


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


class EmulatorError(TulleError):
    """The local Lambda cannot start or go on."""

    code = "emulator"
    exit_code = 6


class AddressUnavailable(EmulatorError):
    """The local Lambda cannot listen where it was told to."""

    code = "address-unavailable"


class PortInUse(EmulatorError):
    """Another program listens on the port that the local Lambda was given."""

    code = "port-in-use"
