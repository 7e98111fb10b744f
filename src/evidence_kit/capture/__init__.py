"""A page in a real browser becomes artefacts in a folder; nothing is sealed here.

Start at `session.capturing`. The browser is found and started in `browser`, driven in
`page`, and what it shows is written by `artefacts`; `sanity` says what makes one doubt.
"""
