#!/bin/sh
# After azd provisioned a new app: wait until its role on the storage holds, so that the package gets through.
set -eu
cd "$(dirname "$0")/.."
exec python3 -m local.hooks wait-for-storage-role
