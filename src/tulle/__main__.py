"""Owns `python -m tulle`."""

from tulle.cli import main

main()
