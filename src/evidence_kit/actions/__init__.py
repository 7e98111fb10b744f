"""The verbs. Each is one file; they may call `seal` and `verify`."""
