"""Serve a trained Keras or TF-Lite image classifier without servers."""

__version__ = "0.1.0.dev0"
