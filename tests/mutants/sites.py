"""Where the verifier checks something, and the code without that check.

A check is a statement that ends in something other than a pass: it raises, or yields or
keeps a fault or a finding, or gives a digest a fault. In the condition above it, each of
several reasons joined by `or` is a check of its own.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import evidence_kit

PACKAGE = Path(evidence_kit.__file__).parent
MODULES = (
    "bundle.canonical",
    "bundle.hashing",
    "bundle.layout",
    "bundle.manifest",
    "bundle.reader",
    "bundle.source",
    "bundle.tags",
    "bundle.zipscan",
    "checks.chain",
    "checks.digests",
    "checks.examination",
    "checks.renewals",
    "checks.revocation",
    "checks.signature",
    "checks.standing",
    "checks.structure",
    "checks.timestamps",
    "crypto.cms",
    "crypto.crl",
    "crypto.der",
    "crypto.hostile",
    "crypto.pem",
    "crypto.token",
    "crypto.tsp",
    "crypto.x509",
)
"""Everything that has a part in a verdict."""
_CODE = re.compile(r"[a-z_]+\.[a-z0-9_]+")
_KEEPERS = {"Fault", "finding", "from_fault", "_ignored", "_gap"}
_NEVER_BAD = {"PASSED", "NOTED"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True)
class Site:
    """One check."""

    module: str
    qualname: str
    """Of the outermost function that it stands in, such as "Bundle.read"."""
    line: int
    text: str
    """The statement or reason that is taken away."""
    operand: int | None
    """Which reason of the condition above; None takes the statement itself away."""

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.qualname}: {self.text}"


def find_sites() -> Iterator[Site]:
    """Every check, in the order of the source."""
    for module in MODULES:
        for qualname, function in _functions(_tree(module)):
            for parent, node in _statements(function):
                text = " ".join(ast.unparse(node).split())
                place = {"module": module, "qualname": qualname}
                yield Site(**place, line=node.lineno, text=text, operand=None)
                for number, reason in enumerate(_reasons(parent, node)):
                    text = f"or {' '.join(ast.unparse(reason).split())}"
                    yield Site(**place, line=node.lineno, text=text, operand=number)


def apply(site: Site) -> None:
    """Take the check away in this process."""
    tree = _tree(site.module)
    function = next(f for name, f in _functions(tree) if name == site.qualname)
    parent, node = next(
        (p, n) for p, n in _statements(function) if n.lineno == site.line and _is_meant(p, n, site)
    )
    if site.operand is None:
        _replace(function, node)
    else:
        assert isinstance(parent, ast.If) and isinstance(parent.test, ast.BoolOp)
        parent.test.values[site.operand] = ast.Constant(False)
    ast.fix_missing_locations(tree)
    module = importlib.import_module(f"evidence_kit.{site.module}")
    code = compile(tree, str(module.__file__), "exec", dont_inherit=True)
    _live_function(module, site.qualname).__code__ = _code_of(code, site.qualname)


def _is_meant(parent: ast.AST, node: ast.stmt, site: Site) -> bool:
    if site.operand is not None:
        return bool(_reasons(parent, node))
    return " ".join(ast.unparse(node).split()) == site.text


def _tree(module: str) -> ast.Module:
    return ast.parse(_source(module))


@cache
def _source(module: str) -> str:
    # Read once: whoever edits it meanwhile must not move its lines.
    path = PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
    return path.read_text(encoding="utf-8")


def _functions(tree: ast.Module) -> Iterator[tuple[str, _Function]]:
    for node in tree.body:
        if isinstance(node, _Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, _Function):
                    yield f"{node.name}.{inner.name}", inner


def _statements(function: _Function) -> Iterator[tuple[ast.AST, ast.stmt]]:
    """The checks of a function, each with the node that it stands in."""
    for parent in ast.walk(function):
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.stmt) and _is_check(child):
                yield parent, child


def _is_check(node: ast.stmt) -> bool:
    match node:
        case ast.Raise(exc=ast.expr() as raised):
            return not _is_named(raised, {"InputError", "UsageError"})
        case ast.Expr(value=ast.Yield(value=ast.expr() as value)):
            return _keeps(value)
        case ast.Expr(value=ast.YieldFrom(value=value)):
            return _is_named(value, {"from_fault"}) or _keeps(value)
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[value])):
            return _keeps(value)
        case ast.AugAssign(value=value):
            return _keeps(value)
        case ast.Assign(value=ast.Constant(value=str(code))):
            return bool(_CODE.fullmatch(code))
        case ast.Assign(value=ast.List() | ast.ListComp() as value):
            return _keeps(value)
        case ast.Return(value=ast.expr() as value):
            return _is_named(value, {"_worthless"})
    return False


def _keeps(value: ast.AST) -> bool:
    """True where the value holds a fault or a finding that may be other than passed."""
    if not any(_is_named(node, _KEEPERS) for node in ast.walk(value)):
        return False
    outcomes = {
        node.attr
        for node in ast.walk(value)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Outcome"
    }
    return not outcomes or bool(outcomes - _NEVER_BAD)


def _is_named(node: ast.AST, names: set[str]) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in names
        case ast.Name(id=name):
            return name in names
    return False


def _reasons(parent: ast.AST, node: ast.stmt) -> list[ast.expr]:
    """The reasons for a check, where it stands first under a condition with several."""
    match parent:
        case ast.If(test=ast.BoolOp(op=ast.Or(), values=values), body=[first, *_]):
            return values if first is node else []
    return []


def _replace(function: _Function, node: ast.stmt) -> None:
    nothing: ast.stmt = ast.Pass()
    if isinstance(node, ast.Assign):
        empty = isinstance(node.value, ast.List | ast.ListComp)
        value: ast.expr = ast.List([], ast.Load()) if empty else ast.Constant(None)
        nothing = ast.Assign(node.targets, value)
    is_generator = any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(function))

    class Remove(ast.NodeTransformer):
        def visit(self, visited: ast.AST) -> Any:
            return nothing if visited is node else self.generic_visit(visited)

    Remove().visit(function)
    if is_generator:
        # Without its last yield it would be no generator any more.
        never = ast.If(ast.Constant(False), [ast.Expr(ast.Yield(None))], [])
        function.body.append(never)


def _code_of(code: CodeType, qualname: str) -> CodeType:
    for name in qualname.split("."):
        code = next(
            constant
            for constant in code.co_consts
            if isinstance(constant, CodeType) and constant.co_name == name
        )
    return code


def _live_function(module: ModuleType, qualname: str) -> FunctionType:
    found: Any = module
    for name in qualname.split("."):
        found = found.__dict__[name]
    while not isinstance(found, FunctionType) or hasattr(found, "__wrapped__"):
        # properties, `once`, context managers, caches, static methods
        for attribute in ("__wrapped__", "fget", "_read", "__func__"):
            if hasattr(found, attribute):
                found = getattr(found, attribute)
                break
        else:
            raise TypeError(f"{qualname} is no function: {found!r}")
    return found
