"""Owns the quotas of AWS that a function is held against.

AWS Lambda Developer Guide, "Lambda quotas" and "Create a Lambda function using a container image",
2026.
"""

from __future__ import annotations

__all__ = [
    "ACCOUNT_CONCURRENCY",
    "CODE_STORAGE_BYTES",
    "IMAGE_BYTES",
    "IMAGE_MANIFEST_BYTES",
    "ZIP_BYTES",
    "ZIP_UNPACKED_BYTES",
]

_MIB = 1024 * 1024

ZIP_BYTES = 50 * _MIB
"""A zip that is uploaded directly; a larger one goes through S3."""
ZIP_UNPACKED_BYTES = 250 * _MIB
"""What a zip and its layers unpack to."""
IMAGE_BYTES = 10 * 1024 * _MIB
"""All layers of an image, uncompressed."""
IMAGE_MANIFEST_BYTES = 25_400
"""An image's manifest."""
ACCOUNT_CONCURRENCY = 1000
"""How many invocations an account may run at once in a region; new accounts begin with fewer."""
CODE_STORAGE_BYTES = 300 * 1024 * _MIB
"""What all functions and layers of an account may take, unzipped."""
