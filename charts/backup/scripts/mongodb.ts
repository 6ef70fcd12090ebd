/**
 * MongoDB, in the image of the server. It is dumped as a tree of files, not as an archive: --oplogReplay refuses
 * --nsExclude (mongo-tools, mongorestore.go), and leaving `admin` out by hand is how the users of today keep their passwords.
 * The password goes through a file in memory: mongodump takes it from `--config`, and ps shows nothing.
 */
export const mongodbDumpScript = `#!/usr/bin/env bash
set -euo pipefail
umask 077
login=/tmp/login.yaml
trap 'rm -f "$login"' EXIT
printf 'uri: "mongodb://%s:%s@%s&readPreference=secondaryPreferred"\\n' "$MONGODB_USER" "$MONGODB_PASSWORD" "$MONGODB_PLACE" >"$login"

date -u +%Y%m%dT%H%M%SZ >started
# The image is the server's own.
mongod --version | sed -n 's/^db version v//p' >version
mongodump --config="$login" --oplog --gzip --out=dump
[[ -f dump/oplog.bson ]] || { echo 'FAILED: the dump has no oplog.bson, so it is of no single moment' >&2; exit 1; }
mkdir files
# Each file goes as it is packed: the disk need not hold the dump twice.
tar --create --remove-files --file=files/mongodb.tar dump
`;

export const mongodbRestoreScript = `#!/usr/bin/env bash
set -euo pipefail
umask 077
login=/tmp/login.yaml
trap 'rm -f "$login"' EXIT
printf 'uri: "mongodb://%s:%s@%s"\\n' "$MONGODB_USER" "$MONGODB_PASSWORD" "$MONGODB_PLACE" >"$login"

tar --extract --file=files/mongodb.tar
rm files/mongodb.tar
# Users and passwords stay as they are: those of the backup may not be in the Secrets any more. config is the server's own.
rm -rf dump/admin dump/config
echo 'replacing every collection that the backup holds'
# Without --stopOnError it exits with 0 though documents are missing.
mongorestore --config="$login" --drop --stopOnError --oplogReplay --gzip --dir=dump
`;
