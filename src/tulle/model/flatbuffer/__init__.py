"""Owns FlatBuffers as bytes: read in place, built anew, or rewritten as a tree of objects."""
