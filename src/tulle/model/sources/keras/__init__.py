"""Owns Keras files and SavedModels: the side of the child that loads TensorFlow."""
