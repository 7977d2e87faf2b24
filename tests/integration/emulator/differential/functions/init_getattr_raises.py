def __getattr__(name):
    raise RuntimeError("no " + name)
