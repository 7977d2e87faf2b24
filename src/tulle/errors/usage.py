"""Owns the errors about what was asked for that cannot be meant."""

from __future__ import annotations

from tulle.errors.error import TulleError

__all__ = [
    "FileExists",
    "InvalidApiKey",
    "InvalidFunction",
    "InvalidReference",
    "InvalidStage",
    "ModelNotFound",
    "PictureNotFound",
    "UnknownCategories",
    "UnknownPreprocessing",
    "UnknownTarget",
    "UnreadablePicture",
    "UsageError",
]


class UsageError(TulleError):
    """What was asked for cannot be meant."""

    code = "usage"
    exit_code = 2


class FileExists(UsageError):
    """A file that would be written is there already, and may hold somebody's work."""

    code = "file-exists"


class PictureNotFound(UsageError):
    """A picture named on the command line is not there."""

    code = "picture-not-found"


class InvalidApiKey(UsageError):
    """The environment does not hold an API key that AWS would take."""

    code = "invalid-api-key"


class InvalidFunction(UsageError):
    """A function is described in a way that Lambda would refuse."""

    code = "invalid-function"


class InvalidReference(UsageError):
    """The name of a container image cannot be read."""

    code = "invalid-reference"


class InvalidStage(UsageError):
    """A stage's name cannot stand in the names of AWS's things."""

    code = "invalid-stage"


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
