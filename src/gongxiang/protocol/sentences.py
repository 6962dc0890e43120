"""Sentences of the data plane: English that remembers its form and its values, so that a page can say it in another language.

A `Sentence` is an ordinary text wherever a text is wanted (logs, `gongxiang node status`); its `parts` travel beside it in
facts. A form is a literal in this product's code and is a key of the site's catalogues; values are names, numbers and the
words of other programs, never values of shared rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Part:
    """One sentence's form, as `Column {what} is an array.`, and the values for it."""

    form: str
    values: dict[str, str] = field(default_factory=dict)


class Sentence(str):
    """The sentence with its values in place; `parts` are the forms it was made of."""

    __slots__ = ("parts",)
    parts: tuple[Part, ...]

    def __new__(cls, form: str, /, **values: object) -> "Sentence":
        """`form` with `values` put in; without values it stands as it is."""
        said = {name: str(value) for name, value in values.items()}
        return cls.of(form.format(**said) if said else form, (Part(form=form, values=said),))

    @classmethod
    def of(cls, text: str, parts: tuple[Part, ...]) -> "Sentence":
        """A text whose parts are known already."""
        made = str.__new__(cls, text)
        made.parts = parts
        return made

    @classmethod
    def joined(cls, *texts: str, by: str = " ") -> "Sentence":
        """Several sentences as one text; one that is an ordinary text is a part without a known form."""
        given = [text for text in texts if text]
        return cls.of(by.join(given), tuple(part for text in given for part in parts_of(text)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the parts in copies."""
        return Sentence.of, (str(self), self.parts)


def parts_of(text: str) -> tuple[Part, ...]:
    """The forms and values of a text; an ordinary text is its own form, which no catalogue knows."""
    if isinstance(text, Sentence):
        return text.parts
    return (Part(form=text),) if text else ()


def cut(text: str, length: int) -> str:
    """At most `length` characters of `text`; a sentence that fits stays one."""
    return text if len(text) <= length else text[:length]


def parts_from(value: Any) -> tuple[Part, ...]:
    """The parts in the JSON of an error or fact; whatever is malformed is left out, for the text stands beside it."""
    if not isinstance(value, list):
        return ()
    found = []
    for item in value:
        values = item.get("values", {}) if isinstance(item, Mapping) else None
        if not isinstance(values, Mapping) or not isinstance(item.get("form"), str):
            return ()
        found.append(Part(form=item["form"], values={str(name): str(said) for name, said in values.items()}))
    return tuple(found)
