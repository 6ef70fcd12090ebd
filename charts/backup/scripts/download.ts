/** download.sh: brings the chosen backup into files/, whole or not at all. */
export const downloadScript = `#!/usr/bin/env bash
set -euo pipefail
# shellcheck source=storage.sh
source "$(dirname "\${BASH_SOURCE[0]}")/storage.sh"

wait_for_credentials
name=$(choose_backup)
log "restoring $place/$name/"
gcloud storage cp "$place/$name/manifest.json" "$place/$name/SHA256SUMS" .
cat manifest.json
mkdir -p files
while read -r _ file; do
  log "downloading $file"
  gcloud storage cp "$place/$name/$file" "files/$file" </dev/null
done <SHA256SUMS
(cd files && sha256sum --check --strict ../SHA256SUMS) || fail "$place/$name/ is not what was backed up: nothing was restored"
`;
