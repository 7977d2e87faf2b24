"""Owns the places where execution environments run: own `/tmp`, bounded memory, nothing left behind."""
