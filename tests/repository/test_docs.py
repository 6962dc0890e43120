"""Documents: both READMEs say the same commands, decisions are numbered and begin with the decision, links lead somewhere."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from gongxiang.machine.messages import catalogue_files

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
SETTINGS = {
    "GONGXIANG_HOME",
    "GONGXIANG_PORT",
    "GONGXIANG_DATABASE_URL",
    "GONGXIANG_CLOCK_OFFSET",
    "GONGXIANG_NO_APT",
    "GONGXIANG_MASTER_KEY_FILE",
    "GONGXIANG_ORDER_LEASE",
    "GONGXIANG_HOSTS",
    "GONGXIANG_GATEWAY_HOST",
    "GONGXIANG_HTTPS",
    "GONGXIANG_PUBLIC_CATALOGUE",
    "GONGXIANG_SEARCH_INDEX_FROM",
    "GONGXIANG_SMTP_URL",
    "GONGXIANG_WEBHOOK_NETWORKS",
}


#: Set by the programs for each other, or heeded in tests only.
OURS = {"PROFILE", "SITE_DATABASE_URL", "GATEWAY_DATABASE_URL", "SITE_SECRET", "KILL_AT"}


def commands(name: str) -> list[str]:
    """Every line of every shell block, without its comment."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    return [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def test_both_readmes_give_the_same_commands():
    assert commands("README.md") == commands("README.zh-CN.md")
    assert "make run" in commands("README.md")
    assert "make test" in commands("README.md")


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_readmes_list_every_setting(name):
    assert set(re.findall(r"^\| `(GONGXIANG_\w+)`", (ROOT / name).read_text("utf-8"), re.MULTILINE)) == SETTINGS


def test_every_setting_is_read_by_the_product():
    text = "\n".join(path.read_text("utf-8") for path in [*(ROOT / "src").glob("**/*.py"), *(ROOT / "tools").glob("*.py")])
    assert {name for name in SETTINGS if name not in text} == set()


def test_every_variable_that_the_product_reads_is_explained():
    sources = [path.read_text("utf-8") for path in (ROOT / "src").glob("**/*.py")]
    read = {name for text in sources for name in re.findall(r"""["']GONGXIANG_([A-Z_]+)["']""", text)}
    read |= {name.upper() for group in (settings.SIGN_IN, settings.INTERFACES) for name in group}
    told = (ROOT / "README.md").read_text("utf-8") + (ROOT / "docs" / "how-to" / "install.md").read_text("utf-8")
    assert {name for name in read - OURS if f"`GONGXIANG_{name}`" not in told} == set()


def test_the_makefile_has_every_command_of_the_readmes():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {command.split()[1] for command in commands("README.md") if command.startswith("make ")} <= targets
    assert {"run", "test", "check", "bench", "faults", "reset", "help"} <= targets


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_a_decision_begins_with_the_decision(path):
    lines = path.read_text("utf-8").splitlines()
    number = path.name.split("-")[0]
    assert re.match(rf"# {int(number)}\. \S", lines[0]), "the heading carries the file's number"
    parts = re.findall(r"^(?:## |\*\*)(Decision|Why|Consequences|Rejected)\b", "\n".join(lines), re.MULTILINE)
    assert parts == ["Decision", "Why", "Consequences", "Rejected"]
    assert len(lines) <= 60, "half a page"


def test_decisions_are_numbered_without_gaps():
    assert [int(path.name.split("-")[0]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_links_between_documents_lead_somewhere():
    broken = []
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md"), *(ROOT / "src").glob("**/README.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            if not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)} -> {target}")
    assert not broken


def test_every_document_stands_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    found = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").glob("*/*.md")]
    assert [name for name in found if not name.startswith("decisions/") and f"({name})" not in index] == []


def test_every_room_says_what_it_is():
    rooms = [path.parent for path in (ROOT / "src" / "gongxiang" / "platform").glob("*/actions*")]
    missing = [room.name for room in rooms if not (room / "README.md").exists()]
    assert not missing, "a room's README: purpose, articles, states, doors"


def shown_in_chinese():
    """Every text of the catalogues."""
    for path in catalogue_files():
        with path.open("rb") as file:
            for message in read_po(file):
                yield from [message.string] if isinstance(message.string, str) else message.string


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "how-to").glob("*.md")), ids=lambda path: path.name)
def test_a_how_to_names_buttons_and_pages_as_they_are_named(path):
    chinese = "\n".join(shown_in_chinese())
    bold = re.findall(r"\*\*([^*]+)\*\*", path.read_text("utf-8"))
    named = [part for words in bold for part in re.split(r" → |[,，、/]", words)]
    wanted = {part.strip(" 。：:") for part in named if re.search(r"[\u4e00-\u9fff]", part)}
    assert {words for words in wanted if words not in chinese} == set()
