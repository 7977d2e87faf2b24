"""What callers reach: the live version, its trial with a real picture, and the way back."""
