"""What pictures and recordings say about themselves: neutral facts, each with its source.

Nothing is judged here. A time in a file is what somebody's device or program wrote there, and
whoever has the file can change it; that it is missing says nothing at all.
"""
