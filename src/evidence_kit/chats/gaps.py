"""Where a header may begin that counts only behind an empty line.

Programs that a text went through leave blanks in empty lines, and a byte order mark where two
files were joined.
"""

_BLANKS = ("", " ", "  ", r"\t", r"\u00a0")
EMPTY_LINES = tuple(rf"(?<=\n{blank}{end})" for blank in _BLANKS for end in (r"\n", r"\r\n"))
"""Patterns that look back on an empty line."""
BEHIND_EMPTY_LINE = rf"(?:\A|{'|'.join(EMPTY_LINES)})\ufeff?"
"""Pattern of that place, for the beginning of a header (`blocks`)."""
SPACE = "[ \u00a0]"
"""Pattern of the blank between the parts of a header: it does not break where a text was set."""
LINE_END = r"[ \t\u00a0]*+(?=\r?$)"
"""Pattern of the end of a header, with the blanks that stand there now and then."""
