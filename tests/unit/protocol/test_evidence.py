"""The Merkle tree of the evidence (RFC 9162 shape)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.protocol.evidence import (
    EMPTY_ROOT,
    Tree,
    authenticate,
    inclusion_path,
    node_digest,
    record_digest,
    root_from_path,
    root_of,
    sm3,
)

LEAVES = [sm3(bytes([n])) for n in range(40)]


def naive_root(leaves):
    """The definition of RFC 9162, 2.1.1, word by word."""
    if not leaves:
        return sm3(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_digest(naive_root(leaves[:split]), naive_root(leaves[split:]))


@pytest.mark.parametrize("size", range(40))
def test_the_growing_tree_gives_the_defined_root(size):
    assert root_of(LEAVES[:size]) == naive_root(LEAVES[:size])


def test_empty_tree():
    assert Tree().root == EMPTY_ROOT == sm3(b"")


@given(st.integers(1, 40), st.data())
def test_every_leaf_has_a_path_and_no_other_leaf_fits_it(size, data):
    position = data.draw(st.integers(0, size - 1))
    path = inclusion_path(LEAVES[:size], position)
    root = root_of(LEAVES[:size])
    assert root_from_path(LEAVES[position], position, size, path) == root
    assert root_from_path(sm3(b"other"), position, size, path) != root


@pytest.mark.parametrize(("position", "size", "path"), [(5, 5, []), (-1, 5, []), (0, 1, [sm3(b"x")]), (0, 4, [sm3(b"x")])])
def test_a_path_that_does_not_fit_leads_nowhere(position, size, path):
    assert root_from_path(LEAVES[0], position, size, path) is None


def test_a_place_outside_the_tree_has_no_path():
    with pytest.raises(IndexError):
        inclusion_path(LEAVES[:3], 3)


def test_digests_depend_on_content_and_key():
    assert record_digest({"a": 1}) != record_digest({"a": 2})
    assert authenticate(b"k", b"a", b"bc") != authenticate(b"k", b"ab", b"c")
    assert authenticate(b"k", b"a") != authenticate(b"l", b"a")
