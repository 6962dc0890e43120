"""The description of the interface is OpenAPI as its own standard has it, and names each operation once."""

import json
from collections import Counter

import openapi_spec_validator

from gongxiang.platform.http_api import api


def test_the_description_is_valid_openapi():
    openapi_spec_validator.validate(json.loads(json.dumps(api.description())))


def test_each_operation_has_a_name_of_its_own():
    names = Counter(one["operationId"] for path in api.description()["paths"].values() for one in path.values())
    assert [name for name, count in names.items() if count > 1] == []
