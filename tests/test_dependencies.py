"""What Morgue is made of: ranges, locks, reasons and imports say the same."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT: Final = Path(__file__).parent.parent
PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OURS: Final = {"archive", "indexer", "web", "morgue"}


def direct(*extras: str) -> list[Requirement]:
    """Return what pyproject.toml asks for, with that of *extras*."""
    asked = [*PROJECT["dependencies"]]
    for extra in extras:
        asked += PROJECT["optional-dependencies"][extra]
    return [Requirement(one) for one in asked]


def locked(name: str) -> Iterator[tuple[Requirement, int]]:
    """Yield what a lock holds, with the number of its hashes."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            requirement, *hashes = re.split(r"\s+--hash=sha256:", line.strip())
            yield Requirement(requirement), len(hashes)


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ()), ("requirements-test.lock", ("test",))]
)
def test_each_direct_dependency_is_locked_in_a_version_that_is_asked_for(
    lock: str, extras: tuple[str, ...]
) -> None:
    versions: dict[str, list[Version]] = {}
    for requirement, hashes in locked(lock):
        (version,) = requirement.specifier
        assert (version.operator, hashes > 0) == ("==", True), f"{requirement} is not pinned"
        versions.setdefault(canonicalize_name(requirement.name), []).append(
            Version(version.version)
        )
    for asked in direct(*extras):
        for one in versions[canonicalize_name(asked.name)]:
            assert one in asked.specifier, f"make lock: {asked} is not {one}"


def test_tests_run_with_the_versions_that_the_product_is_installed_in() -> None:
    product = {str(requirement) for requirement, _ in locked("requirements.lock")}
    assert product <= {str(requirement) for requirement, _ in locked("requirements-test.lock")}


def test_each_direct_dependency_has_its_reason_on_the_page_of_dependencies() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text()
    listed = re.findall(r"^\| ([\w-]+) \| \S", page, re.MULTILINE)
    assert set(listed) - {"library"} == {one.name for one in direct()}


def test_only_direct_dependencies_are_imported_and_each_of_them_is() -> None:
    owners = packages_distributions()
    imported = {
        canonicalize_name(owner)
        for folder in OURS
        for path in (ROOT / folder).rglob("*.py")
        for module in _imports(path)
        for owner in owners.get(module, [module])
    }
    asked = {canonicalize_name(one.name) for one in direct("train")}
    # Parts of Flask and of scikit-learn; and what trafilatura needs and does not bring.
    assert imported - asked <= {"werkzeug", "jinja2", "markupsafe", "scipy"}
    assert asked - imported == {"lxml-html-clean"}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        else:
            continue
        for name in names:
            top = name.split(".")[0]
            if top not in OURS | sys.stdlib_module_names | {"_typeshed"}:
                yield top
