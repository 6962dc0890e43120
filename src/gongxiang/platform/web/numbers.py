"""Whole numbers that people or programs send: bounded before they are read, for a number of thousands of digits is none."""


def whole(text: str | None, *, otherwise: int = 0, most: int = 999_999_999) -> int:
    """The number in `text` if it is written in digits and is no more than `most`; `otherwise` if it is not."""
    if not text or len(text) > 10 or not (text.isascii() and text.isdecimal()):
        return otherwise
    found = int(text)
    return found if found <= most else otherwise
