"""What stands where, and what may stand in it: the top level, thin pages, SQL without a clock, locks without addresses."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import duckdb
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]

TOP_LEVEL = set(
    "app.py pages queries data tests pyproject.toml README.md leadquality docs Makefile .ci .streamlit CHANGELOG.md "
    "CONTRIBUTING.md LICENSE requirements.txt requirements-dev.txt requirements-bench.txt .gitignore".split()
)

# Put together here, so that this file does not hold what it forbids.
REGISTRY_HOSTS = [
    name + "." + end
    for name, end in [
        ("pypi", "org"),
        ("files.pythonhosted", "org"),
        ("registry.npmjs", "org"),
        ("registry.yarnpkg", "com"),
        ("deb.debian", "org"),
        ("proxy.golang", "org"),
        ("conda.anaconda", "org"),
    ]
]
MACHINE_PATH = re.compile(r"(?<![\w.~<>}-])/(?:" + "|".join(("work", "home", "root", "Users")) + r")/\w")
ADDRESS_LOCKS = set(
    "uv.lock poetry.lock pdm.lock Pipfile.lock pylock.toml package-lock.json yarn.lock".split()
)


# ---------------------------------------------------------------- the tree


@cache
def tracked() -> tuple[str, ...]:
    """Files of the checkout that git tracks or would: relative paths, git-ignored ones left out."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"not a git checkout, so what belongs to the project cannot be told: {error}")
    return tuple(path for path in listing.split("\0") if path and (ROOT / path).is_file())


def test_the_top_level_holds_what_the_plan_names_and_nothing_else():
    assert {path.split("/")[0] for path in tracked()} - TOP_LEVEL == set()


def test_nothing_of_the_top_level_is_missing():
    assert TOP_LEVEL - {path.split("/")[0] for path in tracked()} == set()


def test_no_page_stands_at_the_top_of_pages():
    # There Streamlit would run it without app.py after a restart (reliability.md, 3.2).
    assert sorted(path.name for path in (ROOT / "pages").glob("*.py")) == []


def test_every_kpi_has_its_test_file():
    kpis = {path.stem for path in (ROOT / "queries" / "kpis").glob("*.sql")}
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests" / "kpis").glob("test_*.py")}
    assert kpis, "queries/kpis is empty"
    assert kpis - tested == set()


def test_every_report_is_asked_by_a_test():
    reports = {path.stem for path in (ROOT / "queries" / "reports").glob("*.sql")}
    told = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "reports").glob("test_*.py"))
    assert reports, "queries/reports is empty"
    assert {report for report in reports if f'"{report}"' not in told} == set()


# ---------------------------------------------------------------- addresses and paths


def addresses(path: str, text: str) -> list[str]:
    """Registry hosts and absolute paths of one machine, as `path:line: what`."""
    return [
        f"{path}:{number}: {what}"
        for number, line in enumerate(text.splitlines(), start=1)
        for what in [
            *(host for host in REGISTRY_HOSTS if host in line),
            *(found.group(0) for found in MACHINE_PATH.finditer(line)),
        ]
    ]


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    found = []
    for path in tracked():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content[:8192]:
            found += addresses(path, content.decode("utf-8", "replace"))
    assert found == []


def test_no_lock_that_records_addresses():
    assert sorted(path for path in tracked() if Path(path).name in ADDRESS_LOCKS) == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("--index-url https://" + "pypi" + ".org/simple", "pypi" + ".org"),
        ("url = 'https://files." + "pythonhosted.org/x.whl'", "files.pythonhosted" + ".org"),
        ("see /" + "work/main/app.py", "/" + "work/m"),
        ('open("/' + 'home/ann/leads.csv")', "/" + "home/a"),
        ("/" + "Users/ann/leads.csv", "/" + "Users/a"),
    ],
)
def test_an_address_is_reported_with_file_and_line(line, what):
    assert addresses("docs/x.md", f"fine\n{line}\n") == [f"docs/x.md:2: {what}"]


@pytest.mark.parametrize(
    "line",
    ["docs/home/start.md", "http://localhost:8501/work/x", "~/work/x", "/usr/bin/chromium", "network/"],
)
def test_a_path_of_the_project_or_of_any_machine_is_let_through(line):
    assert addresses("docs/x.md", line) == []


# ---------------------------------------------------------------- requirements


