"""The code scheme: generated, of the guide's shape, refusing what is not a classification."""

import pytest

from gongxiang.platform.catalogue import codes

SCHEME = codes.get_scheme()


@pytest.mark.parametrize(
    ("classification", "department", "number", "code"),
    [
        pytest.param("307", 15, 1, "307015/000001", id="departmental-takes-the-departments-number"),
        pytest.param("101", 15, 1, "101000/000001", id="base-data-stops-at-the-item"),
        pytest.param("205", 3, 1_000_000, "205000/1000000", id="the-sequence-grows"),
        pytest.param("307015", 99, 7, "307015/000007", id="a-full-class-is-kept"),
        pytest.param("10100101A", 99, 7, "10100101A/000007", id="with-detail"),
    ],
)
def test_code_has_the_guides_shape(classification, department, number, code):
    prefix = SCHEME.prefix(classification=classification, department_number=department)
    assert SCHEME.code(prefix=prefix, number=number) == code
    assert SCHEME.matches(code)


@pytest.mark.parametrize("classification", ["", "4", "407", "30", "3070", "30701a", "307 15", "３０７"])
def test_malformed_classification_gets_no_code(classification):
    with pytest.raises(ValueError, match="malformed classification"):
        SCHEME.prefix(classification=classification, department_number=1)


@pytest.mark.parametrize("code", ["", "307015", "307015/", "/000001", "407015/000001", "307015/00-1"])
def test_what_is_no_code(code):
    assert not SCHEME.matches(code)


def test_unknown_scheme_is_named():
    with pytest.raises(codes.UnknownScheme, match="db15"):
        codes.get_scheme("db15-t-1875@1")
