/**
 * DragonflyDB, in the image of the server, as its user (snapshots are 0600), on its node with its disk. redis-cli takes the
 * password from REDISCLI_AUTH; it exits with 0 on an error reply, so the reply is what counts.
 */
const client = `dragonfly() { redis-cli -h "$DRAGONFLY_HOST" -p "$DRAGONFLY_PORT" "$@"; }
fail() {
  echo "FAILED: $*" >&2
  exit 1
}`;

/**
 * Snapshots carry a name of their own, `backup`: a scheduled one would replace the files of `dump` one by one while they
 * are read, and DragonflyDB loads such a mixture without a word, leaving shards out (server_family.cc, LoadRdb). At its start
 * DragonflyDB looks for `dump*` alone.
 */
export const dragonflySnapshotScript = `#!/usr/bin/env bash
set -euo pipefail
umask 077
${client}

for ((try = 1; try <= 60; try++)); do
  date -u +%Y%m%dT%H%M%SZ >started
  reply=$(dragonfly SAVE DF backup)
  [[ $reply == *'SAVING - can not save'* ]] || break
  echo 'a scheduled snapshot is being written; waiting'
  sleep 10
done
[[ $reply == OK ]] || fail "SAVE: $reply"

dragonfly INFO server | tr -d '\\r' | sed -n 's/^dragonfly_version:df-//p' >version
mkdir files
cp "$DATA"/backup-*.dfs files/
[[ -f files/backup-summary.dfs ]] || fail "the snapshot has no summary in $DATA"
echo "copied a snapshot of $(dragonfly DBSIZE) keys"
`;

/**
 * `DFLY LOAD` empties the database before it reads the file (dflycmd.cc, Load), and a snapshot on schedule or at shutdown would
 * soon make that last. So the backup is proven and in place first, and a snapshot of what is there leads back.
 */
export const dragonflyLoadScript = `#!/usr/bin/env bash
set -euo pipefail
umask 077
${client}

[[ -f files/backup-summary.dfs ]] || fail 'the backup has no summary'
# While it loads it answers LOADING, and a DFLY LOAD would empty it, load nothing and say OK.
reply=$(dragonfly PING)
[[ $reply == PONG ]] || fail "DragonflyDB is not ready: $reply"

folder="$DATA/restore"
trap 'rm -rf "$folder"' EXIT
rm -rf "$folder"
mkdir "$folder"
cp files/backup-*.dfs "$folder/"

reply=$(dragonfly SAVE DF before-restore)
[[ $reply == OK ]] || fail "SAVE: $reply; nothing was changed"
echo "replacing $(dragonfly DBSIZE) keys, which stay in $DATA/before-restore-*.dfs until the next restore"
reply=$(dragonfly DFLY LOAD "$folder/backup-summary.dfs")
if [[ $reply != OK ]]; then
  back=$(dragonfly DFLY LOAD "$DATA/before-restore-summary.dfs")
  fail "DFLY LOAD: $reply; loading what was there before: $back"
fi
echo "restored $(dragonfly DBSIZE) keys; those whose time had passed are gone"
# A restart loads the snapshot named dump: from now on it holds what was restored.
reply=$(dragonfly SAVE)
[[ $reply == OK ]] || fail "restored, but SAVE said: $reply; the next scheduled snapshot makes it last"
`;
