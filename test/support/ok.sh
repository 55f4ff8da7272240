#!/bin/sh
# Everything that must hold, in the order of what it costs; what CI runs, nothing more. Needs set-up.sh --test before.
# The last lines are the tests' summary; what failed before it is named above them.
set -eu
cd "$(dirname "$0")/../.."
PATH=$PWD/node_modules/.bin:$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
trap 'exit 130' INT TERM

# Every step runs, so that one run tells everything; any failure is the whole's.
failed=
step() {
  name=$1
  shift
  printf '\n== %s\n' "$name"
  "$@" || failed="$failed
  $name"
}

check_lock_file() {
  ! grep -nE 'https?://|tarball:' pnpm-lock.yaml || { echo "Make it again with lockfileIncludeTarballUrl: false"; return 1; }
}

check_generated() {
  (cd proto && buf lint && buf format --diff --exit-code && buf generate --output "$fresh") || return 1
  diff -r proto/gen "$fresh/gen" || { echo "Run: npm run generate"; return 1; }
}

step "the lock file holds no download addresses" check_lock_file
step "generated code is that of the .proto files" check_generated
step "types" tsc -b
step "the writer as one file" rolldown -c agent/rolldown.config.mjs
step "format and lint" biome check --error-on-warnings .
step "nothing unused, nothing unlisted" knip --no-progress --treat-config-hints-as-errors
[ -z "$failed" ] || printf '\n== FAILED before the tests:%s\n' "$failed"
step "tests" vitest run
[ -z "$failed" ]
