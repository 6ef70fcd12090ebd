/**
 * A gcloud for tests: the bucket is a folder, FAKE_BUCKETS. It knows the commands that the scripts use; with CUT it loses the
 * last byte of an upload whose name ends so.
 */
export const fakeGcloud = `#!/usr/bin/env bash
set -euo pipefail
shopt -s nullglob
place() { printf '%s' "\${1/#gs:\\/\\//$FAKE_BUCKETS/}"; }
case "$1 $2" in
  'storage cp')
    target=$(place "\${@: -1}")
    [[ \${!#} != gs://* ]] || mkdir -p "$(dirname "$target")"
    for source in "\${@:3:$#-3}"; do cp "$(place "$source")" "$target"; done
    if [[ -n \${CUT:-} && $target == *"$CUT" ]]; then truncate -s -1 "$target"; fi
    ;;
  'storage ls')
    pattern=$(place "$3")
    [[ $3 != */ ]] || pattern+='*/'
    # shellcheck disable=SC2206
    found=($pattern)
    if ((\${#found[@]} == 0)); then
      echo 'ERROR: (gcloud.storage.ls) One or more URLs matched no objects.' >&2
      exit 1
    fi
    printf 'gs://%s\\n' "\${found[@]#"$FAKE_BUCKETS/"}"
    ;;
  'storage hash') md5sum <"$(place "\${!#}")" | cut -d ' ' -f 1 ;;
  'storage rm') rm -r "$(place "\${3%/\\*\\*}")" ;;
  *)
    echo "the gcloud of the tests does not know: $*" >&2
    exit 2
    ;;
esac
`;
