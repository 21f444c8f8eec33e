#!/bin/sh
# Makes state-9f3fc31.zip anew: the topics and the savepoint that the worker of that commit leaves
# when it is drained in the middle of its work (MakeState). Needs git, a JDK 17 and Maven.
#
# That commit is the first with priorities, cancelling, sums and drains. Another one is given by name:
#   ./make.sh COMMIT
set -eu

commit=${1:-9f3fc31}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
work=$(mktemp -d)
trap 'git -C "$here" worktree remove --force "$work/chitra" || true; rm -rf "$work"' EXIT

git -C "$here" worktree add --quiet --detach "$work/chitra" "$commit"
(cd "$work/chitra" &&
  mvn -B -ntp -q -Dmaven.test.skip -Dflink.jar.skip -pl deploy/embedded -am package)
target=$work/chitra/deploy/embedded/target

mkdir "$work/classes" "$work/scratch"
javac -proc:none -d "$work/classes" -cp "$target/lib/*:$target/chitra-embedded-0.1.0.jar" \
  "$here/MakeState.java"
java -Xmx1g -Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.chitra.schemas \
  -Dchitra.logs="$work/logs" \
  --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED \
  -cp "$work/classes:$target/lib/*:$target/chitra-embedded-0.1.0.jar" \
  io.chitra.embedded.bench.MakeState "$work/state" "$work/scratch"

# The bucket is not in it: the test has one of its own, with the same model.
(cd "$work/state" && jar -cMf "$here/state-$commit.zip" kafka flink/checkpoints)
