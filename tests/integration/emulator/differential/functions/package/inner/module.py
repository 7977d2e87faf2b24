from . import sibling


def handler(event, context):
    return [__name__, sibling.NAME]
