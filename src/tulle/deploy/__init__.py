"""A function's stack on AWS: what is in it, how it changes, and how it goes."""
