"""The API answers as its own document says, to what it allows and to what it does not."""

import shutil
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.access import Role
from archive.store import FILE, Store
from tests.examples import examples
from web import create_app

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


@dataclass(frozen=True, slots=True)
class Served:
    """The app, its document, and the header of somebody who may write."""

    app: Flask
    document: Any
    headers: dict[str, str]


@pytest.fixture(scope="module")
def api(_guarded_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    site = Path(shutil.copytree(_guarded_site, tmp_path_factory.mktemp("api") / "site"))
    with Store(site / FILE) as store:
        secret = store.add_token("tests", Role.WRITE)
    # What asks here unpacks nothing.
    headers = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}
    app = create_app(site)
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, headers=headers)
    yield Served(app, document, headers)
    app.extensions["live_index"].close()


def test_every_operation_answers_what_its_document_says(api: Served) -> None:
    operations = [result.ok() for result in api.document.get_all_operations()]
    assert len(operations) > 15
    for operation in operations:
        cases: st.SearchStrategy[schemathesis.Case] = operation.as_strategy()

        @settings(
            max_examples=examples(6),
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        )
        @given(case=cases)
        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=api.headers, checks=CHECKS)

        ask()
