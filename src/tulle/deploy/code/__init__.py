"""A function's code on AWS: images in its own repository, zips in the account's bucket."""
