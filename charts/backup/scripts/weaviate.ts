/**
 * Weaviate writes and reads its backups by itself, with its own identity; these steps tell it to, and wait. Its backups live
 * below the same place as the others', by BACKUP_GCS_PATH, and count as complete by the same manifest.json.
 */
export const weaviateBackupScript = `#!/usr/bin/env bash
set -euo pipefail
here=$(dirname "\${BASH_SOURCE[0]}")
# shellcheck source=storage.sh
source "$here/storage.sh"

wait_for_credentials
# An id has lower-case letters alone.
name=$(date -u +%Y%m%dt%H%M%Sz)
"$(gcloud info --format='value(basic.python_location)')" "$here/weaviate.py" backup "$name" manifest.json
if [[ ! -f manifest.json ]]; then exit; fi
gcloud storage ls "$place/$name/backup_config.json" >/dev/null ||
  fail "Weaviate says that it wrote the backup, and it is not in $place/: BACKUP_GCS_BUCKET or BACKUP_GCS_PATH of Weaviate differ"
upload manifest.json "$place/$name/manifest.json"
log "complete: $place/$name/"
prune
`;

export const weaviateRestoreScript = `#!/usr/bin/env bash
set -euo pipefail
here=$(dirname "\${BASH_SOURCE[0]}")
# shellcheck source=storage.sh
source "$here/storage.sh"

wait_for_credentials
name=$(choose_backup)
log "restoring $place/$name/"
gcloud storage cp "$place/$name/manifest.json" .
cat manifest.json
"$(gcloud info --format='value(basic.python_location)')" "$here/weaviate.py" restore "$name" manifest.json
`;

/**
 * weaviate.py COMMAND ID MANIFEST. It reads WEAVIATE_URL, WEAVIATE_API_KEY and WAIT_SECONDS. It runs on the Python that gcloud
 * runs on. A class that exists cannot be restored (cluster/schema/manager.go), so restore deletes those of the backup, once
 * Weaviate has shown that it can read the backup.
 */
export const weaviateApiScript = `import json, os, sys, time, urllib.error, urllib.request

command, backup, manifest = sys.argv[1:]
base = os.environ['WEAVIATE_URL'] + '/v1'
deadline = time.monotonic() + int(os.environ['WAIT_SECONDS'])


def log(text):
    print(time.strftime('%H:%M:%S', time.gmtime()), text, flush=True)


def call(method, path, body=None):
    headers = {'Authorization': 'Bearer ' + os.environ['WEAVIATE_API_KEY'], 'Content-Type': 'application/json'}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b'null')
    except urllib.error.HTTPError as error:
        problem = f'{method} {path}: {error.code} {error.read().decode(errors="replace")}'
        if method == 'GET' and error.code >= 500:
            raise ConnectionError(problem) from None
        sys.exit('FAILED: ' + problem)


def wait_for(path):
    said = None
    while time.monotonic() < deadline:
        try:
            answer = call('GET', path)
        except OSError as error:
            # Weaviate may be busy or restarting.
            answer = {'status': f'no answer: {error}'}
        status = answer['status']
        if status != said:
            log(status)
            said = status
        if status == 'SUCCESS':
            return answer
        if status in ('FAILED', 'CANCELED'):
            sys.exit(f'FAILED: {status}: {answer.get("error", "")}')
        time.sleep(5)
    sys.exit(f'FAILED: not finished in time; the last status was {said}')


def present_classes():
    return [found['class'] for found in call('GET', '/schema')['classes']]


if command == 'backup':
    if not present_classes():
        log('Weaviate holds no collection: there is nothing to back up')
        sys.exit()
    log(f'backup {backup}')
    started = call('POST', '/backups/gcs', {'id': backup})
    wait_for(f'/backups/gcs/{backup}')
    with open(manifest, 'w') as file:
        json.dump({
            'store': 'weaviate',
            'backup': backup,
            'finished': time.strftime('%Y%m%dT%H%M%SZ', time.gmtime()),
            'serverVersion': call('GET', '/meta')['version'],
            'classes': sorted(started['classes']),
        }, file, indent=2)
        file.write('\\n')
else:
    with open(manifest) as file:
        classes = json.load(file)['classes']
    status = call('GET', f'/backups/gcs/{backup}')['status']
    if status != 'SUCCESS':
        sys.exit(f'FAILED: Weaviate says of this backup: {status}; nothing was deleted')
    for name in sorted(set(classes) & set(present_classes())):
        log(f'deleting {name}, which the backup replaces')
        call('DELETE', f'/schema/{name}')
    call('POST', f'/backups/gcs/{backup}/restore', {})
    wait_for(f'/backups/gcs/{backup}/restore')
    log(f'restored {", ".join(classes)}')
`;
