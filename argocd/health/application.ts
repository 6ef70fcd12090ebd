/**
 * Argo CD removed its own check of Applications in 1.8; without one, the waves between Applications do not wait. The check that
 * its manual gives is not enough: objects without a health check do not count while they are missing, so that an Application of
 * such objects is Healthy before its first sync. And what an operation said counts only as long as it is not overtaken: a
 * revert makes git equal to the cluster, and an Application that was deleted by hand is made again, both without an operation.
 * Nor does a health count that is older than the sync: it is that of the cluster before, where objects were still to be applied.
 *
 * The root holds the Application of itself. While it syncs it must not wait for its own sync to end.
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/health/#argocd-app
 */
export const applicationHealth = `local hs = { status = "Progressing", message = "waits for its first sync" }
if obj.metadata.name == "argocd" then
  hs.status = "Healthy"
  hs.message = "is the one that looks"
  return hs
end
if obj.status == nil then
  return hs
end
local synced = obj.status.sync ~= nil and obj.status.sync.status == "Synced"
local operation = obj.status.operationState
if operation == nil and not synced then
  return hs
end
if operation ~= nil then
  local failed = operation.phase == "Failed" or operation.phase == "Error"
  if failed and not synced then
    hs.status = "Degraded"
    hs.message = operation.message
    return hs
  end
  if operation.phase ~= "Succeeded" and not failed then
    hs.message = operation.message
    return hs
  end
  local looked = operation.finishedAt ~= nil and (obj.status.reconciledAt or "") > operation.finishedAt
  if not synced and not looked then
    for _, resource in ipairs(obj.status.resources or {}) do
      if resource.status == "OutOfSync" and resource.requiresPruning ~= true then
        hs.message = "is synced, and not looked at since"
        return hs
      end
    end
  end
end
if obj.status.health ~= nil and obj.status.health.status ~= nil then
  hs.status = obj.status.health.status
  hs.message = obj.status.health.message
end
return hs
`;
