#!/bin/sh
# Before azd provisions: say what Azure would refuse, and what to do about it.
set -eu
cd "$(dirname "$0")/.."
exec python3 -m local.hooks check-subscription
