"""The report of an evaluation: one HTML file that asks no host for anything."""
