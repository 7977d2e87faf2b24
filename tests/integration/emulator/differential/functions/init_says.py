import logging
import sys
import threading
import os

print("init says")
print("init says to stderr", file=sys.stderr)
logging.warning("init warns")
thread = threading.Thread(target=print, args=["thread of init says"])
thread.start()
thread.join()  # else the init may end between its words and the end of its line
os.environ["OWN"] = "of init"


def handler(event, context):
    return os.environ["OWN"]
