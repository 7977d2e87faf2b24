"""Owns the front door: one function for each thing that tulle does."""
