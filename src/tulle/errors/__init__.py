"""Every error that tulle raises on purpose; each family has a module.

TulleError                 exit 1
├── UsageError             exit 2   what was asked for cannot be meant
│   ├── FileExists
│   ├── InvalidApiKey
│   ├── InvalidFunction
│   ├── InvalidReference
│   ├── InvalidStage
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
│   ├── ArtifactTooLarge
│   ├── ArtifactUnusable
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
├── EmulatorError          exit 6   the local Lambda cannot start or go on
│   ├── AddressUnavailable
│   ├── DeadLetterFileUnusable
│   ├── ImageNotRunnable
│   ├── PortInUse
│   └── TooManyInvocations
├── AwsError               exit 7   AWS cannot be asked, refuses, or did not become what it should
│   ├── ActionDenied
│   ├── AwsProfileUnknown
│   ├── AwsRefused
│   ├── AwsThrottled
│   ├── AwsUnavailable
│   ├── AwsUnreachable
│   ├── CredentialsExpired
│   ├── CredentialsMissing
│   ├── CredentialsRefused
│   ├── DeploymentFailed
│   ├── DeploymentNotFound
│   ├── ForeignResource
│   ├── FunctionFailed
│   ├── FunctionUnready
│   ├── RegionMissing
│   ├── ReplacementNotAllowed
│   ├── SmokeTestFailed
│   ├── StackBusy
│   └── StackStuck
└── PricingError           exit 8   what a function costs, or should be given, cannot be told
    ├── MeasurementFailed
    ├── RatesUnknown
    └── TuningFailed

What is looked at as a whole (a project file, a bundle) gives `Finding`s instead, all at once; whoever asked raises.
"""

from __future__ import annotations

from tulle.errors.aws import (
    ActionDenied,
    AwsError,
    AwsProfileUnknown,
    AwsRefused,
    AwsThrottled,
    AwsUnavailable,
    AwsUnreachable,
    CredentialsExpired,
    CredentialsMissing,
    CredentialsRefused,
    RegionMissing,
)
from tulle.errors.bundle import (
    ArtifactTooLarge,
    ArtifactUnusable,
    AuditFailed,
    BundleChanged,
    BundleError,
    DigestMismatch,
    ImageNotFound,
    IndexUnavailable,
    InvalidBase,
    InvalidCredentials,
    InvalidLock,
    InvalidRequirement,
    LockedPackageGone,
    NoWheelFits,
    OnlySource,
    OutputUnavailable,
    PackagesConflict,
    PackagesError,
    RegistryDenied,
    RegistryError,
    RegistryRefused,
    RegistryUnavailable,
)
from tulle.errors.deploy import (
    DeploymentFailed,
    DeploymentNotFound,
    ForeignResource,
    FunctionFailed,
    FunctionUnready,
    ReplacementNotAllowed,
    SmokeTestFailed,
    StackBusy,
    StackStuck,
)
from tulle.errors.emulator import (
    AddressUnavailable,
    DeadLetterFileUnusable,
    EmulatorError,
    ImageNotRunnable,
    PortInUse,
    TooManyInvocations,
)
from tulle.errors.error import (
    TulleError,
)
from tulle.errors.finding import (
    Finding,
    Severity,
    count_problems,
    describe_findings,
)
from tulle.errors.model import (
    ConversionFailed,
    InvalidLabels,
    MissingExtra,
    ModelError,
    ModelStopped,
    NotAModel,
    ParityFailed,
    UnsupportedModel,
)
from tulle.errors.pricing import (
    MeasurementFailed,
    PricingError,
    RatesUnknown,
    TuningFailed,
)
from tulle.errors.project import (
    InvalidProject,
    ProjectError,
)
from tulle.errors.usage import (
    FileExists,
    InvalidApiKey,
    InvalidFunction,
    InvalidReference,
    InvalidStage,
    ModelNotFound,
    PictureNotFound,
    UnknownCategories,
    UnknownPreprocessing,
    UnknownTarget,
    UnreadablePicture,
    UsageError,
)

__all__ = [
    "ActionDenied",
    "AddressUnavailable",
    "ArtifactTooLarge",
    "ArtifactUnusable",
    "AuditFailed",
    "AwsError",
    "AwsProfileUnknown",
    "AwsRefused",
    "AwsThrottled",
    "AwsUnavailable",
    "AwsUnreachable",
    "BundleChanged",
    "BundleError",
    "ConversionFailed",
    "CredentialsExpired",
    "CredentialsMissing",
    "CredentialsRefused",
    "DeadLetterFileUnusable",
    "DeploymentFailed",
    "DeploymentNotFound",
    "DigestMismatch",
    "EmulatorError",
    "FileExists",
    "Finding",
    "ForeignResource",
    "FunctionFailed",
    "FunctionUnready",
    "ImageNotFound",
    "ImageNotRunnable",
    "IndexUnavailable",
    "InvalidApiKey",
    "InvalidBase",
    "InvalidCredentials",
    "InvalidFunction",
    "InvalidLabels",
    "InvalidLock",
    "InvalidProject",
    "InvalidReference",
    "InvalidRequirement",
    "InvalidStage",
    "LockedPackageGone",
    "MeasurementFailed",
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
    "PricingError",
    "ProjectError",
    "RatesUnknown",
    "RegionMissing",
    "RegistryDenied",
    "RegistryError",
    "RegistryRefused",
    "RegistryUnavailable",
    "ReplacementNotAllowed",
    "Severity",
    "SmokeTestFailed",
    "StackBusy",
    "StackStuck",
    "TooManyInvocations",
    "TulleError",
    "TuningFailed",
    "UnknownCategories",
    "UnknownPreprocessing",
    "UnknownTarget",
    "UnreadablePicture",
    "UnsupportedModel",
    "UsageError",
    "count_problems",
    "describe_findings",
]
