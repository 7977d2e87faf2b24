"""Handlers that tell what the function is told."""

import os
import sys
import threading
import time


def describe(event, context):
    return {
        "function_name": context.function_name,
        "function_version": context.function_version,
        "memory_limit_in_mb": context.memory_limit_in_mb,
        "request id is in the log": bool(context.aws_request_id),
        "identity": [
            context.identity.cognito_identity_id,
            context.identity.cognito_identity_pool_id,
        ],
        "client_context": str(context.client_context),
        "tenant_id": context.tenant_id,
        "fields": sorted(name for name in dir(context) if not name.startswith("_")),
    }


def field(event, context):
    return getattr(context, event["name"])


def client_context(event, context):
    client = context.client_context
    return client and {
        "custom": client.custom,
        "env": client.env,
        "client": client.client
        and {
            name: getattr(client.client, name)
            for name in ("installation_id", "app_title", "app_version_name", "app_package_name")
        },
    }


def remaining_time(event, context):
    first = context.get_remaining_time_in_millis()
    time.sleep(0.2)
    second = context.get_remaining_time_in_millis()
    limit = event["limit_s"] * 1000
    return {"within": limit - 3000 < first <= limit, "falls": first - second >= 190}


def context_log(event, context):
    context.log("by the context")
    return str(context).startswith("LambdaContext(")


def variables(event, context):
    return {name: os.environ.get(name) for name in event["names"]}


def process(event, context):
    return {
        "arguments": sys.argv[1:],
        "directory": os.getcwd(),
        "first of sys.path": sys.path[:2],
        "file": __file__,
        "name": __name__,
        "main": os.path.basename(sys.modules["__main__"].__file__),
        "stdin": os.readlink("/proc/self/fd/0"),
        "umask": oct(os.umask(0o022)),
        "encoding": [sys.stdout.encoding, sys.stdout.errors, sys.getfilesystemencoding()],
        "timezone": time.tzname,
        "main thread": threading.current_thread() is threading.main_thread(),
    }
