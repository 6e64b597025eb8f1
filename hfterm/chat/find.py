"""Search in saved conversations: every word must occur in the title or in a message, anywhere, in any case."""

import re

from hfterm.chat.database import Database
from hfterm.text import whole

_TERM = re.compile(r'"([^"]+)"?|(\S+)')
# Shorter terms have no trigram.
_INDEXED_FROM = 3


def terms(query: str) -> list[str]:
    """The words of a query; what stands in double quotes (closed or not) is one."""
    found = (quoted or word for quoted, word in _TERM.findall(whole(query).replace("\0", " ")))
    return [term for term in found if term.strip()]


def matching(database: Database, query: str) -> set[str] | None:
    """The ids of the sessions that have all terms; None when the query has none (and so matches all)."""
    ids: set[str] | None = None
    for term in terms(query):
        have = _with(database, term)
        ids = have if ids is None else ids & have
        if not ids:
            break
    return ids


def _with(database: Database, term: str) -> set[str]:
    folded = term.casefold()
    rows = database.all("SELECT id FROM sessions WHERE instr(folded(title), ?)", (folded,))
    if database.indexed and len(term) >= _INDEXED_FROM:
        phrase = '"' + term.replace('"', '""') + '"'
        sql = "SELECT DISTINCT session FROM messages WHERE id IN (SELECT rowid FROM found WHERE found MATCH ?)"
        rows += database.all(sql, (phrase,))
    else:
        rows += database.all("SELECT DISTINCT session FROM messages WHERE instr(folded(content), ?)", (folded,))
    return {row[0] for row in rows}
