/**
 * upload.sh: makes the files that the step before left in files/ a backup, and removes backups that are too old. The step
 * before also leaves `started` (UTC time, the backup's name) and `version` (of the server).
 */
export const uploadScript = `#!/usr/bin/env bash
set -euo pipefail
# shellcheck source=storage.sh
source "$(dirname "\${BASH_SOURCE[0]}")/storage.sh"

name=$(<started)
[[ $name =~ $time_pattern ]] || fail "the step before left no time in 'started'"
shopt -s nullglob
files=(files/*)
((\${#files[@]} > 0)) || fail 'the step before left nothing to upload'
wait_for_credentials

# In the form that sha256sum --check reads.
(cd files && sha256sum -- *) >SHA256SUMS

for file in "\${files[@]}" SHA256SUMS; do
  upload "$file" "$place/$name/\${file#files/}"
done

{
  printf '{\\n  "store": "%s",\\n  "backup": "%s",\\n' "$STORE" "$name"
  printf '  "finished": "%s",\\n  "serverVersion": "%s",\\n' "$(date -u +%Y%m%dT%H%M%SZ)" "$(<version)"
  printf '  "files": ['
  separator=''
  while read -r sum file; do
    printf '%s\\n    { "name": "%s", "bytes": %s, "sha256": "%s" }' "$separator" "$file" "$(stat -c %s "files/$file")" "$sum"
    separator=','
  done <SHA256SUMS
  printf '\\n  ]\\n}\\n'
} >manifest.json
upload manifest.json "$place/$name/manifest.json"
log "complete: $place/$name/"
prune
`;
