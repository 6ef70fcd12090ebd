/**
 * Brings Weaviate's roles in line with a file, in Python without packages: it makes what is missing, adds and takes away
 * permissions, and gives each user its role and no other. It reads WEAVIATE_URL, WEAVIATE_ADMIN_KEY and ROLES_FILE
 * (role to permissions; the user has the name of the role).
 */
export const rolesScript = `import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ["WEAVIATE_URL"]
KEY = os.environ["WEAVIATE_ADMIN_KEY"]
# Users of keys in the environment are of this type for the API, as those made at run time are.
USER_TYPE = "db"
PATIENCE_SECONDS = 300


class Refused(Exception):
    def __init__(self, status, text):
        super().__init__(f"{status}: {text}")
        self.status = status


def call(method, path, body=None):
    request = urllib.request.Request(
        URL + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + KEY, "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            text = response.read()
    except urllib.error.HTTPError as error:
        raise Refused(error.code, f"{method} {path}: {error.read().decode(errors='replace')}") from None
    return json.loads(text) if text else None


def patiently(what, attempt):
    """Weaviate may be electing its leader, or not be there yet."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return attempt()
        except (Refused, OSError) as error:
            final = isinstance(error, Refused) and error.status < 500 and error.status != 429
            if final or time.monotonic() > deadline:
                raise
            print(f"waiting: {what}: {error}", flush=True)
            time.sleep(5)


def key(permission):
    """The same for permissions that mean the same: the server may leave out or state what is '*'."""
    resources = {
        (resource, field, value)
        for resource, fields in permission.items()
        if isinstance(fields, dict)
        for field, value in fields.items()
        if value != "*"
    }
    return permission["action"], frozenset(resources)


def permissions_of(role):
    try:
        return call("GET", "/v1/authz/roles/" + role)["permissions"]
    except Refused as refused:
        if refused.status == 404:
            return None
        raise


def align_role(role, wanted):
    existing = permissions_of(role)
    if existing is None:
        call("POST", "/v1/authz/roles", {"name": role, "permissions": wanted})
        print(f"created role {role} with {len(wanted)} permissions", flush=True)
        return
    has = {key(permission): permission for permission in existing}
    wants = {key(permission): permission for permission in wanted}
    missing = [permission for name, permission in wants.items() if name not in has]
    extra = [permission for name, permission in has.items() if name not in wants]
    # Added first: a role without permissions is deleted.
    if missing:
        call("POST", f"/v1/authz/roles/{role}/add-permissions", {"name": role, "permissions": missing})
    if extra:
        call("POST", f"/v1/authz/roles/{role}/remove-permissions", {"name": role, "permissions": extra})
    print(f"role {role}: {len(missing)} permissions added, {len(extra)} removed, {len(wants) - len(missing)} as they were", flush=True)


def align_user(user):
    quoted = urllib.parse.quote(user)
    roles = {role["name"] for role in call("GET", f"/v1/authz/users/{quoted}/roles/{USER_TYPE}") or []}
    if user not in roles:
        call("POST", f"/v1/authz/users/{quoted}/assign", {"roles": [user], "userType": USER_TYPE})
    others = sorted(roles - {user})
    if others:
        call("POST", f"/v1/authz/users/{quoted}/revoke", {"roles": others, "userType": USER_TYPE})
    print(f"user {user}: role {user}, {len(others)} other roles revoked", flush=True)


def main():
    with open(os.environ["ROLES_FILE"], encoding="utf-8") as file:
        roles = json.load(file)
    for role, wanted in roles.items():
        patiently(f"role {role}", lambda: align_role(role, wanted))
        patiently(f"user {role}", lambda: align_user(role))
    print("done", flush=True)


try:
    main()
except (Refused, OSError) as error:
    sys.exit(f"failed: {error}")
`;
