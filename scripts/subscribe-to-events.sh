#!/bin/sh
# After azd deployed the code: subscribe the functions to new orders and new outputs. Doing it again changes nothing.
set -eu
cd "$(dirname "$0")/.."
exec python3 -m local.hooks subscribe-to-events
