#!/usr/bin/env bash
# Builds what the fault suite can use of others, from the Go module proxy: three S3 servers (OtherStoresTest runs on each)
# and a reader of committed records (every suite then counts with it too). Needs Go; minutes, and some GB of Go's cache.
#
#   deploy/faults/others.sh [FOLDER]      deploy/faults/target/others unless named; say -Dfaults.others=FOLDER then
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
folder=${1:-$here/target/others}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd -P)

(cd "$here/witness" && go build -o "$folder/witness" .)
for server in \
  github.com/versity/versitygw/cmd/versitygw@v1.8.0 \
  github.com/rclone/rclone@v1.76.0 \
  github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c; do
  GOBIN=$folder go install "$server"
done
ls "$folder"
