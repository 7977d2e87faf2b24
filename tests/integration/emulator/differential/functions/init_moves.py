import os

os.chdir("/")


def handler(event, context):
    return os.getcwd()
