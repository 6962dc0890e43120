"""SM2 with SM3 (GB/T 32918) through the system's OpenSSL 3: keys, signatures, verification; for `protocol.signing` alone.

A key is its 32-byte secret number and its uncompressed 65-byte public point. The signer's identity is the standard's default.
"""

import ctypes
import functools
import threading
import weakref

#: The identity that GB/T 35276 gives for signatures where the parties have agreed none.
IDENTITY = b"1234567812345678"

_ALGORITHM = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
_P = ctypes.c_void_p
_S = ctypes.c_size_t


class CryptoUnavailable(RuntimeError):
    """OpenSSL 3 with SM2 was not found: install libssl3."""


@functools.cache
def _library() -> ctypes.CDLL:
    for name in ("libcrypto.so.3", "libcrypto.3.dylib"):
        try:
            lib = ctypes.CDLL(name)
            break
        except OSError:
            continue
    else:
        raise CryptoUnavailable(CryptoUnavailable.__doc__)
    for function, result, arguments in (
        ("EVP_PKEY_Q_keygen", _P, [_P, ctypes.c_char_p, ctypes.c_char_p]),
        ("EVP_PKEY_get_octet_string_param", ctypes.c_int, [_P, ctypes.c_char_p, _P, _S, ctypes.POINTER(_S)]),
        ("EVP_PKEY_get_bn_param", ctypes.c_int, [_P, ctypes.c_char_p, ctypes.POINTER(_P)]),
        ("BN_bn2binpad", ctypes.c_int, [_P, _P, ctypes.c_int]),
        ("BN_clear_free", None, [_P]),
        ("d2i_AutoPrivateKey", _P, [_P, ctypes.POINTER(ctypes.c_char_p), ctypes.c_long]),
        ("d2i_PUBKEY", _P, [_P, ctypes.POINTER(ctypes.c_char_p), ctypes.c_long]),
        ("EVP_MD_CTX_new", _P, []),
        ("EVP_MD_CTX_free", None, [_P]),
        ("EVP_DigestSignInit_ex", ctypes.c_int, [_P, ctypes.POINTER(_P), ctypes.c_char_p, _P, _P, _P, _P]),
        ("EVP_DigestVerifyInit_ex", ctypes.c_int, [_P, ctypes.POINTER(_P), ctypes.c_char_p, _P, _P, _P, _P]),
        ("EVP_PKEY_CTX_set1_id", ctypes.c_int, [_P, ctypes.c_char_p, ctypes.c_int]),
        ("EVP_DigestSign", ctypes.c_int, [_P, _P, ctypes.POINTER(_S), ctypes.c_char_p, _S]),
        ("EVP_DigestVerify", ctypes.c_int, [_P, ctypes.c_char_p, _S, ctypes.c_char_p, _S]),
        ("EVP_PKEY_free", None, [_P]),
        ("ERR_clear_error", None, []),
    ):
        pointer = getattr(lib, function)
        pointer.restype, pointer.argtypes = result, arguments
    return lib


class _Key:
    """An EVP_PKEY that lives as long as this object."""

    def __init__(self, pointer: int | None, why: str) -> None:
        if not pointer:
            _library().ERR_clear_error()
            raise ValueError(why)
        self.pointer = pointer
        weakref.finalize(self, _library().EVP_PKEY_free, pointer).atexit = False


def generate() -> tuple[bytes, bytes]:
    """A new key: (secret, 32 bytes; public point, 65 bytes)."""
    lib = _library()
    key = _Key(lib.EVP_PKEY_Q_keygen(None, None, b"SM2"), "SM2 is not offered by this OpenSSL")
    number = _P()
    if lib.EVP_PKEY_get_bn_param(key.pointer, b"priv", ctypes.byref(number)) != 1:
        raise CryptoUnavailable(CryptoUnavailable.__doc__)
    secret = ctypes.create_string_buffer(32)
    lib.BN_bn2binpad(number, secret, 32)
    lib.BN_clear_free(number)
    point, length = ctypes.create_string_buffer(65), _S()
    lib.EVP_PKEY_get_octet_string_param(key.pointer, b"pub", point, 65, ctypes.byref(length))
    return secret.raw, point.raw


def _parse(reader: str, der: bytes, why: str) -> _Key:
    buffer = ctypes.c_char_p(der)
    return _Key(getattr(_library(), reader)(None, ctypes.byref(buffer), len(der)), why)


@functools.lru_cache(maxsize=64)
def _private(secret: bytes, public: bytes) -> _Key:
    inner = b"\x02\x01\x01\x04\x20" + secret + b"\xa1\x44\x03\x42\x00" + public
    inner = b"\x04" + bytes([len(inner) + 2]) + b"\x30" + bytes([len(inner)]) + inner
    whole = b"\x02\x01\x00" + _ALGORITHM + inner
    return _parse("d2i_AutoPrivateKey", b"\x30\x81" + bytes([len(whole)]) + whole, "not an SM2 secret")


@functools.lru_cache(maxsize=1024)
def _public(public: bytes) -> _Key:
    return _parse("d2i_PUBKEY", b"\x30\x59" + _ALGORITHM + b"\x03\x42\x00" + public, "not a point of the SM2 curve")


_lock = threading.Lock()


def sign(secret: bytes, public: bytes, data: bytes) -> bytes:
    """The DER signature of `data`; raises ValueError for an unusable key."""
    lib = _library()
    with _lock:
        key = _private(secret, public)
    context, details = lib.EVP_MD_CTX_new(), _P()
    try:
        lib.EVP_DigestSignInit_ex(context, ctypes.byref(details), b"SM3", None, None, key.pointer, None)
        lib.EVP_PKEY_CTX_set1_id(details, IDENTITY, len(IDENTITY))
        out, length = ctypes.create_string_buffer(96), _S(96)
        if lib.EVP_DigestSign(context, out, ctypes.byref(length), data, len(data)) != 1:
            lib.ERR_clear_error()
            raise ValueError("this key cannot sign")
        return out.raw[: length.value]
    finally:
        lib.EVP_MD_CTX_free(context)


def verify(public: bytes, data: bytes, signature: bytes) -> bool:
    """Whether `signature` (DER) is of `data` by the holder of `public`; raises ValueError if `public` is no point."""
    lib = _library()
    with _lock:
        key = _public(public)
    context, details = lib.EVP_MD_CTX_new(), _P()
    try:
        lib.EVP_DigestVerifyInit_ex(context, ctypes.byref(details), b"SM3", None, None, key.pointer, None)
        lib.EVP_PKEY_CTX_set1_id(details, IDENTITY, len(IDENTITY))
        answer = lib.EVP_DigestVerify(context, signature, len(signature), data, len(data))
        if answer != 1:
            lib.ERR_clear_error()
        return bool(answer == 1)
    finally:
        lib.EVP_MD_CTX_free(context)
