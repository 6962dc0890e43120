"""`gongxiang node status` shows the name of the key that the platform operator compares."""

import json
import uuid

import pytest

from gongxiang.cli import main
from gongxiang.protocol.signing import generate


@pytest.fixture
def enrolled(tmp_path):
    """An enrolled node's configuration file and key."""
    key, home = generate(), tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "node.key").write_bytes(key.export())
    (home / "node.key").chmod(0o600)
    names = ("node_id", "node_name", "department_id", "platform_key", "gateway_key")
    (home / "node.json").write_text(json.dumps({name: str(uuid.uuid4()) for name in names}))
    config = tmp_path / "node.toml"
    config.write_text(
        f'[node]\nname = "n"\nhome = "{home}"\n[gateway]\nurl = "https://127.0.0.1:1"\nfingerprint = "{"ab" * 32}"\n'
        '[exchange]\ndsn = "postgresql://nobody@127.0.0.1:1/none"\n'
    )
    return config, key


def test_status_shows_the_keys_name_in_groups_of_four(enrolled, capsys):
    config, key = enrolled
    assert main(["node", "status", "--config", str(config)]) == 1
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("  key: "))
    assert line.removeprefix("  key: ").replace(" ", "") == key.key_id
    assert [len(group) for group in line.removeprefix("  key: ").split()] == [4, 4, 4, 4]


def test_status_gives_it_to_programs_whole(enrolled, capsys):
    config, key = enrolled
    main(["node", "status", "--json", "--config", str(config)])
    assert json.loads(capsys.readouterr().out)["key"] == key.key_id
