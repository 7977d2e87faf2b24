"""A stack on AWS: which state it is in, what would change, the change made and watched, and its end."""
