#!/bin/sh
# Before azd packs: build dist/app with the app's own Python and its pinned packages.
set -eu
cd "$(dirname "$0")/.."
exec make package
