"""Days as people read them, for tags and for views alike."""

from datetime import date

from django.utils import translation


def day_in_words(on: date) -> str:
    """2026年11月22日, or 22 Nov 2026."""
    if translation.get_language() == "zh-hans":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {on:%b %Y}"
