"""Unified social credit codes (GB 32100-2015): checked position by position, for everybody who types one; knows no register."""

from gongxiang.platform.parties.errors import CreditCodeWrong

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_LENGTH = 18


def check_credit_code(text: str) -> str:
    """The code in capitals without spaces; raises CreditCodeWrong, which names the first position that cannot be right."""
    code = "".join(text.split()).upper()
    if len(code) != _LENGTH:
        raise CreditCodeWrong(
            "A unified social credit code has 18 characters; this one has {length}.", field="credit_code", length=len(code)
        )
    for position, character in enumerate(code, start=1):
        if character not in ALPHABET:
            raise CreditCodeWrong(
                "Position {position} of the credit code is “{character}”: only digits and letters without I, O, S, V, Z occur.",
                field="credit_code", position=position, character=character,
            )  # fmt: skip
        if 3 <= position <= 8 and not character.isdigit():
            raise CreditCodeWrong(
                "Position {position} of the credit code is “{character}”: positions 3 to 8 are the digits of a division code.",
                field="credit_code", position=position, character=character,
            )  # fmt: skip
    if code[16] != _organisation_check(code[8:16]):
        raise CreditCodeWrong(
            "Position {position} of the credit code does not fit positions 9 to 16: one of these characters is mistyped.",
            field="credit_code", position=17,
        )  # fmt: skip
    if code[17] != _check(code[:17]):
        raise CreditCodeWrong(position=_LENGTH, field="credit_code")
    return code


def complete_credit_code(first: str) -> str:
    """The whole code for its first sixteen characters; for tests and demonstrations, which may not use a living body's code."""
    first = first.upper() + _organisation_check(first.upper()[8:16])
    return first + _check(first)


def _organisation_check(body: str) -> str:
    # GB 11714: letters count from A = 10 in the plain alphabet, not in that of GB 32100.
    rest = 11 - sum(weight * int(character, 36) for weight, character in zip(_ORGANISATION_WEIGHTS, body, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def _check(first: str) -> str:
    total = sum(weight * ALPHABET.index(character) for weight, character in zip(_WEIGHTS, first, strict=True))
    return ALPHABET[(31 - total % 31) % 31]
