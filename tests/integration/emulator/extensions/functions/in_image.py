"""A handler in an image with extensions."""

import os
import time


def handler(event, context):
    print("handler", event["do"], flush=True)
    if event["do"] == "sleep":
        time.sleep(60)
    if event["do"] == "leave":
        os._exit(4)
    if event["do"] == "wait":
        time.sleep(1)
    return event["do"]
