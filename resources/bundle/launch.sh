#!/bin/sh
# {{command}}: {{purpose}}
# Runs on the Node of $SLIPWAY_NODE, else runtime/node beside this file, else the one on PATH (22.12 or newer).
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
if [ -n "${SLIPWAY_NODE:-}" ]; then
  node=$SLIPWAY_NODE
elif [ -x "$here/runtime/node" ]; then
  node=$here/runtime/node
else
  node=$(command -v node) || node=
fi
if [ -z "$node" ]; then
  echo "{{name}}-{{version}} needs Node 22.12 or newer and found none. Install Node, or name it in SLIPWAY_NODE." >&2
  exit 1
fi
found=$("$node" --version 2>/dev/null) || found=
major=${found#v}
minor=${major#*.}
major=${major%%.*}
minor=${minor%%.*}
case "$major$minor" in
  '' | *[!0-9]*)
    echo "$node is not a Node that runs here. Install Node 22.12 or newer, or name it in SLIPWAY_NODE." >&2
    exit 1
    ;;
esac
if [ "$major" -lt 22 ] || { [ "$major" -eq 22 ] && [ "$minor" -lt 12 ]; }; then
  echo "$node is Node $found; 22.12 or newer is needed. Install one, or name it in SLIPWAY_NODE." >&2
  exit 1
fi
exec "$node" "$here/server.mjs" {{command}} "$@"
