"""The generated reference pages: articles, doors, states, refusals, settings of the command line."""

import argparse
import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from gongxiang.law.instruments import Article
from tools import code


def articles() -> str:
    """Each article: what carries it out, on which page, shown by which test."""
    from gongxiang.law.articles import all_articles, implementations, instrument

    code.import_everything()
    done, tests = implementations(), code.tests_by_article()
    pages: dict[str, list[str]] = {}
    for door in code.doors():
        called = code.names_called(door.view)
        for article_id, names in done.items():
            if any(name.rpartition(".")[2] in called and code.speaks_of(door.view, name) for name in names):
                pages.setdefault(article_id, []).append(f"`{door.address}`")
    lines = [
        "# Articles",
        "",
        "What carries each article out, on which page, and which test shows it. *Organisation* marks duties of people that the",
        "product supports but cannot do for them. Summaries are our own; the text itself is imported by the authority.",
    ]
    for instrument_id, group in groupby(all_articles(), key=lambda one: one.instrument):
        lines += ["", f"## {instrument(instrument_id).title.en} (`{instrument_id}`)", ""]
        lines += ["| article | in one line | kind | carried out by | pages | tests |", "|---|---|---|---|---|---|"]
        for one in group:
            cells = (
                one.number,
                one.summary.en.replace("|", "\\|"),
                one.kind.value,
                "<br>".join(f"`{name.removeprefix('gongxiang.')}`" for name in sorted(done.get(one.id, ()))),
                "<br>".join(pages.get(one.id, ())),
                "<br>".join(f"`{name.removeprefix('tests/')}`" for name in tests.get(one.id, ())),
            )
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, *_missing_articles(done, tests)])


#: Articles whose first words ask for something of their own: a circular, an order to put right.
_ASKING = ("wushen-2021-60:30", "cn-809:39", "cn-809:40", "cn-809:41")


def _missing_articles(done: Mapping[str, Sequence[str]], tests: Mapping[str, Sequence[str]]) -> list[str]:
    """What no code carries out yet, said plainly, by who has to do it; and how much of each instrument is shown by a test."""
    from gongxiang.law.articles import all_articles
    from gongxiang.law.instruments import Kind, instruments

    def among(one: Article, places: Mapping[str, Sequence[str]]) -> bool:
        return any(places.get(i) for i in (one.id, *(f"{one.instrument}:{part}" for part in one.parts)))

    whole = {i.id: i.whole_articles for i in instruments().values()}
    lines = ["", "## How far", "", "| instrument | articles | carried out by code | shown by a test |", "|---|---|---|---|"]
    for name, every in whole.items():
        counts = (len(every), sum(among(a, done) for a in every), sum(among(a, tests) for a in every))
        lines.append(f"| `{name}` | " + " | ".join(map(str, counts)) + " |")
    lines += ["", "## Not carried out by code yet"]
    headings = {
        Kind.SYSTEM: "The product should do it",
        Kind.MIXED: "People do it; the product should help",
        Kind.ORGANISATION: "People do it; the product may support them",
    }
    for kind, heading in headings.items():
        lines += ["", f"**{heading}**", ""]
        missing = [a for every in whole.values() for a in every if a.kind is kind and not among(a, done)]
        lines += [f"- `{a.id}` {a.title.en}: {a.summary.en}{_standing(a)}" for a in missing] or ["- nothing is missing"]
    lines += ["", "**What nothing carries of articles that are carried in part**", ""]
    begun = {f"{a.instrument}:{part}" for every in whole.values() for a in every if among(a, done) for part in a.parts}
    left = [a for a in all_articles() if (a.id in begun or a.id in _ASKING) and not done.get(a.id)]
    return [*lines, *([f"- `{a.id}`: {a.summary.en}{_standing(a)}" for a in left] or ["- nothing is missing"])]


def _standing(one: Article) -> str:
    """How the product stands to an article or its parts, and where that is shown."""
    from gongxiang.law.instruments import standings

    names = (one.id, *(f"{one.instrument}:{part}" for part in one.parts))
    found = [standings()[name] for name in names if name in standings()]
    return "".join(f" *{s.text.en}* {', '.join(f'`{page}`' for page in s.pages)}".rstrip() for s in found)


