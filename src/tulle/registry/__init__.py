"""Owns the registries of container images: the OCI distribution protocol, and image layouts on disk."""
