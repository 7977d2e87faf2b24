"""Owns the errors that a caller may see: an HTTP status, a Lambda `errorType` (the class's name), a safe text.

A text says what is wrong and what to do, and holds nothing of the function's inside.
"""

__all__ = [
    "BadGateway",
    "BadRequest",
    "Fault",
    "MethodNotAllowed",
    "ModelFault",
    "PayloadTooLarge",
    "PictureTimeout",
    "UnprocessablePicture",
    "UnsupportedMediaType",
]


class Fault(Exception):
    """Base of what goes wrong with a request, for a reason that the caller may read."""

    status = 500
    title = "The function failed"


class BadRequest(Fault):
    """The request cannot be meant."""

    status = 400
    title = "The request cannot be understood"


class MethodNotAllowed(Fault):
    """The HTTP method means nothing here."""

    status = 405
    title = "The method is not allowed"


class PayloadTooLarge(Fault):
    """A picture has more bytes or more pixels than the function takes."""

    status = 413
    title = "The picture is too large"


class UnsupportedMediaType(Fault):
    """The bytes are not a picture of a kind that the function reads."""

    status = 415
    title = "That is not a picture"


class UnprocessablePicture(Fault):
    """The bytes begin like a picture and cannot be read as one."""

    status = 422
    title = "The picture cannot be read"


class BadGateway(Fault):
    """The server that should have the picture did not give it."""

    status = 502
    title = "The picture's server failed"


class PictureTimeout(Fault):
    """The server that has the picture took too long."""

    status = 504
    title = "The picture's server is too slow"


class ModelFault(Fault):
    """The function's own model or library cannot be used: nothing that a caller could mend."""

    title = "The model cannot be used"