def pins(name: str) -> dict[str, str]:
    """Package to version of a requirements file; every line that pins must carry hashes and nothing but a pin."""
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    loose = [
        line
        for line in lines
        if not re.match(r"[a-z0-9][a-z0-9.\-]*==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
    ]
    assert loose == []
    return dict(line.split(" ", 1)[0].split("==") for line in lines)


def test_running_and_testing_use_the_same_versions():
    running, testing = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: testing.get(name) for name in running} == running
    measuring = pins("requirements-bench.txt")
    assert {name: testing.get(name, version) for name, version in measuring.items()} == measuring


def test_the_pins_are_what_pyproject_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = {
        "requirements.txt": project["project"]["dependencies"],
        "requirements-dev.txt": project["dependency-groups"]["dev"],
        "requirements-bench.txt": project["dependency-groups"]["bench"],
    }
    unmet = [
        f"{name}: {text} (run make lock)"
        for name, texts in wanted.items()
        for text in texts
        for requirement in [Requirement(text)]
        if not requirement.specifier.contains(pins(name).get(requirement.name, "0"))
    ]
    assert unmet == []


# ---------------------------------------------------------------- pages

SQL = re.compile(
    r"\bselect\s+(distinct\s+)?(\*|[\w.\"]+\s*(,|\bfrom\b|\bas\b)|\w+\()|\bgroup\s+by\b|\border\s+by\b|\bunion\s+all\b"
    r"|\b(inner|left|cross|asof)\s+join\b|\bwhere\s+[\w.]+\s*(=|<|>|\bin\s*\(|\bis\s+(not\s+)?null\b)",
    re.IGNORECASE,
)
ARITHMETIC = (ast.Div, ast.FloorDiv, ast.Mult, ast.Sub, ast.Mod, ast.Pow)


