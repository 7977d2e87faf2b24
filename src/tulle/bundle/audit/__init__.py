"""What can be known of a bundle before it is an artifact: whether it would run, and whether it may ship."""
