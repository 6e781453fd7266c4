"""Stands in for `az storage blob upload` where az is not installed: the same options, the same upload."""

import argparse
import os
from pathlib import Path

from azure.storage.blob import BlobServiceClient


def main() -> None:
    """Upload the file that the options name."""
    parser = argparse.ArgumentParser(prog="az", allow_abbrev=False)
    for word, only in (("group", "storage"), ("kind", "blob"), ("command", "upload")):
        parser.add_argument(word, choices=[only])
    for option in ("--container-name", "--name", "--file"):
        parser.add_argument(option, required=True)
    parser.add_argument("--metadata", nargs="*", default=[])
    args = parser.parse_args()
    with BlobServiceClient.from_connection_string(os.environ["AZURE_STORAGE_CONNECTION_STRING"]) as service:
        blob = service.get_blob_client(args.container_name, args.name)
        blob.upload_blob(Path(args.file).read_bytes(), metadata=dict(pair.split("=", 1) for pair in args.metadata))


if __name__ == "__main__":
    main()
