"""Where packages and interpreters come from: mirrors.env in the project's folder. Python 3.6 or later.

Promises: what the environment says wins over the file; a name that means nothing here is an error that lists those
that do; addresses with a password are never printed with it. TUIKA_MIRRORS names another file.
"""

import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INDEX = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
KNOWN = {
    "UV_DEFAULT_INDEX": "a package index (simple API) instead of pypi.org",
    "UV_PYTHON_INSTALL_MIRROR": "where uv gets interpreters instead of GitHub (https:// or file://)",
    "UV_PYTHON": "an interpreter that is here already (set for one environment at a time, on the command line)",
    "UV_FIND_LINKS": "a folder or page with wheels",
    "UV_HTTP_TIMEOUT": "seconds for slow lines",
    "UV_SYSTEM_CERTS": "true: trust what the system trusts (a company's own certificates)",
    "UV_CACHE_DIR": "where uv keeps what it fetched",
    "HTTP_PROXY": "a proxy",
    "HTTPS_PROXY": "a proxy",
    "ALL_PROXY": "a proxy",
    "NO_PROXY": "hosts without a proxy",
}
_LINE = re.compile(r"(?:export\s+)?([A-Z_]+)\s*=\s*(.*)$")


class Wrong(Exception):
    """The file cannot be used; the text names file, line and what to do."""


def load(environ):
    """Add to ``environ`` what the file says and the environment does not. Raises Wrong."""
    path = environ.get("TUIKA_MIRRORS") or os.path.join(ROOT, "mirrors.env")
    if os.path.exists(path):
        for name, value in read(path).items():
            environ.setdefault(name, value)
    elif environ.get("TUIKA_MIRRORS"):
        raise Wrong("TUIKA_MIRRORS names a file that does not exist: " + path)
    index = index_of(environ)
    if index:  # uv and pip are both told, whoever was told first
        environ.setdefault("UV_DEFAULT_INDEX", index)
        environ.setdefault("PIP_INDEX_URL", index)


def read(path):
    """{name: value} of a file of NAME=VALUE lines. Raises Wrong."""
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        lines = file.read().splitlines()
    found = {}
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None or match.group(1) not in KNOWN:
            names = "\n".join("  %s: %s" % pair for pair in sorted(KNOWN.items()))
            raise Wrong("%s, line %d: not one of these, as NAME=VALUE:\n%s" % (path, number, names))
        value = match.group(2).strip().strip("\"'")
        if value:
            found[match.group(1)] = value
    return found


def index_of(environ):
    """The package index that somebody named, or None."""
    for name in INDEX:
        if environ.get(name):
            return environ[name].rstrip("/")
    return None


def shown(address):
    """An address without name and password."""
    return re.sub(r"//[^/@]*@", "//***@", address)
