"""What every route is given: the server's parts, and the request with who sent it and what it names."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from starlette.datastructures import Headers, QueryParams

from hfterm.hub.share.auth import Account, Signer, Tokens
from hfterm.hub.share.body import Body
from hfterm.hub.share.cards import Cards
from hfterm.hub.share.model import Repo, Store
from hfterm.hub.share.names import number, url_prefix
from hfterm.hub.share.refusal import bad


@dataclass
class Share:
    """The server's parts."""

    store: Store
    tokens: Tokens = field(default_factory=Tokens)
    signer: Signer = field(default_factory=Signer)
    cards: Cards = field(default_factory=Cards)


@dataclass
class Asked:
    """A request: ``rest`` is what follows the verb in its address, part by part, unquoted."""

    share: Share
    method: str
    headers: Headers
    query: QueryParams
    body: Body
    base: str
    who: Account
    kind: str = "model"
    repo_id: str = ""
    rest: tuple[str, ...] = ()
    raw: str = ""
    # The body, when the route asked for it as JSON or as a form.
    data: Any = None

    def repo(self) -> Repo:
        """The repository that is named."""
        return self.share.store.repo(self.kind, self.repo_id)

    def page(self, *, revision: str = "") -> str:
        """The address of the repository's page."""
        end = f"/tree/{quote(revision, safe='')}" if revision else ""
        return f"{self.base}/{url_prefix(self.kind)}{self.repo_id}{end}"

    def flag(self, name: str) -> bool:
        """Whether a query parameter says yes."""
        return self.query.get(name, "").lower() in ("true", "1", "yes", "on")

    def word(self, name: str, default: str | None = None) -> str:
        """A text of the JSON body.

        Raises:
            Refusal: it is missing, empty or no text.
        """
        value = self.data.get(name)
        value = default if value is None else value
        if not isinstance(value, str) or not value:
            raise bad(f"{name!r} must be a text")
        return value

    def several(self, name: str) -> list[str]:
        """The values of a query parameter that may be repeated, with or without ``[]``."""
        return [v for v in (*self.query.getlist(name), *self.query.getlist(f"{name}[]")) if v]

    def number(self, name: str, default: int, most: int) -> int:
        """A positive number from the query.

        Raises:
            Refusal: it is none.
        """
        text = self.query.get(name)
        if text is None:
            return default
        found = number(text)
        if not found:
            raise bad(f"'{name}' must be a positive number")
        return min(found, most)

    def next_page(self, path: str, cursor: str) -> dict[str, str]:
        """The header that leads to the next page: the same query with another ``cursor``."""
        query = [(k, v) for k, v in self.query.multi_items() if k != "cursor"]
        return {"Link": f'<{self.base}{path}?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'}
