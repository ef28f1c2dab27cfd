"""How a view of the API is described, read and answered: the document is made from this."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import msgspec
from flask import Blueprint, Response, request

from web.problems import BadRequest, Fault

LARGEST_PART: Final = 100
blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

View = TypeVar("View", bound=Callable[..., Any])
Shape = TypeVar("Shape", bound=msgspec.Struct)
TEXT: Final = {"type": "string"}
YES: Final = {"type": "string", "enum": ["yes"]}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter behind the ?, its JSON Schema; *many*: it may be given several times."""

    name: str
    about: str
    schema: dict[str, Any] = field(default_factory=lambda: dict(TEXT))
    required: bool = False
    many: bool = False


LIMIT: Final = Parameter(
    "limit",
    "how many at most",
    {"type": "integer", "minimum": 1, "maximum": LARGEST_PART, "default": 10},
)
CURSOR: Final = Parameter("cursor", "the `next` of the part before")


@dataclass(frozen=True, slots=True)
class Described:
    """What a view takes and answers; *refusals* are the statuses of its problems."""

    answer: type[msgspec.Struct] | None
    parameters: tuple[Parameter, ...] = ()
    body: type[msgspec.Struct] | None = None
    status: int = 200
    refusals: tuple[int, ...] = ()


def describe(
    answer: type[msgspec.Struct] | None,
    *parameters: Parameter,
    body: type[msgspec.Struct] | None = None,
    status: int = 200,
    refusals: Iterable[int] = (),
) -> Callable[[View], View]:
    """Say what a view takes and answers; it stands below the route."""

    def mark(view: View) -> View:
        view.described = Described(  # type: ignore[attr-defined]
            answer, parameters, body, status, tuple(refusals)
        )
        return view

    return mark


def check_parameters(known: Iterable[Parameter]) -> None:
    """Raise BadRequest for parameters that are not *known*, missing, or given too often."""
    by_name = {one.name: one for one in known}
    faults = [
        Fault(name[:80], "is no parameter of this address")
        for name in request.args
        if name not in by_name
    ]
    for name, one in by_name.items():
        values = request.args.getlist(name)
        if one.required and not any(values):
            faults.append(Fault(name, "is missing"))
        if len(values) > 1 and not one.many:
            faults.append(Fault(name, "may be given once"))
        if choices := one.schema.get("enum"):
            faults += [
                Fault(name, f"“{value[:40]}” is none of: {', '.join(choices)}")
                for value in values
                if value not in choices
            ]
        if one.schema.get("type") == "integer":
            faults += [
                Fault(name, f"“{value[:40]}” is no whole number {_within(one.schema)}")
                for value in values
                if not _is_within(value, one.schema)
            ]
    if faults:
        raise BadRequest(*faults)


def _within(schema: dict[str, Any]) -> str:
    most = schema.get("maximum")
    return f"from {schema['minimum']}" + (f" to {most}" if most else " on")


def _is_within(text: str, schema: dict[str, Any]) -> bool:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        return False
    return bool(schema["minimum"] <= int(text) <= schema.get("maximum", 999_999))


def limit() -> int:
    """Return how many are asked for; `check_parameters` saw to it that it is a number."""
    return int(request.args.get("limit", 10))


def body_as(shape: type[Shape]) -> Shape:
    """Read the body as *shape*. Raises BadRequest: 415 for what is not JSON, 400 for the rest."""
    if request.mimetype != "application/json":
        raise BadRequest(Fault("Content-Type", "must be application/json"), status=415)
    try:
        return msgspec.json.decode(request.get_data(), type=shape)
    except msgspec.ValidationError as error:
        # msgspec says "… - at `$.name`".
        reason, _, place = str(error).partition(" - at `$")
        raise BadRequest(Fault(place.strip("`.") or "body", reason)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(Fault("body", f"is not JSON: {error}")) from error


def answered(answer: msgspec.Struct, status: int = 200, location: str | None = None) -> Response:
    """Return *answer* as JSON."""
    response = Response(msgspec.json.encode(answer), status, content_type="application/json")
    if location:
        response.headers["Location"] = location
    return response
