raise ValueError("no way")
