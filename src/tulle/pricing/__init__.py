"""What a function would cost on AWS: rates as data, and estimates that are pure functions of them."""
