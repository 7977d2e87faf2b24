"""Owns what compiled files need, and whether a target has it."""
