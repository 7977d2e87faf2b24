"""Owns the errors about models that cannot be read, converted or trusted."""

from __future__ import annotations

from tulle.errors.error import TulleError

__all__ = [
    "ConversionFailed",
    "InvalidLabels",
    "MissingExtra",
    "ModelError",
    "ModelStopped",
    "NotAModel",
    "ParityFailed",
    "UnsupportedModel",
]


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
