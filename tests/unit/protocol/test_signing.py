"""Signatures and sealed secrets, held against the standards' published vectors (GB/T 32905, 32907, 32918.5)."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB

from gongxiang.protocol import signing, sm2
from gongxiang.protocol.signing import Algorithm, KeyUnusable, SecretDamaged, SoftwareKey

POINT = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SECRET = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA


def test_sm2_verifies_the_signature_that_the_standard_prints():
    assert sm2.verify(POINT, b"message digest", encode_dss_signature(R, S))
    assert not sm2.verify(POINT, b"message digesT", encode_dss_signature(R, S))


def test_sm2_signs_with_the_standards_key():
    assert sm2.verify(POINT, b"x", sm2.sign(SECRET, POINT, b"x"))


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_vectors(message, digest):
    assert hashlib.new("sm3", message).hexdigest() == digest


def test_sm4_vector():
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    encryptor = Cipher(SM4(key), ECB()).encryptor()
    assert encryptor.update(key).hex() == "681edf34d206965e86b3e94f536e4246"


@pytest.mark.parametrize("algorithm", list(Algorithm))
class TestKeys:
    def test_signature_holds_for_its_data_and_key_alone(self, algorithm):
        key, other = signing.generate(algorithm), signing.generate(algorithm)
        signature = key.sign("数据".encode())
        assert signing.verify(key.public_key, "数据".encode(), signature)
        assert not signing.verify(key.public_key, b"other", signature)
        assert not signing.verify(other.public_key, "数据".encode(), signature)

    def test_stored_key_comes_back(self, algorithm):
        key = signing.generate(algorithm)
        again = SoftwareKey.load(key.export())
        assert again == key
        assert again.key_id == signing.key_id(key.public_key)
        assert key.secret.hex() not in repr(key)

    def test_mixed_up_key_is_refused(self, algorithm):
        one, two = signing.generate(algorithm), signing.generate(algorithm)
        mixed = SoftwareKey(algorithm=algorithm, secret=one.secret, point=two.point)
        with pytest.raises(KeyUnusable):
            SoftwareKey.load(mixed.export())


@pytest.mark.parametrize("public_key", ["", "sm2:", "sm2:00", "rsa:00", "ed25519:zz", "sm2:04" + "00" * 64])
def test_malformed_public_key_verifies_nothing(public_key):
    assert not signing.verify(public_key, b"x", base64.b64encode(b"x").decode())


def test_malformed_stored_key_is_refused():
    with pytest.raises(KeyUnusable):
        SoftwareKey.load(b"nonsense")


class TestSealedSecrets:
    master = b"m" * 32

    def test_comes_back_only_under_its_master_key_and_context(self):
        sealed = signing.seal_secret(self.master, b"secret", "grant-key")
        assert b"secret" not in sealed
        assert signing.open_secret(self.master, sealed, "grant-key") == b"secret"
        for master, context in ((b"n" * 32, "grant-key"), (self.master, "officer-key")):
            with pytest.raises(SecretDamaged):
                signing.open_secret(master, sealed, context)

    @pytest.mark.parametrize("position", [0, 5, 20, 30])
    def test_altered_secret_is_refused(self, position):
        sealed = bytearray(signing.seal_secret(self.master, b"secret", "grant-key"))
        sealed[position] ^= 1
        with pytest.raises(SecretDamaged):
            signing.open_secret(self.master, bytes(sealed), "grant-key")

    def test_short_text_is_refused(self):
        with pytest.raises(SecretDamaged):
            signing.open_secret(self.master, b"\x01abc", "grant-key")
