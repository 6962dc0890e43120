"""The node's configuration file: every mistake is named with file, section and key."""

from pathlib import Path

import pytest

from gongxiang.node import config
from gongxiang.node.errors import ConfigurationWrong

GOOD = """
[node]
name = "民政局前置机"
home = "state"
[gateway]
url = "https://10.0.0.1:8603/"
fingerprint = "AB:{}"
[source]
dsn = "postgresql://source"
[exchange]
dsn = "postgresql://exchange"
""".format(":".join(["cd"] * 31))


def write(folder: Path, text: str) -> Path:
    path = folder / "node.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_is_read(tmp_path: Path) -> None:
    found = config.load(write(tmp_path, GOOD))
    assert (found.name, found.home, found.gateway_url) == ("民政局前置机", tmp_path / "state", "https://10.0.0.1:8603")
    assert found.fingerprint == "ab" + "cd" * 31
    assert "postgresql" not in repr(found)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('name = "民政局前置机"\n', ""), "lacks name in [node]"),
        (("[exchange]", "[exchanges]"), "lacks the section [exchange]"),
        (("[source]", "[sauce]"), "unknown section [sauce]"),
        (("https://", "http://"), "[gateway] url must be https"),
        (("AB:", "XY:"), "64 hexadecimal digits"),
        (('home = "state"', 'home = "state"\ncolour = "red"'), "does not know colour"),
        (('home = "state"', 'home = "state"\nlog_level = "loud"'), "log_level must be"),
        (("[node]", "[node"), "cannot be read"),
    ],
    ids=["name", "exchange", "section", "http", "fingerprint", "key", "level", "toml"],
)
def test_a_mistake_is_named(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    path = write(tmp_path, GOOD.replace(*change))
    with pytest.raises(ConfigurationWrong) as caught:
        config.load(path)
    assert words in caught.value.message
    assert str(path) in caught.value.message
