"""Owns asking API Gateway for the API keys that it made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.aws.failure import translated

if TYPE_CHECKING:
    from tulle.aws.session import AwsSession

__all__ = ["find_api_key"]


def find_api_key(session: AwsSession, key_id: str) -> str:
    """Ask for the value of an API key, which is a secret: it is neither shown nor written.

    Raises:
        AwsError: it is not there, or the user may not read it.
    """
    client = session.api_gateway()
    with translated("apigateway"):
        return client.get_api_key(apiKey=key_id, includeValue=True)["value"]
