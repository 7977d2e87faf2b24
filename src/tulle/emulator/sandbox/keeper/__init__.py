"""The program that keeps execution environments: a child in each, and nothing left after it."""
