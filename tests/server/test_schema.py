"""Schemathesis over the whole description: no server error, and no answer that is not described."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS

from tests.server.conftest import Served

pytestmark = pytest.mark.slow
WANTED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")


def test_no_operation_fails_or_answers_what_is_not_described(writable: Served) -> None:
    client_headers = {"Authorization": f"Bearer {writable.key('fuzz', 'editor', None)}"}
    schema = schemathesis.openapi.from_asgi("/openapi.json", writable.app)
    checks = CHECKS.get_by_names(list(WANTED))
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate], database=None)
        @given(case=operation.as_strategy())
        def each(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=client_headers, checks=checks)

        each()
