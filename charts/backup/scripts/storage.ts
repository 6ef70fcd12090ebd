/**
 * storage.sh, sourced by every step that talks to Cloud Storage. It reads PLACE (gs://...), and BACKUP or RETENTION_DAYS.
 * A backup is PLACE/<UTC time>/; its manifest.json is written last, so one without it is not complete.
 * It needs bash, coreutils and gcloud alone: the image has neither curl nor a python3 on its PATH (cloud-sdk-docker,
 * stable/Dockerfile).
 */
export const storageScript = `# shellcheck shell=bash
# Without it, $(...) goes on after a command that failed.
shopt -s inherit_errexit
export LC_ALL=C
place=\${PLACE:?}
time_pattern='^[0-9]{8}[tT][0-9]{6}[zZ]$'

log() { printf '%s %s\\n' "$(date -u +%H:%M:%S)" "$*"; }
fail() {
  log "FAILED: $*" >&2
  exit 1
}

# Whether the metadata server hands out a token. Pure bash: there is no curl.
token_served() {
  local host=$1 port=$2 answer
  exec 3<>"/dev/tcp/$host/$port" || return 1
  printf 'GET /computeMetadata/v1/instance/service-accounts/default/token HTTP/1.0\\r\\n' >&3
  printf 'Host: metadata.google.internal\\r\\nMetadata-Flavor: Google\\r\\n\\r\\n' >&3
  read -r answer <&3
  [[ $answer == *' 200 '* ]]
}
export -f token_served

# The metadata server may refuse in a pod's first seconds, and gcloud would remember for minutes that there is none.
wait_for_credentials() {
  local server=\${GCE_METADATA_HOST:-169.254.169.254} try
  local host=\${server%%:*} port=80
  [[ $server == *:* ]] && port=\${server##*:}
  for ((try = 1; try <= 30; try++)); do
    if timeout 5 bash -c 'token_served "$@"' _ "$host" "$port" 2>/dev/null; then return; fi
    sleep 2
  done
  fail "the metadata server at $server gives no token: is the ServiceAccount bound to a role on the bucket of $place?"
}

# Reads URLs below $place and prints the name of each one's backup, oldest first.
names_of() {
  local url name
  while read -r url; do
    name=\${url#"$place/"}
    name=\${name%%/*}
    if [[ $name =~ $time_pattern ]]; then printf '%s\\n' "$name"; fi
  done | sort -u
}

all_backups() { gcloud storage ls "$place/" | names_of; }
complete_backups() { gcloud storage ls "$place/*/manifest.json" | names_of; }

# Prints the backup that BACKUP names; the newest complete one without it.
choose_backup() {
  local wanted=\${BACKUP:-latest} complete name
  complete=$(complete_backups)
  if [[ $wanted == latest ]]; then
    tail -n 1 <<<"$complete"
    return
  fi
  while read -r name; do
    if [[ \${name^^} == "\${wanted^^}" ]]; then
      printf '%s\\n' "$name"
      return
    fi
  done <<<"$complete"
  log "$place has no complete backup named '$wanted'. It has:" >&2
  printf '%s\\n' "$complete" >&2
  return 1
}

# Uploads a file and reads back what was stored: a truncated object is not a backup.
upload() {
  local file=$1 object=$2 stored expected
  log "uploading $object ($(stat -c %s "$file") bytes)"
  gcloud storage cp "$file" "$object"
  stored=$(gcloud storage hash --skip-crc32c --hex --format='value(md5_hash)' "$object")
  expected=$(md5sum <"$file")
  [[ $stored == "\${expected%% *}" ]] || fail "$object is not what was uploaded: MD5 '$stored', not '\${expected%% *}'"
}

# Removes backups that are older than RETENTION_DAYS, complete or not, but never the newest complete one.
prune() {
  local all complete newest limit name
  all=$(all_backups)
  complete=$(complete_backups)
  newest=$(tail -n 1 <<<"$complete")
  limit=$(date -u -d "$RETENTION_DAYS days ago" +%Y%m%dT%H%M%SZ)
  [[ -n $newest ]] || fail "no complete backup below $place: nothing is removed"
  while read -r name; do
    if [[ $name == "$newest" || ! \${name^^} < $limit ]]; then continue; fi
    log "removing $place/$name/: older than $RETENTION_DAYS days"
    gcloud storage rm "$place/$name/**" </dev/null
  done <<<"$all"
}
`;
