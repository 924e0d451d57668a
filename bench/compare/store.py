"""Writes images straight into the storage folder of a docker-registry, as its file system driver lays them out."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
GZIP_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
REPOSITORIES = "docker/registry/v2/repositories"


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Layer:
    """A stored layer: its descriptor, and the digest of the tar in it, which the image's config names."""

    media_type: str
    digest: str
    size: int
    diff_id: str

    def descriptor(self) -> dict[str, object]:
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}


@dataclass
class Store:
    """One corpus in the making. Blobs are kept once, whoever names them, as a registry does."""

    root: Path
    images: list[dict[str, str]] = field(default_factory=list)
    blob_sizes: dict[str, int] = field(default_factory=dict)
    days: list[dict[str, object]] = field(default_factory=list)

    def layer(self, content: bytes, media_type: str = GZIP_LAYER, diff_id: str = "") -> Layer:
        digest = self._blob(content)
        self.blob_sizes[digest] = len(content)
        return Layer(media_type, digest, len(content), diff_id or digest_of(gzip.decompress(content)))

    def image(self, repository: str, layers: list[Layer], note: str, arch: str = "amd64") -> dict[str, object]:
        """Stores config and manifest; the answer is the manifest's descriptor."""
        config = canonical(
            {
                "architecture": arch,
                "os": "linux",
                "created": "2024-01-01T00:00:00Z",
                "config": {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "Cmd": ["/bin/app"], "Labels": {"note": note}},
                "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
                "history": [{"created": "2024-01-01T00:00:00Z", "created_by": f"layer {i} of {note}"}
                            for i in range(len(layers))],
            }
        )
        config_digest = self._blob(config)
        self.blob_sizes[config_digest] = len(config)
        for digest in [config_digest, *(layer.digest for layer in layers)]:
            self._link(f"{repository}/_layers/sha256/{_hex(digest)}", digest)
        content = canonical(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": {"mediaType": CONFIG, "digest": config_digest, "size": len(config)},
                "layers": [layer.descriptor() for layer in layers],
            }
        )
        descriptor = self._manifest(repository, content, MANIFEST) | {"platform": {"architecture": arch, "os": "linux"}}
        if any(layer.media_type.endswith("+zstd") for layer in layers):
            # As buildah and podman mark such images in an index; skopeo would add it, and so change the digest.
            descriptor["annotations"] = {"io.github.containers.compression.zstd": "true"}
        return descriptor

    def index(self, repository: str, manifests: list[dict[str, object]]) -> dict[str, object]:
        content = canonical({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests})
        return self._manifest(repository, content, INDEX)

    def tag(self, repository: str, tag: str, manifest: dict[str, object]) -> None:
        self.images.append({"repository": repository, "tag": tag, "digest": str(manifest["digest"])})
        show(self.root, self.images[-1])

    def _manifest(self, repository: str, content: bytes, media_type: str) -> dict[str, object]:
        digest = self._blob(content)
        self._link(f"{repository}/_manifests/revisions/sha256/{_hex(digest)}", digest)
        return {"mediaType": media_type, "digest": digest, "size": len(content)}

    def _blob(self, content: bytes) -> str:
        digest = digest_of(content)
        file = blob_file(self.root, digest)
        if not file.exists():
            file.parent.mkdir(parents=True)
            file.write_bytes(content)
        return digest

    def _link(self, folder: str, digest: str) -> None:
        link(self.root / REPOSITORIES / folder, digest)


def blob_file(root: Path, digest: str) -> Path:
    return root / "docker/registry/v2/blobs/sha256" / _hex(digest)[:2] / _hex(digest) / "data"


def link(folder: Path, digest: str) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / "link").write_text(digest)


def show(root: Path, image: dict[str, str]) -> None:
    """Tags a stored manifest, which a running registry sees at once."""
    folder, digest = tag_folder(root, image), image["digest"]
    link(folder / "index/sha256" / _hex(digest), digest)
    link(folder / "current", digest)


def hide(root: Path, image: dict[str, str]) -> None:
    shutil.rmtree(tag_folder(root, image))


def tag_folder(root: Path, image: dict[str, str]) -> Path:
    return root / REPOSITORIES / image["repository"] / "_manifests/tags" / image["tag"]


def _hex(digest: str) -> str:
    return digest.partition(":")[2]


def tar_of(name: str, content: bytes) -> bytes:
    """A tar that holds one file, the same bytes on every machine."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def gzipped(content: bytes, level: int) -> bytes:
    return gzip.compress(content, compresslevel=level, mtime=0)
