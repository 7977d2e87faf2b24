"""Owns `tulle.toml`: what a user says of a function, read once and trusted after."""
