"""The pages' words: compile the Chinese catalogues, check that every English text has its translation and none is left over.

`python -m gongxiang.machine.messages compile|check|missing`. Pure Python: no gettext programs are needed. Texts are found in
Python calls (`gettext` and kin), in templates, and in refusals: their docstrings, `next_step` and reasons given on the spot.
The data plane's texts reach pages as forms with values (`protocol.sentences`): they are found in its errors and sentences.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import gongxiang

SOURCE = Path(gongxiang.__file__).parent
PLATFORM = SOURCE / "platform"
LANGUAGE = "zh_Hans"
#: Functions that mark a text, and where among their arguments the context, the text and its plural stand.
_MARKERS: dict[str, tuple[int | None, int, int | None]] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (None, 0, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}
_LITERAL = r"""(u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
_IN_TEMPLATE = re.compile(rf"\b(n?p?gettext|_)\({_LITERAL}(?:, ?{_LITERAL})?(?:, ?{_LITERAL})?", re.DOTALL)
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)[^{}]*\}")

#: Programs whose errors and sentences the site says in the reader's language.
DATA_PLANE = ("protocol", "node", "gateway")
#: What is said on a node's own command line only, in English.
COMMAND_LINE = ("node/cli.py", "node/config.py", "node/identity.py")

#: (context or None, text)
Key = tuple[str | None, str]


def catalogue_files() -> list[Path]:
    """Every catalogue of the site."""
    return sorted(PLATFORM.glob(f"**/locale/{LANGUAGE}/LC_MESSAGES/django.po"))


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, abort_invalid=True)


def compile_all() -> int:
    """Write the `.mo` beside each catalogue that is newer than it; gives how many were written."""
    written = 0
    for path in catalogue_files():
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        beside = target.with_suffix(".mo.new")
        with beside.open("wb") as file:
            write_mo(file, _read(path))
        beside.replace(target)
        written += 1
    return written


def used_texts() -> dict[Key, list[str]]:
    """Every text that the site can show, and the places it comes from."""
    used: dict[Key, list[str]] = defaultdict(list)
    trees = {
        path: ast.parse(path.read_text("utf-8")) for path in sorted(PLATFORM.glob("**/*.py")) if "migrations" not in path.parts
    }
    refusals = _refusal_names(trees.values())
    for path, tree in trees.items():
        for line, key in _in_python(tree, refusals):
            used[key].append(f"{path.relative_to(SOURCE)}:{line}")
    files = [path for name in DATA_PLANE for path in sorted((SOURCE / name).glob("**/*.py"))]
    plane = {path: ast.parse(path.read_text("utf-8")) for path in files if str(path.relative_to(SOURCE)) not in COMMAND_LINE}
    errors = _derived(plane.values(), "DataPlaneError") | {"Sentence"}
    for path, tree in {**plane, **trees}.items():
        for line, text in _in_data_plane(tree, errors):
            used[None, text].append(f"{path.relative_to(SOURCE)}:{line}")
    for path in sorted(PLATFORM.glob("**/templates/**/*")):
        if path.suffix in (".html", ".txt"):
            for key in _in_template(path):
                used[key].append(str(path.relative_to(SOURCE)))
    return used


def _refusal_names(trees: object) -> set[str]:
    """Names of all classes that derive from Refusal, however far."""
    return _derived(trees, "Refusal")


