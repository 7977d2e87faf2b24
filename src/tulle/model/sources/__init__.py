"""Owns what a conversion starts from: asked by a child process, which alone loads what is heavy."""
