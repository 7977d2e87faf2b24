"""Owns what stands before a function over HTTP: the gateways that AWS has, chosen one at a time."""
