"""What runs inside the function: a picture in, its category and scores out.

Standard library, Pillow and libLiteRt; no numpy. It knows the tool only through `manifest.json`.
"""
