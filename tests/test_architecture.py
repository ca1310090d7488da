"""The repository, held to its own rules."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parent.parent
APPS = ["healing", "cases", "facilitation", "support", "reports"]
CODE = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
TESTS = list((ROOT / "tests").rglob("*.py"))
TEMPLATES = list((ROOT / "templates").rglob("*.html"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def too_long(paths: list[Path], most: int) -> dict[str, int]:
    lines = {relative(path): len(path.read_text().splitlines()) for path in paths}
    return {path: count for path, count in lines.items() if count > most}


def test_imports_point_one_way() -> None:
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_files_stay_small() -> None:
    assert too_long(CODE, 300) | too_long(TESTS, 500) | too_long(TEMPLATES, 120) == {}


def test_functions_stay_small() -> None:
    long = {
        f"{relative(path)}:{node.name}": length
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (length := (node.end_lineno or 0) - node.lineno + 1) > 30
    }

    assert long == {}


def test_views_never_read_or_write_models_without_a_scope() -> None:
    """In a view, `Model.objects` is followed by `visible_to`; sites and users are public to the code."""
    bare = []
    for path in CODE:
        if "views" not in relative(path):
            continue
        tree = ast.parse(path.read_text())
        scoped = {
            id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "visible_to"
        }
        bare += [
            f"{relative(path)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and node.attr in ("objects", "_default_manager", "_base_manager")
            and id(node) not in scoped
            and not (isinstance(node.value, ast.Name) and node.value.id in ("Site", "User", "Heartbeat"))
        ]

    assert bare == []


def test_there_is_one_clock_and_one_source_of_ids() -> None:
    elsewhere = [
        f"{relative(path)}:{number}"
        for path in CODE
        if path.name not in ("clock.py", "ids.py", "sealed.py", "accounts.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if any(
            call in line for call in ("timezone.now(", "datetime.now(", "date.today(", "uuid4(", "secrets.", "urandom(")
        )
    ]

    assert elsewhere == []


def test_status_moves_only_through_a_lifecycle() -> None:
    """Nothing assigns `.status` except the mover."""
    elsewhere = [
        f"{relative(path)}:{node.lineno}"
        for path in CODE
        if path.name != "transitions.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Attribute) and target.attr == "status" for target in node.targets)
    ]

    assert elsewhere == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
