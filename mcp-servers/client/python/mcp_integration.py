"""The MCP servers for scripts, with nothing but Python's standard library (3.9 or newer).

    from mcp_integration import MCPIntegration

    mcp = MCPIntegration()
    for row in mcp.query_mongodb("Show agents created this week").rows:
        print(row)
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import socket
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any, Iterator, Mapping, Optional

PROTOCOL = "2026-07-28"
#: Most bytes of one answer that are read.
LARGEST_ANSWER = 64 * 1024 * 1024
_REFUSAL = "ai-orchestra/refusal"
_VARIABLES = {"mongodb": "MCP_MONGODB_URL", "weaviate": "MCP_WEAVIATE_URL", "memory": "MCP_MEMORY_URL"}


class IntegrationError(Exception):
    """Why a call was not answered. The text says what is wrong, ``fix`` what to do.

    ``code`` of a server: argument, policy, cost, not_understood, not_found, conflict, cursor, busy, unavailable, timeout,
    internal. Of this client: unauthorized, unreachable, setting. ``retry_after``: seconds after which another try may succeed.
    """

    def __init__(self, code: str, message: str, fix: str, retry_after: Optional[float] = None) -> None:
        super().__init__(message)
        self.code = code
        self.fix = fix
        self.retry_after = retry_after


@dataclass(frozen=True)
class Reply:
    """What a tool answered. Rows are data from outside, never instructions."""

    rows: list[dict[str, Any]]
    structured: dict[str, Any]
    text: str
    #: Give it as the argument ``cursor``, with the same others, for the rows that come next.
    cursor: Optional[str] = None


@dataclass
class MCPIntegration:
    """URLs are those of the endpoints, such as ``http://localhost:8080/mcp``; not set: MCP_MONGODB_URL, MCP_WEAVIATE_URL and
    MCP_MEMORY_URL. ``token_file`` holds a bearer token and is read for each call; not set: MCP_CLIENT_TOKEN_FILE, or no token.
    ``timeout`` is in seconds and for each wait for the server. ``collection`` is searched for documents; not set: the only one."""

    mongodb_url: Optional[str] = None
    weaviate_url: Optional[str] = None
    memory_url: Optional[str] = None
    token_file: Optional[str] = None
    collection: Optional[str] = None
    timeout: float = 30.0
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1), init=False, repr=False)

    def query_mongodb(self, question: str) -> Reply:
        """Asks MongoDB a question in plain English."""
        return self.call("mongodb", "query", {"question": question})

    def search_documents(
        self,
        query: str,
        *,
        collection: Optional[str] = None,
        limit: Optional[int] = None,
        filter: Optional[Mapping[str, Any]] = None,
        **more: Any,
    ) -> Reply:
        """Finds documents by words and meaning. ``more`` are arguments of the tool ``search``, such as mode and cursor."""
        arguments: dict[str, Any] = {"collection": collection or self._only_collection(), "query": query, **more}
        if limit is not None:
            arguments["limit"] = limit
        if filter is not None:
            arguments["filter"] = dict(filter)
        return self.call("weaviate", "search", arguments)

    def call(self, server: str, tool: str, arguments: Optional[Mapping[str, Any]] = None) -> Reply:
        """Calls any tool of ``mongodb``, ``weaviate`` or ``memory``. Raises IntegrationError."""
        url = self._url(server)
        result = self._request(url, "tools/call", tool, {"name": tool, "arguments": dict(arguments or {})})
        blocks = result.get("content") or []
        text = "\n".join(block.get("text", "") for block in blocks if block.get("type") == "text")
        if result.get("isError"):
            raise _refused(result, text)
        structured = result.get("structuredContent") or {}
        rows = structured.get("rows")
        found = rows if isinstance(rows, dict) else {}
        return Reply(rows=found.get("rows", []), structured=structured, text=text, cursor=found.get("cursor"))

    def _only_collection(self) -> str:
        if self.collection is None:
            names = [str(row["name"]) for row in self.call("weaviate", "list_collections").rows]
            if len(names) != 1:
                there = f"There are several collections: {', '.join(names)}." if names else "There is no collection to search."
                raise IntegrationError("setting", there, "Say which: collection=...")
            self.collection = names[0]
        return self.collection

    def _url(self, server: str) -> str:
        if server not in _VARIABLES:
            raise IntegrationError("setting", f"There is no server {server!r}.", f"Name one of: {', '.join(_VARIABLES)}.")
        variable = _VARIABLES[server]
        url = getattr(self, f"{server}_url") or os.environ.get(variable)
        if not url:
            raise IntegrationError(
                "setting",
                f"Nothing says where the {server} server is.",
                f"Give {server}_url or set {variable}, such as http://localhost:8080/mcp.",
            )
        if not url.startswith(("http://", "https://")):
            raise IntegrationError("setting", f"{url!r} is no URL of http or https.", f"Correct {server}_url or {variable}.")
        return url

    def _token(self) -> Optional[str]:
        path = self.token_file or os.environ.get("MCP_CLIENT_TOKEN_FILE")
        if not path:
            return None
        try:
            with open(path, encoding="utf-8") as file:
                return file.read().strip()
        except OSError as error:
            raise IntegrationError(
                "setting", f"The token file {path} cannot be read.", "Correct token_file, or its rights."
            ) from error

    def _request(self, url: str, method: str, name: str, params: dict[str, Any]) -> dict[str, Any]:
        number = next(self._ids)
        params["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": PROTOCOL,
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": "ai-orchestra-python", "version": "0.1.0"},
        }
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": PROTOCOL,
            "Mcp-Method": method,
            "Mcp-Name": name,
        }
        token = self._token()
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()
        answer = self._send(urllib.request.Request(url, data=body, headers=headers, method="POST"), number)
        if "error" in answer:
            error = answer["error"]
            message = f"{url}: {error.get('message', 'no reason given')} ({error.get('code')})"
            raise IntegrationError("argument", message, "Correct the call, or see whether client and server fit.")
        return answer.get("result") or {}

    def _send(self, request: urllib.request.Request, number: int) -> dict[str, Any]:
        url = request.full_url
        try:
            with _OPENER.open(request, timeout=self.timeout) as response:
                return _message(response, number)
        except urllib.error.HTTPError as error:
            with error:
                raise self._http_error(url, error) from error
        except (TimeoutError, socket.timeout) as error:
            raise self._late(url) from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, (TimeoutError, socket.timeout)):
                raise self._late(url) from error
            raise _unreachable(url, error.reason) from error
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise _unreachable(url, error) from error

    def _late(self, url: str) -> IntegrationError:
        return IntegrationError(
            "timeout", f"{url} did not answer within {self.timeout:g} s.", "Ask for less, or allow more time."
        )

    def _http_error(self, url: str, error: urllib.error.HTTPError) -> IntegrationError:
        told = error.read(10_000).decode("utf-8", "replace").strip()
        if error.code in (401, 403):
            challenge = error.headers.get("WWW-Authenticate", "")
            return IntegrationError(
                "unauthorized",
                f"{url} does not take the token ({error.code}). {challenge}".strip(),
                "Put a token that is valid for this server, with the scope that is named, into token_file.",
            )
        if error.code == 429:
            wait = error.headers.get("Retry-After", "")
            return IntegrationError(
                "busy",
                f"{url} gets too many calls of this caller.",
                "Wait and repeat the call.",
                float(wait) if wait.isdigit() else None,
            )
        return IntegrationError(
            "unreachable", f"{url} answered {error.code}: {told[:500]}", "See whether the server runs and the URL is right."
        )


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token is for one server: it is not carried to where that one points."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def _message(response: Any, number: int) -> dict[str, Any]:
    """The answer to the request: the body, or the event of a stream that has its number."""
    if response.headers.get_content_type() != "text/event-stream":
        return _parsed(response.read(LARGEST_ANSWER + 1))
    data: list[bytes] = []
    size = 0
    for line in response:
        size += len(line)
        if size > LARGEST_ANSWER:
            break
        line = line.rstrip(b"\r\n")
        if line.startswith(b"data:"):
            data.append(line[5:].lstrip())
        elif line == b"" and data:
            message = _parsed(b"\n".join(data))
            data = []
            if message.get("id") == number:
                return message
    raise ValueError("the answer ended before it was whole")


def _parsed(body: bytes) -> dict[str, Any]:
    if len(body) > LARGEST_ANSWER:
        raise ValueError(f"the answer has more than {LARGEST_ANSWER} bytes")
    message = json.loads(body)
    if not isinstance(message, dict):
        raise ValueError("the answer is no JSON-RPC message")
    return message


def _unreachable(url: str, reason: object) -> IntegrationError:
    return IntegrationError(
        "unreachable", f"{url} cannot be asked: {reason}", "See whether the server runs and the URL is right."
    )


def _refused(result: Mapping[str, Any], text: str) -> IntegrationError:
    told = (result.get("_meta") or {}).get(_REFUSAL) or {}
    fix = told.get("fix", "")
    message = text[: len(text) - len(fix)].strip() if fix and text.endswith(fix) else text
    return IntegrationError(told.get("code", "internal"), message, fix, told.get("retryAfter"))
