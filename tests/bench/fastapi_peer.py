# SPDX-License-Identifier: MIT
"""A dataset server as it is written with FastAPI in an afternoon: numpy.memmap, Pillow, and dicts
that become JSON. Runs under uvicorn with uvloop and httptools, two workers, no log. Reads the very
arrays that our server reads: $ARRAYS is that folder, $FRAMES the dataset that batches come from."""
import io
import os
import pathlib
import sys

import fastapi
import numpy as np
import PIL.Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from decode import FASHION_CLASSES  # noqa: E402


def opened(dataset, feature):
    path = next((pathlib.Path(os.environ["ARRAYS"]) / dataset).rglob(f"train/{feature}.npy"))
    return np.load(path, mmap_mode="r")


frames = opened(os.environ["FRAMES"], "image")
images, labels = opened("fashion_mnist", "image"), opened("fashion_mnist", "label")
app = fastapi.FastAPI()


@app.get("/ready")
async def ready():
    return "ready"


@app.get("/batch")
async def batch(offset: int = 0, limit: int = 256):
    body = io.BytesIO()
    np.save(body, frames[offset:offset + limit])
    return fastapi.Response(body.getvalue(), media_type="application/octet-stream")


@app.get("/samples")
async def samples(offset: int = 0, limit: int = 100):
    page = []
    for index in range(offset, min(offset + limit, len(images))):
        height, width = images[index].shape
        label = int(labels[index])
        page.append({
            "index": index,
            "image": {"url": f"/datasets/fashion_mnist/samples/{index}/image.png?split=train",
                      "width": width, "height": height, "channels": 1},
            "label": {"id": label, "name": FASHION_CLASSES[label]}})
    return {"dataset": "fashion_mnist", "split": "train", "offset": offset, "limit": limit,
            "total": len(images), "samples": page}


@app.get("/samples/{index}/image.png")
async def image(index: int):
    body = io.BytesIO()
    PIL.Image.fromarray(images[index]).save(body, "PNG")
    return fastapi.Response(body.getvalue(), media_type="image/png")