def thick(path: str, source: str) -> list[str]:
    """What a page should leave to another room: definitions, SQL, arithmetic; as `path:line: what`."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(source, path)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                found.append((node.lineno, "defines something: move it to leadquality/ui"))
            case ast.BinOp(op=op) | ast.AugAssign(op=op) if isinstance(op, ARITHMETIC):
                found.append((node.lineno, "computes: figures come from queries/kpis"))
            case ast.Call(
                func=ast.Name(id="sum" | "round") | ast.Attribute(attr="sum" | "mean" | "median" | "agg")
            ):
                found.append((node.lineno, "computes: figures come from queries/kpis"))
            case ast.Constant(value=str(text)) if SQL.search(text):
                found.append((node.lineno, "holds SQL: it belongs in queries/"))
    return [f"{path}:{line}: {what}" for line, what in sorted(set(found))]


def test_pages_hold_no_definition_no_sql_and_no_arithmetic():
    pages = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
    assert len(pages) > 3, "the pages are not where this test looks"
    assert [
        line for page in pages for line in thick(page.relative_to(ROOT).as_posix(), page.read_text("utf-8"))
    ] == []


@pytest.mark.parametrize(
    ("source", "report"),
    [
        ("x = 1\ndef rate(): ...", "pages/p.py:2: defines something: move it to leadquality/ui"),
        ("rate = lambda row: row", "pages/p.py:1: defines something: move it to leadquality/ui"),
        ("rate = won / leads", "pages/p.py:1: computes: figures come from queries/kpis"),
        ("rate *= 100", "pages/p.py:1: computes: figures come from queries/kpis"),
        ("total = sum(counts)", "pages/p.py:1: computes: figures come from queries/kpis"),
        ("total = rows['won'].mean()", "pages/p.py:1: computes: figures come from queries/kpis"),
        ("q = 'select channel, count(*) from leads'", "pages/p.py:1: holds SQL: it belongs in queries/"),
        ("q = f'SELECT * FROM {table}'", "pages/p.py:1: holds SQL: it belongs in queries/"),
        ("q = 'leads where channel = 1'", "pages/p.py:1: holds SQL: it belongs in queries/"),
    ],
)
def test_a_thick_page_is_reported_with_file_and_line(source, report):
    assert thick("pages/p.py", source) == [report]


def test_prose_and_joined_text_are_let_through():
    assert (
        thick("pages/p.py", 'st.caption("Select a source from the list. " + "Where it is known, the range.")')
        == []
    )


# ---------------------------------------------------------------- queries

COMMENT_OR_TEXT = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
WORDS = r"\b(current_(?:date|time|timestamp|localtime|localtimestamp)|localtime|localtimestamp)\b"
PHRASES = r"\b(set\s+variable|using\s+sample|tablesample)\b"
AGE_OF_TODAY = r"\b(age)\s*\([^,()]*\)"
NO_CLOCK = {"error"}  # DuckDB calls it volatile, but it only raises


@cache
def clocks() -> re.Pattern[str]:
    """Everything in SQL whose answer may differ the next time: DuckDB itself knows which functions those are.

    What takes a moment and rests on the zone of the session is none: the zone is set. `repeat(` too: DuckDB 2.0 runs out of memory over
    it before a limit is asked.
    """
    with duckdb.connect() as connection:
        volatile = connection.execute(
            "select distinct function_name from duckdb_functions() where stability = 'VOLATILE' "
            "or (stability = 'CONSISTENT_WITHIN_QUERY' and not regexp_matches(array_to_string(parameter_types, ' '), 'TIME|DATE'))"
        ).fetchall()
    names = sorted({name for (name,) in volatile if name.isidentifier()} - NO_CLOCK | {"repeat"})
    return re.compile(rf"{WORDS}|{PHRASES}|{AGE_OF_TODAY}|\b({'|'.join(names)})\s*\(", re.IGNORECASE)


def unrepeatable(path: str, sql: str) -> list[str]:
    """Clocks, chance, session variables and `repeat(` outside comments and texts, as `path:line: what`."""
    # The reporting zone is one of the settings of a load, the same whenever it is asked.
    given = sql.replace("current_setting('timezone')", "zone")
    bare = COMMENT_OR_TEXT.sub(lambda found: "\n" * found.group(0).count("\n") or " ", given)
    return [
        f"{path}:{bare.count(chr(10), 0, found.start()) + 1}: {next(filter(None, found.groups())).lower()}"
        for found in clocks().finditer(bare)
    ]


def test_queries_know_no_clock_but_as_of():
    queries = sorted((ROOT / "queries").rglob("*.sql"))
    assert len(queries) > 20, "the queries are not where this test looks"
    assert [
        line
        for query in queries
        for line in unrepeatable(query.relative_to(ROOT).as_posix(), query.read_text("utf-8"))
    ] == []


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("current_date", "current_date"),
        ("CURRENT_TIMESTAMP", "current_timestamp"),
        ("now()", "now"),
        ("today ()", "today"),
        ("get_current_timestamp()", "get_current_timestamp"),
        ("transaction_timestamp()", "transaction_timestamp"),
        ("localtimestamp", "localtimestamp"),
        ("age(created_at)", "age"),
        ("random()", "random"),
        ("uuid()", "uuid"),
        ("gen_random_uuid()", "gen_random_uuid"),
        ("getvariable('as_of')", "getvariable"),
        ("repeat('x', 9)", "repeat"),
    ],
)
def test_a_clock_is_reported_with_file_and_line(sql, what):
    text = f"-- no now() here\nselect 'today()' as word, /* random()\n */ {sql}\nfrom leads"
    assert unrepeatable("queries/kpis/x.sql", text) == [f"queries/kpis/x.sql:3: {what}"]


@pytest.mark.parametrize("sql", ["set variable as_of = 1", "SET variable as_of = 1"])
def test_a_session_variable_is_reported(sql):
    assert unrepeatable("x.sql", sql) == ["x.sql:1: set variable"]


@pytest.mark.parametrize(
    "sql",
    [
        "$as_of::date",
        "created_on <= scope['as_of']",
        "age(as_of, created_at)",
        "known_now",
        "age_days",
        "list(now_on)",
    ],
)
def test_what_only_sounds_like_a_clock_is_let_through(sql):
    assert unrepeatable("x.sql", f"select {sql}") == []


# ---------------------------------------------------------------- no wall time

WALL_CLOCK = re.compile(r"\btime\.(time|monotonic|perf_counter)\b|\bfrom time import\b")
MEASURING = {
    *(f"tests/bench/{name}.py" for name in ("browser", "loads", "measure", "parts", "sessions")),
    "tests/fuzz.py",
    "tests/browser/conftest.py",
}
"""Scripts that measure, and a fixture that waits for a server."""


def test_no_test_measures_wall_time():
    found = [
        path
        for path in tracked()
        if path.startswith("tests/")
        and path.endswith(".py")
        and path not in MEASURING | {"tests/house/test_tree.py"}
        if WALL_CLOCK.search((ROOT / path).read_text("utf-8"))
    ]
    assert not found, f"a busy machine turns these red; measure processor time (resource.getrusage): {found}"
