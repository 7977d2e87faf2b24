"""Owns functions as container images: their layers, config and manifest upon a base that is never unpacked."""