def doors() -> str:
    """Who may pass which door: every role by every address."""
    from gongxiang.platform.kernel.actors import Role

    code.import_everything()
    roles = list(Role)
    lines = [
        "# Doors",
        "",
        "Every address of the site, the permission it declares and the roles that hold it. Whether a record behind the door is",
        "one's own to see is asked again by the room. `2` marks acts that ask for a fresh second factor.",
        "",
        "| address | permission | " + " | ".join(role.value.replace("_", " ") for role in roles) + " |",
        "|---|---|" + "---|" * len(roles),
    ]
    for door in code.doors():
        permission = door.permission
        name = "—" if permission is None else permission.name
        held = [] if permission is None else [role for role in roles if permission.public or role in permission.roles]
        # SIGNED_IN lets everybody in who has signed in, whatever the role.
        everyone = permission is not None and (permission.public or permission.name == "site.signed_in")
        sign = "2" if permission is not None and permission.second_factor else "x"
        cells = (sign if everyone or role in held else "" for role in roles)
        lines.append(f"| `{door.address}` | {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def states() -> str:
    """A diagram of each transition table."""
    from gongxiang.platform.kernel.transitions import TransitionTable

    code.import_everything()
    lines = ["# States", "", "Printed from the transition tables, which are the only way a status changes."]
    found: dict[str, dict[str, TransitionTable]] = {}
    for path in sorted(code.SOURCE.glob("platform/*/states*.py")):
        module = importlib.import_module(f"gongxiang.platform.{path.parent.name}.{path.stem}")
        tables = {value.subject: value for value in vars(module).values() if isinstance(value, TransitionTable)}
        found.setdefault(path.parent.name, {}).update(tables)
    for room, of_room in found.items():
        for subject, table in sorted(of_room.items()):
            lines += ["", f"## {subject.replace('_', ' ')} (`{room}`)", "", "```mermaid", "stateDiagram-v2"]
            for arrow in table.transitions:
                lines += [f"  {source} --> {arrow.target}: {arrow.act}" for source in arrow.sources or ("[*]",)]
            lines += ["```", "", "| act | by | basis | turn afterwards |", "|---|---|---|---|"]
            lines += [f"| {arrow.act} | {arrow.who} | {', '.join(arrow.basis)} | {arrow.turn} |" for arrow in table.transitions]
    return "\n".join(lines)


def refusals() -> str:
    """Every named refusal with its article and the next step."""
    from gongxiang.platform.kernel.errors import Refusal

    code.import_everything()
    lines = [
        "# Refusals",
        "",
        "Named, translated, recorded where the law asks for it; the API's `code` is the name in snake case.",
    ]
    found = sorted(set(_below(Refusal)), key=lambda one: (one.__module__, one.__name__))
    for module, group in groupby(found, key=lambda one: one.__module__):
        lines += ["", f"## `{module.removeprefix('gongxiang.platform.')}`", ""]
        lines += ["| name | says | basis | what to do |", "|---|---|---|---|"]
        for one in group:
            said = " ".join((one.__doc__ or "").split("\n\n")[0].split())
            lines.append(f"| {one.__name__} | {said} | {', '.join(one.basis)} | {one.next_step} |")
    return "\n".join(lines)


def _below(base: type) -> Iterator[type]:
    for one in base.__subclasses__():
        yield one
        yield from _below(one)


def commands() -> str:
    """The command line."""
    from gongxiang.cli import COMMANDS

    lines = ["# Commands", "", "`gongxiang COMMAND --help` says the same at the terminal."]
    for name, (module, text) in sorted(COMMANDS.items()):
        parser = argparse.ArgumentParser(prog=f"gongxiang {name}", description=text, add_help=False)
        importlib.import_module(module).add_arguments(parser)
        lines += ["", f"## `gongxiang {name}`", "", f"{text[0].upper()}{text[1:]}.", *_options(parser, name)]
    return "\n".join(lines)


def _options(parser: argparse.ArgumentParser, name: str) -> Iterator[str]:
    rows = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for act, inner in action.choices.items():
                yield from ("", f"### `gongxiang {name} {act}`")
                yield from _options(inner, f"{name} {act}")
        elif not isinstance(action, argparse._HelpAction):
            shown = ", ".join(action.option_strings) or action.dest
            if action.option_strings and action.nargs != 0:
                shown += f" {action.metavar or action.dest.upper()}"
            rows.append(f"| `{shown}` | {action.help or ''} |")
    if rows:
        yield from ("", "| argument | what |", "|---|---|", *rows)


PAGES: dict[str, Callable[[], str]] = {
    "articles.md": articles,
    "commands.md": commands,
    "doors.md": doors,
    "refusals.md": refusals,
    "states.md": states,
}
