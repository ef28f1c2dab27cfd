"""The API answers as its own document says, to what it allows and to what it does not."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings

from archive.access import Role
from archive.store import FILE, Store
from web import create_app

pytest.importorskip("schemathesis", reason="pip install '.[test]' brings schemathesis")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture
def api(guarded_site: Path) -> Iterator[tuple[Flask, str]]:
    with Store(guarded_site / FILE) as store:
        secret = store.add_token("tests", Role.WRITE)
    app = create_app(guarded_site)
    app.extensions["secret"] = secret
    yield app, secret
    app.extensions["live_index"].close()


@pytest.fixture
def document(api: tuple[Flask, str]) -> schemathesis.BaseSchema:
    app, secret = api
    headers = {"Authorization": f"Bearer {secret}"}
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, headers=headers)


schema = schemathesis.pytest.from_fixture("document")


@schema.parametrize()
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_answers_are_what_the_document_says(
    case: schemathesis.Case, api: tuple[Flask, str]
) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {api[1]}"}, checks=CHECKS)
