"""Owns the packages of a function: chosen for its target, trimmed to what it uses, kept for the next build.

`dependencies.dependencies` is the door.
"""
