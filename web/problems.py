"""Problem details: what went wrong, for programs (RFC 9457)."""

from collections.abc import Sequence
from typing import Final

import msgspec
from flask import Response, request

MEDIA_TYPE: Final = "application/problem+json"


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong: *where* names the parameter or the member of the body."""

    where: str
    reason: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a request was not answered; *errors* name each fault, *hint* says what to do."""

    type: str
    title: str
    status: int
    detail: str = ""
    hint: str = ""
    errors: tuple[Fault, ...] = ()


class BadRequest(Exception):
    """What was sent cannot be read, fault by fault; it is answered with *status*."""

    def __init__(self, *faults: Fault, status: int = 400) -> None:
        self.faults = faults
        self.status = status
        super().__init__(*(f"{fault.where}: {fault.reason}" for fault in faults))


def problem(
    status: int, title: str, detail: str = "", hint: str = "", errors: Sequence[Fault] = ()
) -> Response:
    """Return problem details of the type that says no more than its status."""
    said = Problem("about:blank", title, status, detail, hint, tuple(errors))
    return Response(msgspec.json.encode(said), status, content_type=MEDIA_TYPE)


def wants_problem() -> bool:
    """Whether who asks is a program that reads JSON."""
    return request.path.startswith("/api/") or request.path.endswith(".json")
