"""The report of a tuning: one HTML file."""
