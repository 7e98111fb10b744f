"""Chat exports -> records: every byte of the original accounted for, nothing guessed quietly.

`parsers/` holds one file a format, found by iterating that package; `reading` drives them.
"""
