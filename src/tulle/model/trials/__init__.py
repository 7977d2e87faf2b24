"""Owns measuring models on this machine, and choosing the recipe that measures best."""
