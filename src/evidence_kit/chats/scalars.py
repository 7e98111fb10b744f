"""Numbers, texts, yes or no, and objects, as exporters write them into JSON and tables."""


def number(text: object) -> int | None:
    """A whole number as exporters write it: 1, "1", "49.0"; None for anything else.

    A spreadsheet's "1.78E+09" is none: it was rounded.
    """
    if isinstance(text, bool) or text is None:
        return None
    if isinstance(text, int):
        return text
    if isinstance(text, str) and "e" in text.lower():
        return None
    if isinstance(text, str | float):
        try:
            value = float(text)
        except ValueError:
            return None
        return int(value) if value.is_integer() and abs(value) < 1 << 53 else None
    return None


def text_of(value: object) -> str | None:
    """A field as text; None where it is empty or nothing."""
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else str(value)


def yes_or_no(value: object) -> bool | None:
    """1 and 0, true and false, as exporters write them; None for anything else."""
    if isinstance(value, bool):
        return value
    return {1: True, 0: False}.get(found) if (found := number(value)) is not None else None


def object_of(value: object) -> dict[str, object]:
    """An object of JSON; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def objects_of(value: object) -> list[dict[str, object]]:
    """The objects of an array; none for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def texts_in(value: object, key: str) -> tuple[str, ...]:
    """What the objects of an array hold under a key, such as names of files; without empty ones."""
    found = (text_of(one.get(key)) for one in objects_of(value))
    return tuple(text for text in found if text is not None)
