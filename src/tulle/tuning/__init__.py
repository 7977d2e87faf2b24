"""Which memory size and processor a function is best given: measured, then chosen by pure functions."""
