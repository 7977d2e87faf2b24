"""Owns telemetry: what extensions hear of a function's log and of its phases."""
