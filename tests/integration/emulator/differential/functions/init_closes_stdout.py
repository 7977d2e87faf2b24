import sys

sys.stdout.close()


def handler(event, context):
    return "ready"
