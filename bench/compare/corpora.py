"""The corpora, each made from its name and a fixed seed: python3 corpora.py NAME FOLDER writes FOLDER/content and
FOLDER/corpus.json. A process of its own, so that the one that measures stays small."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path
from typing import Callable

from store import GZIP_LAYER, Layer, Store, digest_of, gzipped, tar_of

NAMESPACE = "bench"
ZSTD_LAYER = "application/vnd.oci.image.layer.v1.tar+zstd"
KIB, MIB = 1 << 10, 1 << 20

# Folders of Debian's base system and of what this benchmark itself needs; what is missing is left out.
REAL_FOLDERS = ["/usr/share/doc", "/usr/share/perl", "/usr/share/zoneinfo", "/usr/lib/python3", "/usr/share/common-licenses",
                "/usr/share/locale", "/usr/sbin", "/usr/share/bash-completion", "/usr/include", "/usr/bin"]
REAL_LAYER_MOST = 12 * MIB

NEW_A_DAY = 5


class Maker:
    def __init__(self, name: str, store: Store) -> None:
        self.random = random.Random(f"gcrsync {name}")
        self.store = store

    def noise(self, size: int, level: int = 0) -> Layer:
        """A layer of about this size that no compression makes smaller: gzip around a tar of random bytes."""
        content = b"".join(self.random.randbytes(min(MIB, size - at)) for at in range(0, size, MIB))
        tar = tar_of(f"data-{size}", content)
        return self.store.layer(gzipped(tar, level), GZIP_LAYER, digest_of(tar))

    def repeated(self, size: int) -> Layer:
        """As noise, but of a 16 MiB block again and again, which is as incompressible (gzip looks back 32 KiB)."""
        tar = tar_of(f"data-{size}", self.random.randbytes(16 * MIB) * (size // (16 * MIB)))
        return self.store.layer(gzipped(tar, 0), GZIP_LAYER, digest_of(tar))

    def day(self, tag: str, bases: dict[str, list[Layer]]) -> None:
        """An image of a new layer on a known base for each repository, with tags to be shown later."""
        store, known = self.store, self.store.blob_sizes
        store.blob_sizes = dict(known)
        images = [{"repository": name, "tag": tag,
                   "digest": str(store.image(name, [*base, self.noise(90 * KIB)], f"{name}:{tag}")["digest"])}
                  for name, base in bases.items()]
        new = sum(size for digest, size in store.blob_sizes.items() if digest not in known)
        store.days.append({"images": images, "blob_bytes": new})
        store.blob_sizes = known

    def around(self, median: int) -> int:
        """Layer sizes spread widely around their median."""
        return int(min(8 * median, max(median / 8, median * math.exp(self.random.gauss(0, 0.8)))))


def small(repositories: int, days: int = 0) -> Callable[[Maker], str]:
    def make(maker: Maker) -> str:
        base_of: list[list[Layer]] = []
        bases = [[maker.noise(maker.around(2400 * KIB)), maker.noise(maker.around(500 * KIB))]
                 for _ in range(max(2, repositories // 7))]
        for i in range(repositories):
            base = bases[maker.random.randrange(len(bases))]
            for j in range(10):
                layers = [*base, maker.noise(maker.around(90 * KIB))]
                repository, tag = f"{NAMESPACE}/app-{i:02}", f"v1.{j}"
                maker.store.tag(repository, tag, maker.store.image(repository, layers, f"{repository}:{tag}"))
            base_of.append(base)
        for day in range(days):
            new = [(day * NEW_A_DAY + i) % repositories for i in range(NEW_A_DAY)]
            maker.day(f"v2.{day}", {f"{NAMESPACE}/app-{i:02}": base_of[i] for i in new})
        return (f"{10 * repositories} images in {repositories} repositories: a base of two layers, shared by about seven "
                "repositories, and one layer and a config of its own")
    return make


def spread(maker: Maker) -> str:
    bases = [[maker.noise(maker.around(2400 * KIB)), maker.noise(maker.around(500 * KIB))] for _ in range(9)]
    for i in range(64):
        base = bases[maker.random.randrange(len(bases))]
        for j in range(2):
            repository, tag = f"{NAMESPACE}/app-{i:02}", f"v1.{j}"
            layers = [*base, maker.noise(maker.around(1300 * KIB))]
            maker.store.tag(repository, tag, maker.store.image(repository, layers, f"{repository}:{tag}"))
    return ("128 images in 64 repositories: a base of two layers, shared by about seven repositories, and one layer and a "
            "config of its own")


def large(images: int, layers: int, size: int, shared: bool) -> Callable[[Maker], str]:
    def make(maker: Maker) -> str:
        one = maker.noise if size <= 64 * MIB else maker.repeated
        common = [one(size)] if shared else []
        for i in range(images):
            own = [one(size) for _ in range(layers - len(common))]
            repository = f"{NAMESPACE}/large-{i}"
            maker.store.tag(repository, "v1", maker.store.image(repository, common + own, repository))
        return (f"{images} images of {layers} x {size // MIB} MiB incompressible"
                + (", one layer shared by all" if shared else ""))
    return make


def tiny(images: int) -> Callable[[Maker], str]:
    def make(maker: Maker) -> str:
        for i in range(images):
            repository = f"{NAMESPACE}/tiny-{i // 50:03}"
            manifest = maker.store.image(repository, [maker.noise(512)], f"{i}")
            maker.store.tag(repository, f"v{i % 50}", manifest)
        return f"{images} images of one layer of 1 KiB, 50 a repository"
    return make


def real(maker: Maker) -> str:
    """Files of this machine, as build tools pack them; two thirds gzip, one third zstd, half of the tags indexes."""
    layers = [layer for i, folder in enumerate(REAL_FOLDERS) if (layer := files_layer(maker.store, folder, i % 3 == 2))]
    for i in range(0, 6):
        repository = f"{NAMESPACE}/real-{i}"
        for j in range(4):
            picked = [layers[0], *maker.random.sample(layers[1:], 3)]
            images = [maker.store.image(repository, picked, f"{repository} {j}")]
            if j % 2:
                other = [layers[0], *maker.random.sample(layers[1:], 3)]
                images.append(maker.store.image(repository, other, f"{repository} {j}", "arm64"))
            top = images[0] if len(images) == 1 else maker.store.index(repository, images)
            maker.store.tag(repository, f"v{j}", top)
    return (f"24 images and indexes of two images in 6 repositories, of {len(layers)} layers made of this machine's own "
            "files, gzip and zstd")


def files_layer(store: Store, folder: str, zstd: bool) -> Layer | None:
    """Files of a folder in the order of their names, until the layer is large enough."""
    out, size = BytesIO(), 0
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for parent, folders, names in os.walk(folder):
            folders.sort()
            for name in sorted(names):
                path = Path(parent, name)
                if path.is_symlink() or not path.is_file() or size > REAL_LAYER_MOST:
                    continue
                content = path.read_bytes()
                entry = tarfile.TarInfo(str(path).lstrip("/"))
                entry.size, entry.mode = len(content), path.stat().st_mode & 0o777
                tar.addfile(entry, BytesIO(content))
                size += len(content)
    if size == 0:
        return None
    diff_id = digest_of(out.getvalue())
    if zstd:
        packed = subprocess.run(["zstd", "-q", "-3", "-c"], input=out.getvalue(), capture_output=True, check=True).stdout
        return store.layer(packed, ZSTD_LAYER, diff_id)
    return store.layer(gzipped(out.getvalue(), 6), GZIP_LAYER, diff_id)


CORPORA: dict[str, Callable[[Maker], str]] = {
    "small-600": small(60, 24),
    "small-100": small(10, 4),
    "small-60": small(6),
    "spread": spread,
    "large": large(8, 4, 64 * MIB, True),
    "large-few": large(2, 4, 64 * MIB, True),
    "blobs-64m": large(2, 4, 64 * MIB, False),
    "blobs-1g": large(2, 4, 1024 * MIB, False),
    "real": real,
    "tiny-1000": tiny(1000),
    "tiny-10000": tiny(10_000),
}


def main(name: str, folder: Path) -> None:
    store = Store(folder / "content")
    description = CORPORA[name](Maker(name, store))
    (folder / "corpus.json").write_text(json.dumps({
        "name": name,
        "description": description,
        "images": store.images,
        "days": store.days,
        "blob_bytes": sum(store.blob_sizes.values()),
    }))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
