"""Against a real server, which MCP_WEAVIATE_URL names. TEST_FOLDER may be written to. Questions to MongoDB: integration.it.test.ts."""

import os
import socket
import threading
import unittest
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from mcp_integration import IntegrationError, MCPIntegration

folder = os.environ["TEST_FOLDER"]


class Documents(unittest.TestCase):
    def setUp(self):
        self.mcp = MCPIntegration(collection="Articles")

    def test_are_found(self):
        reply = self.mcp.search_documents("espresso in Rome", limit=1)
        self.assertEqual([row["title"] for row in reply.rows], ["Coffee in Rome"])
        self.assertEqual(reply.structured["rows"]["trust"], "untrusted")
        self.assertIn("Coffee in Rome", reply.text)

    def test_are_filtered(self):
        reply = self.mcp.search_documents(
            "tea", filter={"property": "category", "operator": "equal", "value": "travel"}, mode="near_text"
        )
        self.assertEqual({row["category"] for row in reply.rows}, {"travel"})

    def test_go_on_with_a_cursor(self):
        first = self.mcp.search_documents("tea", limit=3, mode="near_text")
        second = self.mcp.search_documents("tea", limit=3, mode="near_text", cursor=first.cursor)
        ids = [row["_id"] for row in first.rows + second.rows]
        self.assertEqual(len(set(ids)), 6)

    def test_need_a_collection_where_there_are_several(self):
        with self.assertRaises(IntegrationError) as told:
            MCPIntegration().search_documents("tea")
        self.assertEqual(told.exception.code, "setting")
        self.assertIn("Articles", str(told.exception))

    def test_another_tool_can_be_called(self):
        reply = self.mcp.call("weaviate", "aggregate", {"collection": "Articles"})
        self.assertEqual(reply.rows, [{"_count": 8}])


class Refusals(unittest.TestCase):
    def told(self, use, **options):
        with self.assertRaises(IntegrationError) as told:
            use(MCPIntegration(**options))
        self.assertTrue(told.exception.fix)
        return told.exception

    def test_of_the_server_have_a_code_and_what_to_do(self):
        error = self.told(lambda mcp: mcp.search_documents("tea", collection="Nowhere"))
        self.assertEqual(error.code, "not_found")
        self.assertIn("Articles", error.fix)
        self.assertNotIn(error.fix, str(error))
        self.assertEqual(self.told(lambda mcp: mcp.search_documents("tea", collection="Tenants")).code, "policy")
        self.assertEqual(self.told(lambda mcp: mcp.search_documents("", collection="Articles")).code, "argument")
        self.assertEqual(self.told(lambda mcp: mcp.call("weaviate", "drop_all")).code, "argument")

    def test_of_settings(self):
        self.assertEqual(self.told(lambda mcp: mcp.call("memory", "recall")).code, "setting")
        self.assertEqual(self.told(lambda mcp: mcp.call("sql", "recall")).code, "setting")
        self.assertEqual(self.told(lambda mcp: mcp.call("memory", "x"), memory_url="file:///etc/passwd").code, "setting")
        self.assertEqual(self.told(lambda mcp: mcp.search_documents("x"), token_file=f"{folder}/none").code, "setting")

    def test_of_a_server_that_is_not_there(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}/mcp"
            self.assertEqual(self.told(lambda mcp: mcp.call("weaviate", "search"), weaviate_url=url).code, "unreachable")

    def test_of_a_server_that_says_nothing(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/mcp"
            error = self.told(lambda mcp: mcp.call("weaviate", "search"), weaviate_url=url, timeout=0.2)
            self.assertEqual(error.code, "timeout")

    def test_of_a_server_that_points_elsewhere_or_knows_no_token(self):
        for status, code in ((302, "unreachable"), (401, "unauthorized"), (403, "unauthorized"), (429, "busy")):
            with answering(status, {"Location": "http://127.0.0.1:1/", "Retry-After": "7"}) as (url, _seen):
                error = self.told(lambda mcp: mcp.call("weaviate", "search"), weaviate_url=url)
                self.assertEqual(error.code, code)
        self.assertEqual(error.retry_after, 7)


class Tokens(unittest.TestCase):
    def test_are_read_for_each_call(self):
        path = f"{folder}/token"
        with answering(200, {"Content-Type": "application/json"}) as (url, seen):
            mcp = MCPIntegration(weaviate_url=url, token_file=path)
            for token in ("first", "second\n"):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(token)
                mcp.call("weaviate", "search")
        self.assertEqual(seen, ["Bearer first", "Bearer second"])


@contextmanager
def answering(status, headers):
    """A server that answers each request so; and what tokens it saw."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append(self.headers["Authorization"])
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b'{"jsonrpc":"2.0","id":1,"result":{}}'
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/mcp", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    unittest.main()
