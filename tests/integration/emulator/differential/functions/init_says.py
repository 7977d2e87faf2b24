import logging
import sys
import threading
import os

print("init says")
print("init says to stderr", file=sys.stderr)
logging.warning("init warns")
threading.Thread(target=print, args=["thread of init says"]).start()
os.environ["OWN"] = "of init"


def handler(event, context):
    return os.environ["OWN"]
