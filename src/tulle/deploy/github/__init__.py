"""Deploying from GitHub Actions, without stored keys."""
