#!/usr/bin/env bash
# Shows that the fault suite can fail: breaks the product in one place after the other, each in a copy of its own, and
# runs the short suite on it. A mutation that the suite does not notice makes this end with 1.
#
#   deploy/faults/mutations.sh            all of them (a few minutes each)
#   deploy/faults/mutations.sh 03 07      these alone
#   deploy/faults/mutations.sh --check    only whether each still finds its place
#
# A mutation is a file in mutations/: a Perl program that changes the sources named in its first line.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)

check=false
if [ "${1:-}" = --check ]; then
  check=true
  shift
fi

mutations=()
if [ $# -eq 0 ]; then
  mutations=("$here"/mutations/*.pl)
else
  for number in "$@"; do mutations+=("$here"/mutations/"$number"-*.pl); done
fi

copy=$(mktemp -d)
trap 'git -C "$root" worktree remove --force "$copy/tree" 2>/dev/null || true; rm -rf "$copy"' EXIT

apply() {
  local mutation=$1 file
  file=$(sed -n '1s/^# in //p' "$mutation")
  cp "$copy/tree/$file" "$copy/before"
  (cd "$copy/tree" && perl -0pi "$mutation" "$file")
  if cmp -s "$copy/before" "$copy/tree/$file"; then
    printf '%s: changes nothing in %s; the product has moved on, and the mutation must follow\n' \
      "$(basename "$mutation")" "$file" >&2
    return 1
  fi
}

build() {
  (cd "$copy/tree" && mvn -o -B -ntp -q -pl deploy/faults -am -Dflink.jar.skip "$@")
}

suite() {
  build -Dtest="$1" -Dsurefire.failIfNoSpecifiedTests=false test
}

# One tree for all, so that only what a mutation touches is compiled again.
git -C "$root" worktree add --quiet --detach "$copy/tree" HEAD

status=0
for mutation in "${mutations[@]}"; do
  name=$(basename "$mutation" .pl)
  git -C "$copy/tree" checkout --quiet -- .
  if ! apply "$mutation"; then
    status=1
    continue
  fi
  if $check; then
    printf '%s: applies\n' "$name"
    continue
  fi
  log=$root/target/mutation-$name.log
  mkdir -p "$root/target"
  if ! build -DskipTests test-compile >"$log" 2>&1; then
    printf '%s: does not compile, see %s\n' "$name" "$log"
    status=1
  elif suite 'ShortFaultsTest#stubs*' >>"$log" 2>&1 && suite 'ShortFaultsTest,!ShortFaultsTest#stubs*' >>"$log" 2>&1; then
    printf '%s: NOT NOTICED\n' "$name"
    status=1
  else
    printf '%s: noticed: %s\n' "$name" "$(grep -m 1 -E 'AssertionFailed|AssertionError|MachineException' "$log" | cut -c 1-160)"
  fi
done
exit "$status"
