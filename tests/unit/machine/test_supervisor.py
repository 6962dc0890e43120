"""Small parts of the supervisor."""

from gongxiang.machine import supervisor


def test_a_log_is_shortened_under_a_program_that_goes_on_writing(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "LOG_LIMIT", 100)
    path = tmp_path / "site.log"
    with path.open("ab", buffering=0) as program:
        program.write(b"x" * 200)
        supervisor.shorten_logs(tmp_path)
        program.write(b"after")
    assert path.read_bytes() == b"after"
    assert (tmp_path / "site.log.1").read_bytes() == b"x" * 200


def test_a_node_runs_only_once_it_is_enrolled(tmp_path):
    config = tmp_path / "a.toml"
    config.write_text('[node]\nname = "n"\nhome = "a"\n', "utf-8")
    assert not supervisor._enrolled(config)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "node.key").write_text("key")
    assert supervisor._enrolled(config)
    config.write_text("not toml [", "utf-8")
    assert not supervisor._enrolled(config)
