"""all-MiniLM-L6-v2 in numpy: texts in, unit vectors of 384 numbers out, the same as Sentence Transformers gives."""

import json
import math
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

# Texts of one pass: fewer leave the processor waiting for numpy, more leave a core without work.
BATCH = 32


# GELU, x * (1 + erf(x / sqrt(2))) / 2, at steps of 1/256 from -8 to 8. numpy has no erf, and a table is faster than one.
STEPS, LIMIT = 256, 8
GELU = np.array(
    [x * (1 + math.erf(x / math.sqrt(2))) / 2 for x in np.arange(-LIMIT, LIMIT + 1 / STEPS, 1 / STEPS)], np.float32
)
SLOPE = np.diff(GELU, append=GELU[-1])


def gelu(x: np.ndarray) -> np.ndarray:
    """Interpolated, right to 2e-6. In place, some rows at a time: they stay in the cache of the processor core."""
    for start in range(0, len(x), 32):
        rows = x[start : start + 32]
        place = rows * np.float32(STEPS)
        place += np.float32(LIMIT * STEPS)
        np.clip(place, 0, len(GELU) - 1, out=place)
        step = place.astype(np.int16)
        place -= step
        place *= SLOPE.take(step)
        place += GELU.take(step)
        # Beyond the table GELU is the number itself, or nothing.
        np.copyto(rows, place, where=rows < LIMIT)
    return x


def softmax(x: np.ndarray) -> np.ndarray:
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)


class MiniLM:
    """The model in a folder with Sentence Transformers' files."""

    def __init__(self, folder: Path):
        config = json.loads((folder / "config.json").read_text())
        limits = json.loads((folder / "sentence_bert_config.json").read_text())
        self.weights = load_file(folder / "model.safetensors")
        self.layers = config["num_hidden_layers"]
        self.heads = config["num_attention_heads"]
        self.epsilon = np.float32(config["layer_norm_eps"])
        self.dimensions = config["hidden_size"]
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        # Longer texts are cut, as the model was trained.
        self.tokenizer.enable_truncation(limits["max_seq_length"])
        # A thread a core, each with batches of its own: those of a matrix library share every product, and on a busy
        # machine wait for each other most of the time.
        self.threads = ThreadPoolExecutor(os.cpu_count())
        # One product for queries, keys and values.
        self.joint = []
        for layer in range(self.layers):
            names = [f"encoder.layer.{layer}.attention.self.{part}" for part in ("query", "key", "value")]
            weight = np.concatenate([self.weights[f"{name}.weight"] for name in names]).T.copy()
            self.joint.append((weight, np.concatenate([self.weights[f"{name}.bias"] for name in names])))

    def embed(self, texts: list[str]) -> np.ndarray:
        """Unit vectors, one row a text."""
        encoded = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        # Texts of like length together: less padding.
        order = sorted(range(len(texts)), key=lambda index: len(encoded[index]))
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        results = self.threads.map(lambda batch: self._forward([encoded[index] for index in batch]), batches)
        for batch, result in zip(batches, results):
            vectors[batch] = result
        return vectors

    def _linear(self, x: np.ndarray, name: str) -> np.ndarray:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _normalise(self, x: np.ndarray, name: str) -> np.ndarray:
        x = x - x.mean(axis=-1, keepdims=True)
        x /= np.sqrt((x * x).mean(axis=-1, keepdims=True) + self.epsilon)
        return x * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def _forward(self, ids: list[list[int]]) -> np.ndarray:
        rows, length = len(ids), max(map(len, ids))
        tokens = np.zeros((rows, length), np.int64)
        mask = np.zeros((rows, length), np.float32)
        for row, values in enumerate(ids):
            tokens[row, : len(values)] = values
            mask[row, : len(values)] = 1
        x = (
            self.weights["embeddings.word_embeddings.weight"][tokens]
            + self.weights["embeddings.position_embeddings.weight"][:length]
            + self.weights["embeddings.token_type_embeddings.weight"][0]
        )
        x = self._normalise(x, "embeddings.LayerNorm").reshape(rows * length, -1)
        # Padding is attended to by nobody.
        hidden = (1 - mask[:, None, None, :]) * np.float32(-1e9)
        for layer in range(self.layers):
            name = f"encoder.layer.{layer}"
            attended = self._linear(self._attend(x, layer, hidden), f"{name}.attention.output.dense")
            x = self._normalise(x + attended, f"{name}.attention.output.LayerNorm")
            wide = gelu(self._linear(x, f"{name}.intermediate.dense"))
            x = self._normalise(x + self._linear(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm")
        pooled = (x.reshape(rows, length, -1) * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)

    def _attend(self, x: np.ndarray, layer: int, hidden: np.ndarray) -> np.ndarray:
        rows, length = hidden.shape[0], hidden.shape[-1]
        weight, bias = self.joint[layer]
        joint = (x @ weight + bias).reshape(rows, length, 3, self.heads, -1)
        queries, keys, values = joint.transpose(2, 0, 3, 1, 4)
        scores = queries @ keys.transpose(0, 1, 3, 2) * np.float32(1 / np.sqrt(queries.shape[-1]))
        return (softmax(scores + hidden) @ values).transpose(0, 2, 1, 3).reshape(rows * length, -1)
