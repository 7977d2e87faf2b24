"""Handlers that are no ordinary functions."""


async def asynchronous(event, context):
    return "awaited"


def generating(event, context):
    yield 1


def one_argument(event):
    return "one"


def three_arguments(event, context, more):
    return "three"


class Callable:
    def __call__(self, event, context):
        return "called"

    def method(self, event, context):
        return "method"


instance = Callable()
method = Callable().method
not_callable = 5
