"""Asynchronous calls of the function: events, which wait, are tried again, and are given up."""
