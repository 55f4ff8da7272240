#!/bin/sh
# Everything that must hold, in the order of what it costs; what CI runs, nothing more. Needs set-up.sh --test before.
# The last lines are the tests' summary.
set -eu
cd "$(dirname "$0")/../.."
PATH=$PWD/node_modules/.bin:$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

step() { printf '\n== %s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
trap 'exit 130' INT TERM

step "the lock file holds no download addresses"
if grep -nE 'https?://|tarball:' pnpm-lock.yaml; then fail "Make it again with lockfileIncludeTarballUrl: false"; fi

step "generated code is that of the .proto files"
(cd proto && buf lint && buf format --diff --exit-code && buf generate --output "$fresh")
diff -r proto/gen "$fresh/gen" || fail "Run: npm run generate"

step "types"
tsc -b

step "format and lint"
biome check --error-on-warnings .

step "nothing unused, nothing unlisted"
knip --no-progress --treat-config-hints-as-errors

step "tests"
vitest run
