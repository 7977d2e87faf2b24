"""What models are worth on pictures whose categories are known."""
