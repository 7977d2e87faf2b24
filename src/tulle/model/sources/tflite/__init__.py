"""Owns other people's `.tflite` files: normalisation and pixel input grafted into the graph."""
