"""The console: a page on which the function of the local Lambda is tried, and what serves it."""
