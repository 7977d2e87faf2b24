"""Owns what a function's folder holds: the model and the manifest that tells the runtime of it."""