def _derived(trees: object, base: str) -> set[str]:
    bases: dict[str, set[str]] = defaultdict(set)
    for tree in trees:  # type: ignore[attr-defined]
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases[node.name] |= {b.id if isinstance(b, ast.Name) else getattr(b, "attr", "") for b in node.bases}
    found = {base}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def _in_python(tree: ast.Module, refusals: set[str]) -> Iterator[tuple[int, Key]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in refusals:
            yield from _of_refusal(node)
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in _MARKERS:
            context, text, _plural = _MARKERS[name]
            if (found := _text(node.args, text)) is not None:
                yield node.lineno, (None if context is None else _text(node.args, context), found)
        elif name in refusals:
            if (found := _text(node.args, 0)) is not None:
                yield node.lineno, (None, found)
            for keyword in node.keywords:
                if keyword.arg in ("reason", "next_step") and (found := _text([keyword.value], 0)) is not None:
                    yield node.lineno, (None, found)


def _in_data_plane(tree: ast.Module, errors: set[str]) -> Iterator[tuple[int, str]]:
    """First lines of errors' docstrings, their advice, and the forms of sentences and of errors raised with words."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in errors - {"Sentence"}:
            if text := (ast.get_docstring(node, clean=False) or "").partition("\n")[0].strip():
                yield node.lineno, text
            for statement in node.body:
                targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
                if any(isinstance(target, ast.Name) and target.id == "advice" for target in targets) and (
                    found := _text([statement.value], 0)  # type: ignore[attr-defined]
                ):
                    yield statement.lineno, found
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in errors and (found := _text(node.args, 0)):
                yield node.lineno, found


def _of_refusal(node: ast.ClassDef) -> Iterator[tuple[int, Key]]:
    if text := (ast.get_docstring(node, clean=False) or "").split("\n\n")[0].strip():
        yield node.lineno, (None, text)
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        named = any(isinstance(target, ast.Name) and target.id == "next_step" for target in targets)
        if named and (found := _text([statement.value], 0)):  # type: ignore[attr-defined]
            yield statement.lineno, (None, found)


def _text(arguments: list[ast.expr], place: int) -> str | None:
    if place < len(arguments) and isinstance(arguments[place], ast.Constant):
        value = arguments[place].value  # type: ignore[attr-defined]
        return value if isinstance(value, str) and value else None
    return None


def _in_template(path: Path) -> Iterator[Key]:
    from django.utils.translation.template import templatize

    for name, *literals in _IN_TEMPLATE.findall(templatize(path.read_text("utf-8"), origin=str(path))):
        texts = [ast.literal_eval(literal) for literal in literals if literal]
        context, text, _plural = _MARKERS[name]
        yield None if context is None else texts[context], texts[text]


def problems() -> list[str]:
    """What is wrong with the catalogues, a line each; empty if nothing is."""
    used, found = used_texts(), []
    translated: dict[Key, tuple[str, object]] = {}
    for path in catalogue_files():
        where = str(path.relative_to(SOURCE))
        catalogue = _read(path)
        found += [f"{where}: obsolete entry {message.id!r}" for message in catalogue.obsolete.values()]
        for message in catalogue:
            if not message.id:
                continue
            text = message.id if isinstance(message.id, str) else message.id[0]
            key = (message.context, text)
            answers = [message.string] if isinstance(message.string, str) else list(message.string or [""])
            if message.fuzzy or not all(answers):
                found.append(f"{where}: not translated: {text!r}")
            for answer in answers:
                if _placeholders(answer) - _placeholders(text if isinstance(message.id, str) else " ".join(message.id)):
                    found.append(f"{where}: other placeholders than the English: {text!r}")
            if key not in used:
                found.append(f"{where}: no page says this any more: {text!r}")
            if key in translated and translated[key][1] != message.string:
                found.append(f"{where}: translated otherwise in {translated[key][0]}: {text!r}")
            translated[key] = (where, message.string)
    found += [
        f"{places[0]}: no Chinese for {key[1]!r}" for key, places in sorted(used.items(), key=str) if key not in translated
    ]
    return found


def _placeholders(text: str) -> set[str]:
    return {first or second for first, second in _PLACEHOLDER.findall(text)}


def main() -> int:
    """Run the command named on the command line."""
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    if command == "compile":
        print(f"messages: {compile_all()} catalogues compiled")
        return 0
    if command in ("check", "missing"):
        found = [line for line in problems() if command == "check" or ": no Chinese for " in line]
        print("\n".join(found) if found else "messages: every text is translated")
        return 1 if found else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main())
