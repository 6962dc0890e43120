"""What a database superuser does to the evidence is named: the guards are off only for the superuser who does it."""

import json
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, transaction

from gongxiang.platform.evidence import actions, queries, sealing, verification
from gongxiang.platform.evidence.models import EvidenceRecord, Leaf, Root
from gongxiang.platform.kernel.actors import System
from gongxiang.protocol import clock

pytestmark = pytest.mark.django_db(transaction=True)
BY = System(name="test")


def write(count, start=0):
    for n in range(start, start + count):
        with transaction.atomic():
            actions.record_act(kind="thing:done", subject=("thing", n), by=BY, at=clock.now(), trail=[f"case:{n % 2}"])


@pytest.fixture
def superuser(site_database):
    """A superuser's session with all triggers off, as whoever rules the server can have it."""
    with psycopg.connect(site_database.url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


class Sealed(list):
    """Ids of thirteen records sealed as seven and six; `base` is how many the installation itself had sealed before."""

    base = 0


@pytest.fixture
def sealed(site_database):
    sealing.head_file().unlink(missing_ok=True)
    base = sealing.seal(at=clock.now())
    write(7)
    assert sealing.seal(at=clock.now()) == 7
    write(6, start=7)
    assert sealing.seal(at=clock.now()) == 6
    ids = Sealed(EvidenceRecord.objects.filter(kind="thing:done").order_by("id").values_list("id", flat=True))
    ids.base = base
    return ids


def whats(report):
    return {finding.what for finding in report.findings}


def test_untouched_evidence_is_whole_and_the_unsealed_tail_is_counted(sealed):
    write(2, start=20)
    report = verification.verify()
    assert report.whole
    assert (report.records, report.sealed, report.unsealed_tail) == (15 + sealed.base, 13 + sealed.base, 2)


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("model", [EvidenceRecord, Leaf, Root])
def test_the_site_itself_cannot_change_evidence(sealed, statement, model):
    from django.db import connection

    key = model._meta.pk.column
    sql = statement.format(model._meta.db_table, key, key)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert verification.verify().whole


@pytest.mark.parametrize(
    "field", ["actor_name = 'somebody'", "occurred_at = occurred_at - interval '1 day'", 'after = \'{"status": "X"}\'']
)
@pytest.mark.article("wushen-2021-60:4(3)")
def test_an_altered_record_is_named(sealed, superuser, field):
    superuser.execute(f"UPDATE evidence_evidencerecord SET {field} WHERE id = %s", [sealed[4]])
    report = verification.verify()
    assert [(f.what, f.position) for f in report.findings] == [("altered", 4 + sealed.base)]
    assert f"record {sealed[4]}" in report.findings[0].words


def test_an_alteration_with_its_digests_made_anew_is_still_named(sealed, superuser):
    superuser.execute("UPDATE evidence_evidencerecord SET actor_name = 'somebody' WHERE id = %s", [sealed[4]])
    record = EvidenceRecord.objects.get(id=sealed[4])
    digest = verification.record_digest(actions.record_content(record))
    superuser.execute("UPDATE evidence_evidencerecord SET digest = %s WHERE id = %s", [digest, sealed[4]])
    superuser.execute("UPDATE evidence_leaf SET digest = %s WHERE record_id = %s", [digest, sealed[4]])
    assert {"altered", "reordered", "history_rewritten"} <= whats(verification.verify())


def test_a_removed_record_is_named(sealed, superuser):
    superuser.execute("DELETE FROM evidence_evidencerecord WHERE id = %s", [sealed[3]])
    report = verification.verify()
    assert [(f.what, f.position) for f in report.findings] == [("missing", 3 + sealed.base)]


def test_a_record_removed_with_its_leaf_is_named(sealed, superuser):
    superuser.execute("DELETE FROM evidence_evidencerecord WHERE id = %s", [sealed[3]])
    superuser.execute("DELETE FROM evidence_leaf WHERE record_id = %s", [sealed[3]])
    report = verification.verify()
    assert ("missing", 3 + sealed.base) in [(f.what, f.position) for f in report.findings]


def test_an_inserted_record_is_named_and_never_sealed(sealed, superuser):
    columns = (
        "occurred_at, recorded_at, kind, subject_type, subject_id, actor_kind, actor_id, actor_name, basis,"
        " rule_version, before, after, detail, concerns, trail, digest, mac"
    )
    superuser.execute(
        f"INSERT INTO evidence_evidencerecord (uid, {columns})"
        f" SELECT gen_random_uuid(), {columns} FROM evidence_evidencerecord WHERE id = %s",
        [sealed[2]],
    )
    sealing.seal(at=clock.now())
    report = verification.verify()
    assert whats(report) == {"inserted"}
    assert report.sealed == 13 + sealed.base


def test_reordered_records_are_named(sealed, superuser):
    places = [2 + sealed.base, 3 + sealed.base]
    superuser.execute("UPDATE evidence_leaf SET record_id = -record_id WHERE position IN (%s, %s)", places)
    superuser.execute("UPDATE evidence_leaf SET record_id = %s WHERE position = %s", [sealed[3], places[0]])
    superuser.execute("UPDATE evidence_leaf SET record_id = %s WHERE position = %s", [sealed[2], places[1]])
    assert {f.position for f in verification.verify().findings} == set(places)


def test_a_cut_tail_is_found_by_the_head_kept_beside_the_database(sealed, superuser):
    superuser.execute("DELETE FROM evidence_evidencerecord WHERE id > %s", [sealed[6]])
    superuser.execute("DELETE FROM evidence_leaf WHERE position > %s", [6 + sealed.base])
    superuser.execute("DELETE FROM evidence_root WHERE size > %s", [7 + sealed.base])
    findings = verification.verify().findings
    assert [(f.what, f.position) for f in findings] == [("tail_cut", 7 + sealed.base)]
    assert f"places {7 + sealed.base} to {12 + sealed.base}" in findings[0].words


def test_a_cut_tail_is_found_by_a_witness_even_without_the_head(sealed, superuser, tmp_path):
    kept = tmp_path / "roots.jsonl"
    last = queries.latest_root()
    kept.write_text(json.dumps({"size": last.size, "root": last.root}) + "\n")
    sealing.head_file().unlink()
    superuser.execute("DELETE FROM evidence_evidencerecord WHERE id > %s", [sealed[6]])
    superuser.execute("DELETE FROM evidence_leaf WHERE position > %s", [6 + sealed.base])
    superuser.execute("DELETE FROM evidence_root WHERE size > %s", [7 + sealed.base])
    assert verification.verify().whole
    assert whats(verification.verify(witness_files=[kept])) == {"tail_cut"}


def test_a_forged_root_is_named(sealed, superuser):
    superuser.execute("UPDATE evidence_root SET root = repeat('0', 64) WHERE size = %s", [13 + sealed.base])
    assert "root_forged" in whats(verification.verify())


def test_records_long_unsealed_are_a_finding(sealed, product_clock):
    write(1, start=50)
    product_clock.advance(timedelta(hours=1))
    assert whats(verification.verify()) == {"unsealed"}


class TestProof:
    def test_holds_and_names_what_was_changed(self, sealed):
        uid = str(EvidenceRecord.objects.get(id=sealed[5]).uid)
        proof = json.loads(verification.proof_text(verification.prove(uid=uid)))
        assert verification.check(proof) == []
        assert verification.check({**proof, "record": {**proof["record"], "actor_name": "x"}}) != []
        assert verification.check({**proof, "root": {**proof["root"], "size": 6 + sealed.base}}) != []
        assert verification.check(proof, public_key="sm2:00") == ["the proof is signed by another platform's key"]
        assert verification.check({"x": 1})[0].startswith("this is no proof")

    def test_an_unsealed_record_has_none(self, sealed):
        write(1, start=60)
        with pytest.raises(LookupError):
            verification.prove(uid=str(EvidenceRecord.objects.order_by("-id")[0].uid))


def test_two_sealers_at_once_seal_each_record_once(sealed):
    write(30, start=100)
    import threading

    from django.db import connection

    done = []

    def work():
        done.append(sealing.seal(at=clock.now()))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    sealing.seal(at=clock.now())
    assert sum(done) <= 30
    report = verification.verify()
    assert report.whole
    assert report.sealed == 43 + sealed.base
