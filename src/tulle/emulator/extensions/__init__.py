"""Owns extensions: who registers beside a function's runtime, what they are told, and how they end."""
