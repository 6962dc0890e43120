"""Demo persons are right by form and impossible by date; the divisions are the real ones, all of them."""

from datetime import date

import pytest

from gongxiang.demo.business import divisions, places
from gongxiang.demo.people import check_digit, people


def test_the_standards_own_example():
    assert check_digit("11010519491231002") == "X"


def test_identity_numbers_have_right_check_digits_and_impossible_dates():
    made = list(people(500, [("嘎鲁图镇", "某嘎查")]))
    assert len(made) == 500
    for person in made:
        assert check_digit(person.identity[:17]) == person.identity[17]
        with pytest.raises(ValueError, match="day"):
            date(int(person.identity[6:10]), int(person.identity[10:12]), int(person.identity[12:14]))
        assert person.phone.startswith("100")
        assert len(person.phone) == 11
    assert made == list(people(500, [("嘎鲁图镇", "某嘎查")]))


def test_all_divisions_of_inner_mongolia_are_there():
    levels = [level for _, _, level, _ in divisions()]
    assert (levels.count(3), levels.count(4), levels.count(5)) == (108, 1225, 14592)
    assert len({code for code, *_ in divisions()}) == len(levels)
    assert {township for township, _ in places()} >= {"嘎鲁图镇", "乌审召镇", "图克镇"}
