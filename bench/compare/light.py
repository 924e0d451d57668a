"""Servers that cost next to nothing, so that little but the tools is measured: nginx with static files, which lists as
gcr.io does, and the registry in memory that comes with crane."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from servers import Logged, free_port
from store import MANIFEST, blob_file
from tools import NAMESPACE

NGINX = """
daemon off; master_process off; pid nginx.pid; error_log errors.log;
events {{ worker_connections 1024; }}
http {{
  access_log access.log combined; sendfile on; tcp_nopush on;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  map_hash_max_size 65536; map_hash_bucket_size 256;
  map $uri $digest {{ "~/manifests/(?<named>sha256:.*)$" $named; include digests; }}
  server {{
    listen {host} backlog=1024; root content; default_type application/octet-stream;
    location = /v2/ {{ default_type application/json; return 200 "{{}}"; }}
    location ~ /tags/list$ {{ default_type application/json; }}
    location ~ /manifests/ {{ default_type {manifest}; add_header Docker-Content-Digest $digest; }}
  }}
}}
"""


class StaticFiles(Logged):
    """nginx over a corpus without indexes, each answer a file."""

    def __init__(self, folder: Path, content: Path, images: list[dict[str, str]]) -> None:
        folder.mkdir(parents=True)
        root = folder / "content/v2"
        tags: dict[str, dict[str, str]] = {}
        for image in images:
            tags.setdefault(image["repository"], {})[image["tag"]] = image["digest"]
        for name, digests in tags.items():
            for place in ("tags", "manifests", "blobs"):
                (root / name / place).mkdir(parents=True)
            described = {digest: {"imageSizeBytes": "0", "layerId": "", "mediaType": MANIFEST, "tag": [tag],
                                  "timeCreatedMs": "0", "timeUploadedMs": "0"} for tag, digest in digests.items()}
            listed(root / name, [], described, list(digests))
            for tag, digest in digests.items():
                manifest = blob_file(content, digest)
                os.link(manifest, root / name / "manifests" / tag)
                os.link(manifest, root / name / "manifests" / digest)
                parsed = json.loads(manifest.read_bytes())
                for blob in [parsed["config"], *parsed["layers"]]:
                    path = root / name / "blobs" / blob["digest"]
                    if not path.exists():
                        os.link(blob_file(content, blob["digest"]), path)
        (root / NAMESPACE / "tags").mkdir()
        listed(root / NAMESPACE, [name.removeprefix(f"{NAMESPACE}/") for name in tags], {}, [])
        (folder / "digests").write_text("".join(
            f"/v2/{i['repository']}/manifests/{i['tag']} {i['digest']};\n" for i in images))
        port = free_port()
        (folder / "nginx.conf").write_text(NGINX.format(host=f"127.0.0.1:{port}", manifest=MANIFEST))
        super().__init__(["nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "errors.log"], folder, port, folder / "access.log")


def listed(folder: Path, child: list[str], manifest: dict[str, object], tags: list[str]) -> None:
    name = f"{NAMESPACE}/{folder.name}" if folder.name != NAMESPACE else NAMESPACE
    (folder / "tags/list").write_text(json.dumps({"child": child, "manifest": manifest, "name": name, "tags": tags}))


class CraneRegistry(Logged):
    """Keeps everything in memory. Its log names requests, but not how much was sent."""

    LINE = re.compile(r"^\S+ \S+ ([A-Z]+) (/\S*)()()")

    def __init__(self, peers: Path, folder: Path) -> None:
        folder.mkdir(parents=True)
        port = free_port()
        super().__init__([str(peers / "crane"), "registry", "serve", "--address", f"127.0.0.1:{port}"], folder, port,
                         folder / "errors.log")
