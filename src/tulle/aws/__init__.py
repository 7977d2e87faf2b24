"""AWS, as far as tulle asks it: a small class for each service; what botocore raises leaves as tulle's errors."""
