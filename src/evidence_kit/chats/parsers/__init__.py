"""One module a format, each with its `PARSER`. A new file here is a new format."""
