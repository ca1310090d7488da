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
LAUNCHER = list((ROOT / "bin/launch").glob("*.py"))
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
    assert too_long(CODE + LAUNCHER, 300) | too_long(TESTS, 500) | too_long(TEMPLATES, 120) == {}


def test_functions_stay_small() -> None:
    long = {
        f"{relative(path)}:{node.name}": length
        for path in CODE + LAUNCHER
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (length := (node.end_lineno or 0) - node.lineno + 1) > 30
    }

    assert long == {}


def test_views_never_read_or_write_models_without_a_scope() -> None:
    """In a view, `Model.objects` is followed by `visible_to`; sites, days off and users are public to the code."""
    views = [path for path in CODE if "views" in relative(path) or path.stem == "pages" or path.stem.endswith("_pages")]
    assert {"healing/set_up/people_pages.py", "healing/demo/pages.py"} <= {relative(path) for path in views}
    bare = []
    for path in views:
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
            and not (isinstance(node.value, ast.Name) and node.value.id in ("Site", "Holiday", "User", "Heartbeat"))
        ]

    assert bare == []


def test_there_is_one_clock_and_one_source_of_ids() -> None:
    elsewhere = [
        f"{relative(path)}:{number}"
        for path in CODE
        if path.name not in ("clock.py", "ids.py", "sealed.py", "accounts.py", "sessions.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if any(
            call in line for call in ("timezone.now(", "datetime.now(", "date.today(", "uuid4(", "secrets.", "urandom(")
        )
    ]

    assert elsewhere == []


def test_status_moves_only_through_a_lifecycle() -> None:
    """Nothing assigns `.status` or updates it, except the mover, and in rooms the acts named below."""
    elsewhere = [
        f"{relative(path)}:{node.lineno}"
        for path in CODE
        if path.name != "transitions.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Attribute) and target.attr == "status" for target in node.targets)
    ]
    updates = {
        f"{relative(path)}:{function.name}"
        for path in CODE
        if path.name != "transitions.py"
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef) and any(map(sets_status, ast.walk(function)))
    }

    assert elsewhere == []
    assert updates == set(IN_A_ROOM)


# What a room shows follows a move at the workbench, or is its person's own answer: a change would be a row at the
# workbench if it went through the mover, and tell there what is a room's own.
IN_A_ROOM = {
    "facilitation/actions/agreements.py:mark": "promises follow the commitment, which moves",
    "facilitation/actions/agreements.py:settle": "said by the person it was promised to, for their own room",
    "facilitation/actions/calling_off.py:tell_off": "attendances follow the conversation, which moved",
    "facilitation/actions/meetings.py:hold": "attendances follow the conversation, which moves",
    "facilitation/actions/followups.py:opt_out": "the person's own answer",
    "facilitation/actions/readiness.py:_answer_follow_up": "the person's own answer",
    "facilitation/due_work.py:followup_letter": "the letter left, in the same transaction",
}


def sets_status(node: ast.AST) -> bool:
    """`rows.update(status=…)`."""
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update"
    return called and any(keyword.arg == "status" for keyword in node.keywords)


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
