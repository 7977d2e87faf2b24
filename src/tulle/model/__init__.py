"""Owns models: any classifier in, one self-contained `.tflite` out, read back and trusted."""
