"""Owns Lambda and API Gateway on this machine."""
