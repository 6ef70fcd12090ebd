/**
 * Starts a member. The image makes the user root where MONGO_INITDB_* are set and the disk is empty; a member that holds
 * data of its own cannot be initiated into a replica set (code 110), so root is made on the first member alone.
 */
export const startScript = `set -eu
case "$POD_NAME" in
  *-0) ;;
  *) unset MONGO_INITDB_ROOT_USERNAME MONGO_INITDB_ROOT_PASSWORD ;;
esac
exec docker-entrypoint.sh mongod "$@"
`;
