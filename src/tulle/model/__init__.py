"""Owns models: Keras files in, one self-contained `.tflite` out, read back and trusted."""
